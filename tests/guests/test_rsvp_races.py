"""Many answers into few seats: never one head too many, never a seat left empty."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from events.models import Event, Message
from guests import rsvp, seats, waiting_list
from guests.models import Guest, SeatOffer
from tests.factories import make_event, make_user
from tests.guests.factories import make_guest
from tests.guests.people import AT, NO, WAITLISTED, YES, party_of, say
from tests.racing import at_the_same_moment, seen_to_fail_without_lock

DAY = timedelta(days=1)


def last_seats_race() -> None:
    """Eight answers, five seats, parties of one and of two."""
    event = make_event(capacity=5)
    guests = [make_guest(event, plus_ones=number % 2) for number in range(8)]

    def answer(number: int) -> Guest:
        return say(guests[number], YES, *["Ann"][: number % 2])

    outcomes = at_the_same_moment(8, answer)

    heads = seats.of(event).heads
    refused = [error for error in outcomes if isinstance(error, rsvp.EventFull)]
    answered = [guest for guest in outcomes if isinstance(guest, Guest)]
    assert len(refused) + len(answered) == 8
    assert heads <= 5
    # A single came too late only when nothing at all was left.
    singles_refused = any(outcomes[number] in refused for number in (0, 2, 4, 6))
    assert heads == 5 or not singles_refused
    assert Message.objects.filter(event=event).count() == len(answered)


def last_seat_race() -> None:
    event = make_event(capacity=1)
    guests = [make_guest(event) for _ in range(6)]
    outcomes = at_the_same_moment(6, lambda number: say(guests[number]))
    assert sum(isinstance(outcome, Guest) for outcome in outcomes) == 1
    assert seats.of(event).heads == 1


def growing_parties_race() -> None:
    """Everybody is coming already, and everybody wants to bring somebody."""
    event = make_event(capacity=6)
    guests = [say(make_guest(event, plus_ones=1)) for _ in range(4)]
    outcomes = at_the_same_moment(4, lambda number: say(guests[number], YES, "Ann"))
    assert sum(isinstance(outcome, Guest) for outcome in outcomes) == 2
    assert seats.of(event).heads == 6


def same_answer_race() -> None:
    """One press that arrives five times."""
    event = make_event(capacity=10)
    guest = make_guest(event, plus_ones=1)
    at_the_same_moment(5, lambda _: say(guest, YES, "Ann", version=0))
    assert party_of(guest) == ["Ann"]
    assert seats.of(event).heads == 2
    assert Message.objects.filter(event=event).count() == 1


def with_an_offer() -> tuple[Event, Guest]:
    """Two seats: one is offered to somebody who waits, one is free."""
    event = make_event(capacity=2, doors_at=AT + 9 * DAY)
    sitting = [say(make_guest(event)) for _ in range(2)]
    waiting = say(make_guest(event, plus_ones=1), WAITLISTED)
    for guest in sitting:
        say(guest, NO)
    assert (seats.of(event).offered, seats.of(event).left) == (1, 1)
    return event, waiting


def offered_seat_race() -> None:
    """Two take the seat beside the offered one: its guest, who brings another."""
    event, waiting = with_an_offer()
    new = make_guest(event)
    acts = (lambda: say(waiting, YES, "Ann"), lambda: say(new))
    outcomes = at_the_same_moment(4, lambda number: acts[number % 2]())
    full = [error for error in outcomes if isinstance(error, rsvp.EventFull)]
    assert len(full) == 2
    taken = seats.of(event)
    assert (taken.heads, taken.offered) in ((2, 0), (1, 1))


def freed_seat_race() -> None:
    """A seat came free: beat and a host offer it while somebody else asks for it."""
    event = make_event(capacity=1, doors_at=AT + 9 * DAY)
    say(make_guest(event))
    for _ in range(2):
        say(make_guest(event), WAITLISTED)
    Event.objects.filter(pk=event.pk).update(capacity=2)
    new, host = make_guest(event), make_user()
    acts = (
        lambda: say(new),
        lambda: waiting_list.sweep(AT),
        lambda: waiting_list.release(event.pk, parties=2, by=host, at=AT),
        lambda: waiting_list.sweep(AT),
    )
    at_the_same_moment(4, lambda number: acts[number]())
    taken = seats.of(Event.objects.get(pk=event.pk))
    assert taken.heads + taken.offered == 2


def lapsing_offer_race() -> None:
    """An offer ends while it is taken, while another asks for what is free."""
    event, waiting = with_an_offer()
    say(make_guest(event, plus_ones=1), WAITLISTED, "Bob")
    new, late = make_guest(event), AT + 2 * DAY
    acts = (
        lambda: say(waiting, YES, "Ann"),
        lambda: waiting_list.sweep(late),
        lambda: say(new),
        lambda: waiting_list.sweep(late),
    )
    at_the_same_moment(4, lambda number: acts[number]())
    taken = seats.of(event)
    assert 1 <= taken.heads + taken.offered <= 2
    waiting.refresh_from_db()
    state = waiting.seat_offers.order_by("pk").first().state
    assert state == (SeatOffer.State.TAKEN if waiting.answer == YES else "lapsed")


def taken_back_offer_race() -> None:
    """A host takes an offer back, twice, while the guest takes the seat."""
    event, waiting = with_an_offer()
    say(make_guest(event))
    say(make_guest(event), WAITLISTED)
    (offer,), host = waiting.seat_offers.all(), make_user()
    acts = (
        lambda: say(waiting),
        lambda: waiting_list.withdraw(offer.pk, event.pk, by=host, at=AT),
        lambda: waiting_list.withdraw(offer.pk, event.pk, by=host, at=AT),
    )
    at_the_same_moment(3, lambda number: acts[number]())
    offer.refresh_from_db()
    waiting.refresh_from_db()
    took_it = waiting.answer == YES
    assert offer.state == (SeatOffer.State.TAKEN if took_it else "withdrawn")
    assert event.activities.filter(verb="took back an offer").count() == (not took_it)


RACES = (
    *(last_seats_race, last_seat_race, growing_parties_race, same_answer_race),
    *(offered_seat_race, freed_seat_race, lapsing_offer_race, taken_back_offer_race),
)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("race", RACES)
def test_seats_are_given_out_one_by_one_by_the_lock_on_the_event(
    race: Callable[[], None],
) -> None:
    race()
    seen_to_fail_without_lock(race, Event)
