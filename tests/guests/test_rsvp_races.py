"""Many answers into few seats: never one head too many, never a seat left empty."""

from collections.abc import Callable

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from events.models import Event, Message
from guests import rsvp, seats
from guests.models import Guest
from tests.factories import make_event
from tests.guests.factories import make_guest
from tests.guests.people import NO, WAITLISTED, YES, party_of, say
from tests.racing import at_the_same_moment, seen_to_fail_without_lock


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


RACES = (last_seats_race, last_seat_race, growing_parties_race, same_answer_race)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("race", RACES)
def test_seats_are_given_out_one_by_one_by_the_lock_on_the_event(
    race: Callable[[], None],
) -> None:
    race()
    seen_to_fail_without_lock(race, Event)


GUESTS, ALLOWED, CAPACITY = 4, 2, 5


class Seating(RuleBasedStateMachine):
    """Any sequence of answers against a model that only counts."""

    def __init__(self) -> None:
        super().__init__()
        self.event = make_event(capacity=CAPACITY)
        self.guests = [make_guest(self.event, plus_ones=ALLOWED) for _ in range(GUESTS)]
        self.stands: dict[int, tuple[str, list[str]]] = {}

    def heads(self, without: int | None = None) -> int:
        return sum(
            1 + len(names)
            for number, (reply, names) in self.stands.items()
            if reply == YES and number != without
        )

    @rule(
        number=st.integers(0, GUESTS - 1),
        names=st.lists(st.sampled_from(["Ann", "Bob", "Cy", "Dee"]), max_size=3),
    )
    def come(self, number: int, names: list[str]) -> None:
        _, before = self.stands.get(number, ("", []))
        fits = self.heads(without=number) + 1 + len(names) <= CAPACITY
        if len(names) > ALLOWED:
            with pytest.raises(rsvp.TooManyPlusOnes):
                say(self.guests[number], YES, *names)
        elif fits:
            say(self.guests[number], YES, *names)
            self.stands[number] = (YES, names)
        else:
            with pytest.raises(rsvp.EventFull):
                say(self.guests[number], YES, *names)
            assert sorted(party_of(self.guests[number])) == sorted(before)

    @rule(number=st.integers(0, GUESTS - 1), reply=st.sampled_from([NO, WAITLISTED]))
    def stay_away(self, number: int, reply: str) -> None:
        say(self.guests[number], reply)
        self.stands[number] = (reply, [])

    @invariant()
    def rows_say_what_the_model_says(self) -> None:
        taken = seats.of(self.event)
        assert taken.heads == self.heads() <= CAPACITY
        for number, (reply, names) in self.stands.items():
            guest = Guest.objects.get(pk=self.guests[number].pk)
            assert guest.answer == reply
            assert sorted(party_of(guest)) == sorted(names)


@pytest.mark.django_db
def test_no_sequence_of_answers_loses_or_invents_a_seat() -> None:
    few = settings(max_examples=6, stateful_step_count=10, deadline=None, database=None)
    run_state_machine_as_test(Seating, settings=few)
