"""Putting people on a team, and taking them off it."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from events import team
from events.models import Event, Member, Message, User
from tests.factories import make_event, make_member, make_user
from tests.racing import at_the_same_moment

pytestmark = pytest.mark.django_db
AT = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)


def test_a_stranger_gets_an_account_without_a_password_and_a_mail() -> None:
    event, amy = make_event(), make_user("Amy")

    for _press in range(2):
        team.add(
            event, email="Dot@Example.com ", name="Dot", role="door", by=amy, at=AT
        )

    dot = User.objects.get(email="dot@example.com")
    assert not dot.has_usable_password()
    assert [row.role for row in event.members.all()] == ["door"]
    assert Message.objects.get().recipient_email == "dot@example.com"


@pytest.mark.django_db(transaction=True)
def test_a_newcomer_whom_eight_invite_at_once_gets_one_account() -> None:
    event, amy = make_event(), make_user("Amy")

    made = at_the_same_moment(
        8,
        lambda _: team.add(
            event, email="dot@example.com", name="Dot", role="door", by=amy, at=AT
        ),
    )

    assert made == [event.members.get()] * 8
    assert Message.objects.count() == 1


def test_an_event_keeps_its_last_host() -> None:
    member = make_member(role="host")

    with pytest.raises(team.LastHost):
        team.remove(member.pk, member.event, by=member.user, at=AT)

    assert Member.objects.filter(pk=member.pk).exists()


def test_a_removed_role_opens_nothing_any_more(
    event: Event, host: Client, door: Client
) -> None:
    page = f"/events/{event.slug}/door/"
    assert door.get(page).status_code == 200
    member = event.members.get(role="door")

    host.post(f"/events/{event.slug}/team/{member.pk}/remove/")

    assert door.get(page).status_code == 404


def test_only_hosts_see_the_team(event: Event, door: Client, stranger: Client) -> None:
    for client in (door, stranger):
        assert client.get(f"/events/{event.slug}/team/").status_code == 404


def test_a_member_of_another_event_stays(event: Event, host: Client) -> None:
    elsewhere = make_member(role="door")

    host.post(f"/events/{event.slug}/team/{elsewhere.pk}/remove/")

    assert Member.objects.filter(pk=elsewhere.pk).exists()


def test_a_form_with_a_fault_keeps_what_was_typed(event: Event, host: Client) -> None:
    typed = {"name": "Dot", "email": "not an address", "role": "door"}

    page = host.post(f"/events/{event.slug}/team/", typed)

    assert page.status_code == 422
    assert "not an address" in page.content.decode()
