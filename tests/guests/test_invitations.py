"""One press, one letter for each invitation; and a lost link that comes back."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from pytest_django import DjangoAssertNumQueries

from events import suppression
from events.models import Event, Message
from events.outbox import Draft
from guests import invitations, letters, mailings
from guests.models import Invitation
from tests.factories import make_event, make_nominee, make_user
from tests.guests.factories import make_contact, make_guest, make_invitation
from tests.guests.people import AT
from tests.racing import (
    at_the_same_moment,
    seen_to_fail_without_lock,
    without_lock,
)


def send(event: Event) -> invitations.Sent:
    return invitations.send(event.pk, by="test", at=AT)


@pytest.mark.django_db
class TestSending:
    def test_one_press_writes_one_letter_for_each_invitation(
        self, event: Event
    ) -> None:
        rows = [make_guest(event).invitation for _ in range(3)]
        assert send(event) == invitations.Sent(3, 0)
        about = set(event.messages.values_list("about", flat=True))
        assert about == {row.about for row in rows}
        assert not Invitation.objects.exclude(invited_at=AT).exists()

    def test_a_second_press_writes_only_to_who_came_since(self, event: Event) -> None:
        make_guest(event)
        send(event)
        assert send(event).queued == 0
        make_guest(event)
        assert send(event).queued == 1
        assert event.messages.count() == 2

    def test_who_has_no_address_is_counted_and_not_written_to(
        self, event: Event
    ) -> None:
        contact = make_contact(event, email="")
        make_guest(invitation=make_invitation(contact=contact))
        assert send(event) == invitations.Sent(0, 1)
        assert Invitation.objects.get().invited_at is None

    def test_an_invitation_of_nobody_goes_nowhere_and_waits_for_nothing(
        self, event: Event
    ) -> None:
        make_guest(event, removed_at=AT)
        make_invitation(event)
        assert invitations.waiting_to_be_sent(event) == 0
        assert send(event) == invitations.Sent(0, 0)

    def test_who_unsubscribed_gets_none_though_they_were_imported_again(
        self, event: Event
    ) -> None:
        guest = make_guest(event)
        suppression.suppress(guest.invitation.contact.email, AT)
        send(event)
        assert event.messages.get().state == Message.State.SUPPRESSED

    @pytest.mark.parametrize("status", ["draft", "closed", "cancelled"])
    def test_an_event_that_is_not_open_invites_nobody(self, status: str) -> None:
        event = make_event(status=status)
        make_guest(event)
        with pytest.raises(mailings.EventNotOpen):
            send(event)

    def test_an_agent_is_written_to_for_each_client(self, event: Event) -> None:
        agent = make_contact(event, "Dana Fox")
        for name in ("Merritt Wever", "Anna Chlumsky"):
            make_guest(name=name, invitation=make_invitation(contact=agent))
        send(event)
        letters = event.messages.order_by("pk")
        assert [row.context["guest_names"] for row in letters] == [
            ["Merritt Wever"],
            ["Anna Chlumsky"],
        ]
        assert {row.context["for_others"] for row in letters} == {True}
        assert {row.recipient_name for row in letters} == {"Dana Fox"}

    def test_a_household_gets_one_letter_for_all(self, event: Event) -> None:
        row = make_invitation(event)
        make_guest(name="Ann", invitation=row, nominee=make_nominee(event))
        make_guest(name="Bob", invitation=row)
        send(event)
        context = event.messages.get().context
        assert context["guest_names"] == ["Ann", "Bob"]
        assert context["is_nominee"]

    def test_the_letter_has_calendar_and_link_and_can_be_stopped(
        self, event: Event
    ) -> None:
        row = make_guest(event, plus_ones=2).invitation
        send(event)
        letter = event.messages.get()
        assert letter.is_bulk
        assert letter.context["plus_ones"] == 2
        assert letter.context["link"] == {"link": ["invitation", row.public_id, 1]}
        assert letter.context["calendar"]["uid"] == f"invitation-{row.public_id}"

    def test_many_letters_cost_few_queries(
        self, event: Event, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        for size in (5, 45):
            for _ in range(size):
                make_guest(event)
            with django_assert_max_num_queries(36):
                assert send(event).queued == size


def two_hosts_race() -> None:
    event = make_event()
    for _ in range(4):
        make_guest(event)
    found = at_the_same_moment(3, lambda _: send(event))
    assert sum(sent.queued for sent in found) == 4
    assert event.messages.count() == 4
    assert event.activities.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_hosts_at_once_write_to_nobody_twice() -> None:
    two_hosts_race()
    with without_lock(Event):
        two_hosts_race()  # the outbox refuses the second letters by itself


@pytest.mark.django_db(transaction=True)
def test_the_lock_on_the_event_alone_would_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seen without the outbox's own defence, a key that is the same both times."""
    write = letters.mailing

    def write_under_new_keys(*args: Any) -> list[Draft]:
        return [replace(row, dedupe_key=uuid4().hex) for row in write(*args)]

    monkeypatch.setattr(letters, "mailing", write_under_new_keys)
    two_hosts_race()
    seen_to_fail_without_lock(two_hosts_race, Event)


@pytest.mark.django_db
class TestLinks:
    def test_a_retired_link_has_a_new_version(self, event: Event) -> None:
        row = make_guest(event).invitation
        assert invitations.rotate(row.pk, by=make_user(), at=AT).link_version == 2

    def test_a_lost_link_comes_once_an_hour(self, event: Event) -> None:
        row = make_guest(event).invitation
        send(event)
        email = f"  {row.contact.email.upper()} "
        assert invitations.send_lost_links(email, AT) == 1
        assert invitations.send_lost_links(email, AT) == 0
        assert invitations.send_lost_links(email, AT + timedelta(hours=1)) == 1

    def test_a_stranger_gets_nothing(self, event: Event) -> None:
        make_guest(event)
        send(event)
        assert invitations.send_lost_links("stranger@example.com", AT) == 0

    def test_who_was_never_invited_gets_no_link(self, event: Event) -> None:
        email = make_guest(event).invitation.contact.email
        assert invitations.send_lost_links(email, AT) == 0

    def test_an_agent_gets_the_links_of_all_her_clients(self, event: Event) -> None:
        agent = make_contact(event)
        for _ in range(3):
            make_guest(invitation=make_invitation(contact=agent))
        send(event)
        assert invitations.send_lost_links(agent.email, AT) == 3
