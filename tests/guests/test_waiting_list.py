"""Freed seats: who is offered them, until when, and what becomes of an offer."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from events.models import Event, Message
from guests import house_rules, rsvp, seats, tasks, waiting_list
from guests.models import Guest, SeatOffer
from tests.factories import make_event, make_user
from tests.guests.factories import make_guest
from tests.guests.people import AT, NO, WAITLISTED, YES, party_of, say

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def full_event(capacity: int = 1, **fields: object) -> tuple[Event, Guest]:
    """A room in which one guest with a party sits on every seat."""
    event = make_event(capacity=capacity, doors_at=AT + 30 * DAY, **fields)
    sitting = make_guest(event, "Sitting", plus_ones=capacity - 1)
    return event, say(sitting, YES, *map(str, range(1, capacity)))


def wait(
    event: Event, name: str, *names: str, wave: int = 1, minutes: int = 0
) -> Guest:
    guest = make_guest(event, name, plus_ones=len(names) or 2)
    guest.invitation.wave = wave
    guest.invitation.save()
    at = AT + timedelta(minutes=minutes)
    return rsvp.answer(guest.pk, rsvp.Reply(WAITLISTED, plus_ones=names), at=at)


def offered(event: Event) -> list[str]:
    rows = event.seat_offers.filter(state="open").order_by("pk")
    return list(rows.values_list("guest__name", flat=True))


def states(guest: Guest) -> list[str]:
    return list(guest.seat_offers.order_by("pk").values_list("state", flat=True))


def in_order(event: Event) -> list[str]:
    return [guest.name for guest in waiting_list.of(event)]


def test_a_freed_seat_is_offered_to_who_joined_first() -> None:
    event, sitting = full_event()
    wait(event, "Second", minutes=2)
    first = wait(event, "First", minutes=1)
    say(sitting, NO)
    assert offered(event) == ["First"]
    taken = seats.of(event)
    assert (taken.heads, taken.offered, taken.left) == (0, 1, 0)
    letter = Message.objects.get(kind="offer")
    assert letter.about == first.invitation.about
    assert letter.recipient_email == first.invitation.contact.email


def test_an_earlier_wave_comes_before_an_earlier_hour() -> None:
    event, sitting = full_event()
    wait(event, "Friend", wave=2, minutes=1)
    wait(event, "Nominee", wave=1, minutes=9)
    assert in_order(event) == ["Nominee", "Friend"]
    say(sitting, NO)
    assert offered(event) == ["Nominee"]


def test_a_party_that_does_not_fit_is_passed_over_and_keeps_its_place() -> None:
    event, sitting = full_event(2)
    wait(event, "Three", "Ann", "Bob", minutes=1)
    wait(event, "One", minutes=2)
    say(sitting, YES)
    assert offered(event) == ["One"]
    assert in_order(event)[0] == "Three"
    event.capacity = 4
    house_rules.save(event, ["capacity"], by="Amy", at=AT)
    assert offered(event) == ["One"]
    event.capacity = 5
    house_rules.save(event, ["capacity"], by="Amy", at=AT)
    assert offered(event) == ["One", "Three"]


def test_who_waits_may_name_whom_they_would_bring_and_takes_them_along() -> None:
    event, sitting = full_event(2)
    late = wait(event, "Late", "Ann")
    assert (seats.of(event).heads, party_of(late)) == (2, [])
    say(sitting, NO)
    assert late.seat_offers.get().heads == 2
    say(late, YES, "Ann")
    assert (party_of(late), states(late)) == (["Ann"], ["taken"])
    assert (seats.of(event).heads, seats.of(event).offered) == (2, 0)


def test_naming_somebody_while_waiting_keeps_the_place() -> None:
    event, sitting = full_event()
    first = wait(event, "First", minutes=1)
    wait(event, "Second", minutes=2)
    changed = rsvp.answer(
        first.pk, rsvp.Reply(WAITLISTED, plus_ones=["Ann"]), at=AT + HOUR
    )
    assert changed.answered_at == AT + timedelta(minutes=1)
    assert in_order(event) == ["First", "Second"]


def test_saying_no_passes_the_seat_on_at_once() -> None:
    event, sitting = full_event()
    first, _second = wait(event, "First"), wait(event, "Second")
    say(sitting, NO)
    say(first, NO)
    assert offered(event) == ["Second"]
    assert states(first) == ["declined"]
    assert in_order(event) == ["Second"]


def test_who_comes_with_fewer_frees_what_was_kept_for_the_rest() -> None:
    event, sitting = full_event(2)
    first, _second = wait(event, "First", "Ann"), wait(event, "Second")
    say(sitting, NO)
    say(first, YES)
    assert offered(event) == ["Second"]


def test_a_seat_kept_for_one_is_nobody_elses() -> None:
    event, sitting = full_event()
    wait(event, "First")
    second, new = wait(event, "Second"), make_guest(event)
    say(sitting, NO)
    for guest in (second, new):
        with pytest.raises(rsvp.EventFull) as full:
            say(guest)
        assert full.value.seats_left == 0


def test_who_lets_an_offer_go_by_stays_on_the_list_at_its_end() -> None:
    event, sitting = full_event()
    first, second = wait(event, "First"), wait(event, "Second", wave=3)
    say(sitting, NO)
    waiting_list.sweep(AT + DAY)
    assert (states(first), offered(event)) == (["lapsed"], ["Second"])
    assert in_order(event) == ["Second", "First"]
    waiting_list.sweep(AT + 2 * DAY)
    assert (states(second), offered(event)) == (["lapsed"], ["First"])


def test_a_seat_does_not_circle_around_who_never_answers() -> None:
    event, sitting = full_event()
    first = wait(event, "First")
    say(sitting, NO)
    for days in range(1, 9):
        waiting_list.sweep(AT + days * DAY)
    assert states(first) == ["lapsed", "lapsed"]
    assert (in_order(event), seats.of(event).left) == (["First"], 1)
    made = waiting_list.release(event.pk, parties=5, by=make_user(), at=AT + 9 * DAY)
    assert (made.offered, made.seats_left, offered(event)) == (1, 0, ["First"])


def test_an_offer_that_lapsed_cannot_be_taken() -> None:
    event, sitting = full_event()
    first, _second = wait(event, "First"), wait(event, "Second")
    say(sitting, NO)
    waiting_list.sweep(AT + DAY)
    with pytest.raises(rsvp.EventFull):
        say(first)
    assert (states(first), offered(event)) == (["lapsed"], ["Second"])


def test_who_gave_up_a_seat_they_were_offered_is_not_offered_another() -> None:
    event, sitting = full_event()
    first = wait(event, "First")
    say(sitting, NO)
    say(first)
    say(first, NO)
    assert (offered(event), states(first)) == ([], ["taken"])
    assert waiting_list.sweep(AT + HOUR) == 0
    assert seats.of(event).left == 1


def test_no_seat_is_kept_for_somebody_who_was_taken_off_the_list() -> None:
    event, sitting = full_event()
    first, _second = wait(event, "First"), wait(event, "Second")
    say(sitting, NO)
    Guest.objects.filter(pk=first.pk).update(removed_at=AT)
    assert seats.of(event).left == 1
    assert waiting_list.sweep(AT + HOUR) == 1
    assert (states(first), offered(event)) == (["withdrawn"], ["Second"])
    # Put back on the list, they bring no seat with them that is another's now.
    Guest.objects.filter(pk=first.pk).update(removed_at=None)
    assert (seats.of(event).left, seats.of(event).offered) == (0, 1)


def test_nobody_who_is_shut_out_is_offered_a_seat() -> None:
    event, sitting = full_event()
    Guest.objects.filter(pk=wait(event, "Shut out").pk).update(is_blocked=True)
    say(sitting, NO)
    assert offered(event) == []


@pytest.mark.parametrize(
    ("at", "expires_at"),
    [
        pytest.param(AT, AT + DAY, id="a day"),
        pytest.param(AT + 5 * DAY, AT + 5.5 * DAY, id="to the deadline"),
        pytest.param(AT + 5.49 * DAY, AT + 6.49 * DAY, id="too near the deadline"),
        pytest.param(AT + 9.6 * DAY, AT + 10 * DAY, id="to the doors"),
        pytest.param(AT + 10.1 * DAY, AT + 10.1 * DAY + HOUR, id="on the night"),
    ],
)
def test_an_offer_is_kept_for_a_day_and_never_past_what_it_is_for(
    at: datetime, expires_at: datetime
) -> None:
    event = make_event(rsvp_deadline_at=AT + 5.5 * DAY, doors_at=AT + 10 * DAY)
    assert waiting_list.expires_at(event, at) == expires_at


def test_an_offer_may_be_taken_after_the_deadline_for_answers() -> None:
    event, sitting = full_event(rsvp_deadline_at=AT + DAY)
    first, second = wait(event, "First"), wait(event, "Second")
    late = AT + 2 * DAY
    rsvp.answer(sitting.pk, rsvp.Reply(NO), at=late, by="Amy", as_host=True)
    assert rsvp.answer(first.pk, rsvp.Reply(YES), at=late).answer == YES
    with pytest.raises(rsvp.AnswersClosed):
        rsvp.answer(second.pk, rsvp.Reply(NO), at=late)


@pytest.mark.parametrize("status", ["draft", "closed", "cancelled"])
def test_an_event_that_is_not_open_offers_nothing(status: str) -> None:
    event, _sitting = full_event()
    wait(event, "First")
    Event.objects.filter(pk=event.pk).update(status=status, capacity=9)
    assert waiting_list.sweep(AT + HOUR) == 0
    assert offered(event) == []


def test_nothing_is_offered_when_the_party_is_over() -> None:
    event, _sitting = full_event()
    wait(event, "First")
    Event.objects.filter(pk=event.pk).update(capacity=9)
    assert waiting_list.sweep(event.ends_at) == 0


def test_beat_passes_seats_on() -> None:
    event = make_event(capacity=1)
    say(make_guest(event))
    wait(event, "First")
    Event.objects.filter(pk=event.pk).update(capacity=2)
    tasks.pass_seats_on()
    assert offered(event) == ["First"]
    SeatOffer.objects.update(expires_at=timezone.now())
    tasks.pass_seats_on()
    assert states(Guest.objects.get(name="First")) == ["lapsed", "open"]
