"""Any sequence of answers, offers and lapses, against a model that only counts."""

from datetime import datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from guests import rsvp, seats, waiting_list
from guests.models import Guest
from tests.factories import make_event, make_user
from tests.guests.factories import make_guest
from tests.guests.people import AT, NO, WAITLISTED, YES, party_of

GUESTS, ALLOWED, CAPACITY = 5, 2, 5
numbers = st.integers(0, GUESTS - 1)
some_names = st.lists(st.sampled_from(["Ann", "Bob", "Cy", "Dee"]), max_size=3)


class Seating(RuleBasedStateMachine):
    """Who sits is only known by the answers that were taken; offers keep the rest."""

    def __init__(self) -> None:
        super().__init__()
        self.event = make_event(capacity=CAPACITY, doors_at=AT + timedelta(days=90))
        self.host = make_user()
        self.guests = [make_guest(self.event, plus_ones=ALLOWED) for _ in range(GUESTS)]
        self.stands: dict[int, tuple[str, list[str], int]] = {}
        self.joined: dict[int, datetime] = {}
        self.at = AT

    def heads(self, without: int | None = None) -> int:
        return sum(
            1 + len(names) + unnamed
            for number, (reply, names, unnamed) in self.stands.items()
            if reply == YES and number != without
        )

    def kept_for_others(self, number: int) -> int:
        others = self.event.seat_offers.filter(state="open")
        others = others.exclude(guest=self.guests[number])
        return sum(others.values_list("heads", flat=True))

    def say(self, number: int, reply: str, names: list[str], unnamed: int) -> Guest:
        self.at += timedelta(minutes=1)
        said = rsvp.Reply(Guest.Answer(reply), names, unnamed)
        return rsvp.answer(self.guests[number].pk, said, at=self.at)

    @rule(number=numbers, names=some_names, unnamed=st.integers(0, 2))
    def come(self, number: int, names: list[str], unnamed: int) -> None:
        reply, was, before = self.stands.get(number, ("", [], 0))
        wanted = 1 + len(names) + unnamed
        held = 1 + len(was) + before if reply == YES else 0
        room = CAPACITY - self.heads(without=number) - self.kept_for_others(number)
        if wanted - 1 > ALLOWED:
            with pytest.raises(rsvp.TooManyPlusOnes):
                self.say(number, YES, names, unnamed)
        elif wanted <= max(held, room):
            self.say(number, YES, names, unnamed)
            self.stands[number] = (YES, names, unnamed)
        else:
            with pytest.raises(rsvp.EventFull):
                self.say(number, YES, names, unnamed)

    @rule(number=numbers)
    def stay_away(self, number: int) -> None:
        self.say(number, NO, [], 0)
        self.stands[number] = (NO, [], 0)

    @rule(number=numbers, names=some_names)
    def wait(self, number: int, names: list[str]) -> None:
        names = names[:ALLOWED]
        was = self.stands.get(number, ("", [], 0))[0]
        guest = self.say(number, WAITLISTED, names, 0)
        if was != WAITLISTED:
            self.joined[number] = self.at
        assert guest.answered_at == self.joined[number]
        self.stands[number] = (WAITLISTED, names, 0)

    @rule(hours=st.sampled_from([1, 25]))
    def time_goes_by(self, hours: int) -> None:
        self.at += timedelta(hours=hours)
        waiting_list.sweep(self.at)

    @rule()
    def host_releases(self) -> None:
        pk, host = self.event.pk, self.host
        waiting_list.release(pk, parties=2, by=host, at=self.at)

    @rule()
    def host_takes_back(self) -> None:
        offer = self.event.seat_offers.filter(state="open").first()
        if offer:
            pk, host = self.event.pk, self.host
            waiting_list.withdraw(offer.pk, pk, by=host, at=self.at)

    @invariant()
    def nobody_sits_on_anothers_seat(self) -> None:
        taken = seats.of(self.event)
        assert taken.heads == self.heads()
        assert taken.heads + taken.offered <= CAPACITY

    @invariant()
    def rows_say_what_was_said(self) -> None:
        for number, (reply, names, unnamed) in self.stands.items():
            guest = Guest.objects.get(pk=self.guests[number].pk)
            party = guest.plus_one_guests.filter(removed_at=None)
            assert guest.answer == reply
            named = party.filter(is_unnamed=False).values_list("name", flat=True)
            assert sorted(named) == sorted(names)
            assert party.filter(is_unnamed=True).count() == unnamed
            assert {row.answer for row in party} <= {reply}
            if reply == YES:
                assert len(party_of(guest)) == len(names) + unnamed

    @invariant()
    def nobody_loses_their_place(self) -> None:
        listed = [guest.pk for guest in waiting_list.of(self.event)]
        waiting = [n for n, said in self.stands.items() if said[0] == WAITLISTED]
        assert sorted(listed) == sorted(self.guests[n].pk for n in waiting)
        untouched = [
            n
            for n in sorted(waiting, key=lambda n: self.joined[n])
            if not self.guests[n]
            .seat_offers.exclude(state__in=["open", "taken", "declined"])
            .exists()
        ]
        order = [self.guests[n].pk for n in untouched]
        assert [pk for pk in listed if pk in order] == order

    @invariant()
    def who_fits_is_asked(self) -> None:
        left = seats.of(self.event).left
        asked = waiting_list.without_offer(self.event).filter(gone_by__lt=2)
        assert not asked.filter(needs__lte=left).exists()


@pytest.mark.django_db
def test_no_sequence_of_answers_loses_or_invents_a_seat() -> None:
    few = settings(max_examples=8, stateful_step_count=14, deadline=None, database=None)
    run_state_machine_as_test(Seating, settings=few)
