"""Putting people on a team, and taking them off it."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from events import team
from events.models import Event, Member, Message, User
from tests.factories import make_event, make_member, make_user
from tests.racing import at_the_same_moment, seen_to_fail_without_lock

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

    assert door.get(page).status_code == 302
    door.force_login(User.objects.get(pk=member.user_id))
    assert door.get(page).status_code == 404


def test_only_hosts_see_the_team(event: Event, door: Client, stranger: Client) -> None:
    for client in (door, stranger):
        assert client.get(f"/events/{event.slug}/team/").status_code == 404


def test_a_member_of_another_event_stays(event: Event, host: Client) -> None:
    elsewhere = make_member(role="door")

    host.post(f"/events/{event.slug}/team/{elsewhere.pk}/remove/")

    assert Member.objects.filter(pk=elsewhere.pk).exists()


def test_nobody_becomes_a_host_by_a_default(event: Event, host: Client) -> None:
    url = f"/events/{event.slug}/team/"
    page = host.get(url)
    assert page.context["form"]["role"].value() is None
    assert page.context["form"].fields["role"].choices[0][0] == ""

    response = host.post(url, {"name": "Dot", "email": "dot@example.com", "role": ""})

    assert response.status_code == 422
    assert event.members.count() == 1


def test_a_form_with_a_fault_keeps_what_was_typed(event: Event, host: Client) -> None:
    typed = {"name": "Dot", "email": "not an address", "role": "door"}

    page = host.post(f"/events/{event.slug}/team/", typed)

    assert page.status_code == 422
    assert "not an address" in page.content.decode()


def test_a_removal_ends_their_sessions_at_once(event: Event, host: Client) -> None:
    """A real session of somebody who works for two events."""
    dot = make_user("Dot")
    here, _there = make_member(event, "door", dot), make_member(role="door", user=dot)
    session = Client()
    session.force_login(dot)
    assert session.get("/events/").status_code == 200
    host.post(f"/events/{event.slug}/team/{here.pk}/remove/")
    assert session.get("/events/").status_code == 302
    session.force_login(User.objects.get(pk=dot.pk))
    assert session.get("/events/").status_code == 200


def test_a_new_password_ends_the_other_sessions() -> None:
    dot = make_user("Dot")
    session = Client()
    session.force_login(dot)
    dot.set_password("another long password")
    dot.save()
    assert session.get("/events/").status_code == 302


def test_another_role_takes_the_place_of_the_first(event: Event, host: Client) -> None:
    member = make_member(event, "door")
    session = Client()
    session.force_login(member.user)
    host.post(f"/events/{event.slug}/team/{member.pk}/role/", {"role": "results"})
    assert [row.role for row in member.user.memberships.all()] == ["results"]
    assert session.get("/events/").status_code == 302
    assert event.activities.get().object_name.endswith("Door → Results desk")


def test_a_role_they_hold_already_only_loses_the_other(event: Event) -> None:
    door = make_member(event, "door")
    make_member(event, "results", door.user)
    team.change_role(door.pk, event, Member.Role.RESULTS, by=make_user(), at=AT)
    assert [row.role for row in event.members.all()] == ["results"]


def test_the_last_host_cannot_become_something_else(event: Event, host: Client) -> None:
    member = event.members.get(role="host")
    host.post(f"/events/{event.slug}/team/{member.pk}/role/", {"role": "door"})
    member.refresh_from_db()
    assert member.role == "host"


def test_who_gives_up_a_role_of_their_own_stays_signed_in(
    event: Event, host: Client
) -> None:
    own = make_member(event, "door", host.user)
    host.post(f"/events/{event.slug}/team/{own.pk}/remove/")
    assert host.get(f"/events/{event.slug}/team/").status_code == 200


def test_whoever_has_two_roles_is_listed_once(event: Event, host: Client) -> None:
    door = make_member(event, "door", host.user)
    page = host.get(f"/events/{event.slug}/team/").text
    assert page.count(f'<td class="primary">{host.user}</td>') == 1
    for member in event.members.filter(user=host.user):
        assert page.count(f"/team/{member.pk}/remove/") == 1
    assert page.count(f"/team/{door.pk}/role/") == 1


def leaving_race() -> None:
    event = make_event()
    pair = [make_member(event), make_member(event)]

    def leave(number: int) -> None:
        team.remove(pair[number].pk, event, by=pair[number].user, at=AT)

    at_the_same_moment(2, leave)
    assert event.members.filter(role="host").count() == 1


@pytest.mark.django_db(transaction=True)
def test_hosts_who_leave_at_the_same_moment_leave_one() -> None:
    leaving_race()
    seen_to_fail_without_lock(leaving_race, Event)


def test_who_never_signed_in_gets_the_letter_again_once_an_hour(
    event: Event, host: Client
) -> None:
    typed = {"name": "Dot", "email": "dot@example.com", "role": "door"}
    host.post(f"/events/{event.slug}/team/", typed)
    page = f"/events/{event.slug}/team/"
    assert "Has not signed in yet" in host.get(page).text
    member = event.members.get(role="door")
    for _press in range(2):
        host.post(f"{page}{member.pk}/resend/")
    assert Message.objects.count() == 2
    User.objects.filter(pk=member.user_id).update(last_login=AT)
    assert not team.resend(member.pk, event, by=make_user(), at=AT)
