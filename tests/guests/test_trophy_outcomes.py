"""No statue, a late one, one that is kept: recorded, and never a silent bypass."""

from typing import Any

import pytest
from django.utils import timezone

from events.models import Category, Event
from guests import door, trophies
from guests.actors import Actor
from guests.admission import Colour
from guests.models import Guest, TrophyOutcome
from guests.trophies import outcome
from tests.factories import make_category, make_event
from tests.guests.doorstep import admit
from tests.guests.night import nomination_of, pay, win
from tests.guests.statues import actor, host_of, make_winner_of, receive
from tests.racing import at_the_same_moment, seen_to_fail_without_lock

Outcome = TrophyOutcome.Outcome


@pytest.fixture
def category(event: Event) -> Category:
    return make_category(event)


@pytest.fixture
def winner(event: Event, category: Category) -> Guest:
    """Vince has paid; his statue is missing."""
    guest = make_winner_of(event, category)
    pay(guest)
    return guest


def record(
    guest: Guest,
    category: Category,
    said: str,
    words: str = "",
    by: Actor | None = None,
) -> TrophyOutcome:
    nomination = nomination_of(guest, category)
    at = timezone.now()
    return outcome.record(guest.pk, nomination.pk, said, words, by=by or actor(), at=at)


def decision(guest: Guest) -> Any:
    return door.card(guest).decision


@pytest.mark.parametrize("said", [Outcome.NO_STATUE, Outcome.LATER])
def test_an_excuse_lets_a_winner_in_and_says_who_noted_it(
    winner: Guest, category: Category, said: str
) -> None:
    assert decision(winner).colour == Colour.GOLD
    row = record(winner, category, said, "It is engraved on Monday.")

    seen = decision(winner)
    assert seen.colour == Colour.GREEN
    sentence = seen.reasons[-1]
    assert f"by {row.by_name}" in sentence and "engraved on Monday" in sentence
    assert admit(winner).is_new


def test_an_excuse_pays_nothing(event: Event, category: Category) -> None:
    guest = make_winner_of(event, category)
    record(guest, category, Outcome.NO_STATUE)

    seen = decision(guest)
    assert seen.colour == Colour.GOLD
    assert seen.words == "Winner: $1,000.00 first."
    with pytest.raises(door.NotAdmitted):
        admit(guest)


def test_who_keeps_it_stays_outside_until_a_host_lets_them_off(
    event: Event, winner: Guest, category: Category
) -> None:
    record(winner, category, Outcome.REFUSED, "It is mine.")
    assert decision(winner).colour == Colour.GOLD
    with pytest.raises(door.NotAdmitted):
        admit(winner)

    record(winner, category, Outcome.LET_OFF, "Her mother.", by=host_of(event))

    assert decision(winner).colour == Colour.GREEN
    assert admit(winner).is_new


def test_only_a_host_of_this_event_lets_somebody_off_and_says_why(
    event: Event, winner: Guest, category: Category
) -> None:
    for by, words in (
        (actor(), "Because."),
        (Actor("A phone"), "Because."),
        (host_of(make_event()), "Because."),
        (host_of(event), ""),
    ):
        with pytest.raises(outcome.HostDecides):
            record(winner, category, Outcome.LET_OFF, words, by=by)
    assert not winner.trophy_outcomes.exists()


def test_one_excuse_is_for_one_statue(event: Event) -> None:
    first, second = make_category(event), make_category(event)
    guest = make_winner_of(event, first, second)
    pay(guest)

    record(guest, first, Outcome.NO_STATUE)

    assert decision(guest).words == "Winner: trophy to the desk."
    receive(guest, "A1")
    # The one that came is the first; its excuse excuses nothing else.
    assert decision(guest).colour == Colour.GOLD
    receive(guest, "A2")
    assert decision(guest).colour == Colour.GREEN


def test_the_newest_word_stands_and_the_same_again_is_one_row(
    winner: Guest, category: Category
) -> None:
    first = record(winner, category, Outcome.LATER)
    assert record(winner, category, Outcome.LATER) == first
    record(winner, category, Outcome.EXPECTED)

    assert winner.trophy_outcomes.count() == 2
    assert decision(winner).colour == Colour.GOLD


def test_nothing_is_noted_of_what_is_here_or_was_not_won(
    event: Event, winner: Guest, category: Category
) -> None:
    receive(winner)
    with pytest.raises(outcome.IsHere):
        record(winner, category, Outcome.NO_STATUE)

    other = make_category(event)
    loser = make_winner_of(event, other)
    win(other)
    with pytest.raises(outcome.NotWon):
        record(loser, other, Outcome.NO_STATUE)


def test_a_late_statue_is_an_alert_until_it_is_taken_in(
    event: Event, winner: Guest, category: Category
) -> None:
    record(winner, category, Outcome.LATER)
    admit(winner)
    board = trophies.board(event)
    assert [row.guest for row in board.alerts] == [winner]
    assert board.expected == ()

    receive(winner)

    board = trophies.board(event)
    assert (board.alerts, board.excused) == ((), ())


def test_who_has_none_is_no_alert(
    event: Event, winner: Guest, category: Category
) -> None:
    record(winner, category, Outcome.NO_STATUE)
    admit(winner)

    board = trophies.board(event)
    assert board.alerts == ()
    assert [row.guest for row in board.excused] == [winner]


def test_cards_of_many_who_are_excused_take_no_more_queries(
    event: Event, django_assert_num_queries: Any
) -> None:
    guests = []
    for _ in range(6):
        category = make_category(event)
        guests.append(make_winner_of(event, category))
        record(guests[-1], category, Outcome.LATER)
    rows = list(event.guests.all())

    with django_assert_num_queries(5):
        door.cards(rows[:1])
    with django_assert_num_queries(5):
        assert all(card.statues[0].is_excused for card in door.cards(rows))


def race_of_words() -> None:
    """Eight phones note the same thing of one statue."""
    event = make_event()
    category = make_category(event)
    guest = make_winner_of(event, category)

    at_the_same_moment(8, lambda _n: record(guest, category, Outcome.LATER))

    assert guest.trophy_outcomes.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_word_from_eight_phones_is_one_row() -> None:
    race_of_words()


@pytest.mark.django_db(transaction=True)
def test_one_row_needs_the_guest_s_lock() -> None:
    seen_to_fail_without_lock(race_of_words, Guest)
