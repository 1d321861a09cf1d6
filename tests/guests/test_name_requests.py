"""Names after the lock: asked for by the guest, granted or refused by a host."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from events.models import Event, Message
from guests import evening, name_requests, rsvp, seats
from guests.models import Guest, NameRequest
from tests.factories import make_event, make_nominee, make_user
from tests.guests.factories import make_guest
from tests.guests.people import AT, NO, WAITLISTED, YES, party_of, say
from tests.racing import at_the_same_moment, seen_to_fail_without_lock

pytestmark = pytest.mark.django_db

LOCK = AT + timedelta(days=1)
LATE = AT + timedelta(days=2)


def coming(*names: str, unnamed: int = 0, **fields: Any) -> Guest:
    """A guest who said yes before the lock, with these people."""
    event = make_event(**{"names_lock_at": LOCK, **fields})
    guest = make_guest(event, "Merritt Wever", plus_ones=2)
    return rsvp.answer(
        guest.pk, rsvp.Reply(YES, plus_ones=names, unnamed=unnamed), at=AT
    )


def say_late(
    guest: Guest, answer: str, *names: str, unnamed: int = 0, **options: Any
) -> Guest:
    reply = rsvp.Reply(Guest.Answer(answer), names, unnamed)
    return rsvp.answer(guest.pk, reply, at=LATE, **options)


def asked(guest: Guest) -> list[tuple[str, str, str]]:
    rows = guest.name_requests_made.select_related("plus_one").order_by("pk")
    return [
        (row.name, row.plus_one.name if row.plus_one else "", row.state) for row in rows
    ]


def decide(guest: Guest, is_granted: bool, at: datetime = LATE) -> NameRequest:
    request = guest.name_requests_made.get(state="open")
    return name_requests.decide(
        request.pk, guest.event_id, is_granted=is_granted, by=make_user("Amy"), at=at
    )


def test_before_the_lock_a_name_is_simply_changed() -> None:
    guest = coming("Ann")
    rsvp.answer(
        guest.pk, rsvp.Reply(YES, plus_ones=["Bob"]), at=LOCK - timedelta(seconds=1)
    )
    assert (party_of(guest), asked(guest)) == (["Bob"], [])


def test_after_the_lock_another_name_is_asked_for_and_the_old_one_stands() -> None:
    guest = coming("Ann")
    version = Guest.objects.get(pk=guest.pk).invitation.version
    say_late(guest, YES, "Bob")
    assert party_of(guest) == ["Ann"]
    assert asked(guest) == [("Bob", "Ann", "open")]
    assert [row.kind for row in Message.objects.all()] == ["confirmation"]
    guest.invitation.refresh_from_db()
    assert guest.invitation.version == version


def test_the_same_wish_twice_is_asked_once() -> None:
    guest = coming("Ann")
    for _ in range(2):
        say_late(guest, YES, "Bob", "Cy")
    assert asked(guest) == [("Bob", "Ann", "open"), ("Cy", "", "open")]


def test_a_name_no_longer_wanted_is_taken_back() -> None:
    guest = coming("Ann")
    say_late(guest, YES, "Bob")
    say_late(guest, YES, "Cy")
    say_late(guest, YES, "Ann")
    assert asked(guest) == [("Bob", "Ann", "withdrawn"), ("Cy", "Ann", "withdrawn")]


def test_who_stays_at_home_asks_for_nobody() -> None:
    guest = coming("Ann")
    say_late(guest, YES, "Bob")
    say_late(guest, NO)
    assert asked(guest) == [("Bob", "Ann", "withdrawn")]
    assert party_of(guest) == []


def test_somebody_may_be_left_out_after_the_lock() -> None:
    guest = coming("Ann", "Bob")
    say_late(guest, YES, "Bob")
    assert (party_of(guest), asked(guest)) == (["Bob"], [])


def test_a_first_yes_after_the_lock_counts_and_its_names_are_asked_for() -> None:
    event = make_event(names_lock_at=LOCK, capacity=2)
    guest = say_late(make_guest(event, plus_ones=1), YES, "Ann")
    assert guest.answer == YES
    assert (party_of(guest), asked(guest)) == ([], [("Ann", "", "open")])
    assert seats.of(event).heads == 1


def test_nobody_without_a_name_is_added_after_the_lock() -> None:
    guest = coming("Ann")
    with pytest.raises(rsvp.NamesLocked):
        say_late(guest, YES, "Ann", unnamed=1)
    with pytest.raises(rsvp.NamesLocked):
        say_late(guest, YES, unnamed=1)
    assert party_of(guest) == ["Ann"]


def test_who_was_to_be_named_later_keeps_the_seat_and_is_asked_for() -> None:
    guest = coming(unnamed=1)
    say_late(guest, YES, unnamed=1)
    assert asked(guest) == []
    say_late(guest, YES, "Ann")
    assert asked(guest) == [("Ann", "Guest of Merritt Wever", "open")]
    decide(guest, is_granted=True)
    row = guest.plus_one_guests.get()
    assert (row.name, row.is_unnamed) == ("Ann", False)


def test_a_host_is_not_bound_by_the_lock() -> None:
    guest = coming("Ann")
    say_late(guest, YES, "Bob", by="Amy", as_host=True)
    assert (party_of(guest), asked(guest)) == (["Bob"], [])


def test_nobody_asks_for_more_than_the_invitation_allows() -> None:
    guest = coming("Ann", "Bob")
    with pytest.raises(rsvp.TooManyPlusOnes):
        say_late(guest, YES, "Ann", "Bob", "Cy")
    assert asked(guest) == []


def test_a_granted_name_keeps_row_and_pass_and_nothing_else() -> None:
    guest = coming("Ann")
    row = guest.plus_one_guests.get()
    Guest.objects.filter(pk=row.pk).update(dietary="No nuts", is_blocked=True)
    say_late(guest, YES, "Bob")
    decide(guest, is_granted=True)
    after = guest.plus_one_guests.get()
    assert (after.pk, after.public_id) == (row.pk, row.public_id)
    assert (after.name, after.dietary, after.is_blocked) == ("Bob", "", True)
    assert [m.kind for m in Message.objects.all()] == ["confirmation", "changed"]
    assert Message.objects.get(kind="changed").context["plus_ones"] == ["Bob"]


def test_a_refused_name_changes_nothing_and_is_shown_to_the_guest() -> None:
    guest = coming("Ann")
    say_late(guest, YES, "Bob")
    decide(guest, is_granted=False)
    assert party_of(guest) == ["Ann"]
    (seen,) = evening.with_requests(evening.of(guest.invitation), guest.event, LATE)
    assert [row.state for row in seen.requests] == ["refused"]
    assert seen.names == ["Ann"]


def test_the_boxes_hold_what_was_asked_for() -> None:
    guest = coming("Ann", unnamed=1)
    say_late(guest, YES, "Bob", unnamed=1)
    (seen,) = evening.with_requests(evening.of(guest.invitation), guest.event, LATE)
    assert (seen.names, seen.unnamed) == (["Bob"], 1)


def test_a_decision_is_made_once() -> None:
    guest = coming("Ann")
    say_late(guest, YES, "Bob")
    row = decide(guest, is_granted=False)
    with pytest.raises(name_requests.RequestClosed):
        name_requests.decide(
            row.pk, guest.event_id, is_granted=True, by=make_user(), at=LATE
        )
    with pytest.raises(NameRequest.DoesNotExist):
        name_requests.decide(
            row.pk, make_event().pk, is_granted=True, by=make_user(), at=LATE
        )


def test_somebody_new_needs_a_seat_when_they_are_granted() -> None:
    guest = coming(capacity=2)
    say_late(guest, YES, "Ann")
    other = rsvp.answer(make_guest(guest.event).pk, rsvp.Reply(YES), at=LATE)
    with pytest.raises(rsvp.EventFull):
        decide(guest, is_granted=True)
    assert asked(guest) == [("Ann", "", "open")]
    rsvp.answer(other.pk, rsvp.Reply(NO), at=LATE)
    decide(guest, is_granted=True)
    assert party_of(guest) == ["Ann"]
    assert seats.of(guest.event).heads == 2


def test_somebody_new_of_who_waits_waits_too() -> None:
    event = make_event(capacity=1, names_lock_at=LOCK, doors_at=AT + timedelta(days=9))
    say(make_guest(event))
    guest = say_late(make_guest(event, plus_ones=1), WAITLISTED, "Ann")
    decide(guest, is_granted=True)
    assert guest.plus_one_guests.get().answer == WAITLISTED
    assert seats.of(event).heads == 1


def test_what_is_moot_cannot_be_granted_and_is_not_shown_to_hosts() -> None:
    guest = coming("Ann")
    say_late(guest, YES, "Bob")
    guest.plus_one_guests.update(removed_at=LATE)
    assert not name_requests.open_in(guest.event).exists()
    with pytest.raises(name_requests.RequestClosed):
        decide(guest, is_granted=True)


def test_a_granted_nominee_owes_and_wins_by_their_own() -> None:
    guest = coming("Ann")
    nominee = make_nominee(guest.event, "Bob Newhart")
    say_late(guest, YES, "Bob Newhart")
    assert not Guest.objects.filter(nominee=nominee).exists()
    decide(guest, is_granted=True)
    assert guest.plus_one_guests.get().nominee == nominee


def granted_twice_race() -> None:
    """Two hosts grant somebody new while the last seat is asked for."""
    event = make_event(names_lock_at=LOCK, capacity=2)
    guest = say_late(make_guest(event, plus_ones=1), YES, "Ann")
    request, new = guest.name_requests_made.get(), make_guest(event)
    hosts = [make_user(), make_user()]

    def act(number: int) -> object:
        if number == 2:
            return say_late(new, YES)
        return name_requests.decide(
            request.pk, event.pk, is_granted=True, by=hosts[number], at=LATE
        )

    at_the_same_moment(3, act)
    assert seats.of(event).heads == 2
    assert len(party_of(guest)) <= 1


@pytest.mark.django_db(transaction=True)
def test_a_name_is_granted_once_and_within_the_room() -> None:
    granted_twice_race()
    seen_to_fail_without_lock(granted_twice_race, Event)
