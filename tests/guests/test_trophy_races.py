"""Eight desks and one tag, eight tags and one statue."""

import pytest

from guests import trophies
from guests.models import Guest, Trophy
from tests.factories import make_category, make_event
from tests.guests.night import make_nominated_guest, win
from tests.guests.statues import make_winner_of, receive
from tests.racing import at_the_same_moment, seen_to_fail_without_lock


def two_tags_race() -> None:
    """Eight phones tag the one statue of one winner, each with a tag of its own."""
    winner = make_winner_of(make_event())

    outcomes = at_the_same_moment(8, lambda n: receive(winner, f"T{n}"))

    taken = [row for row in outcomes if isinstance(row, Trophy)]
    told = [row for row in outcomes if isinstance(row, trophies.TooManyTrophies)]
    assert (len(taken), len(told)) == (1, 7), outcomes


@pytest.mark.django_db(transaction=True)
def test_one_statue_gets_one_tag() -> None:
    two_tags_race()


@pytest.mark.django_db(transaction=True)
def test_one_tag_for_a_statue_needs_the_guests_lock() -> None:
    seen_to_fail_without_lock(two_tags_race, Guest)


@pytest.mark.django_db(transaction=True)
def test_one_tag_for_two_statues_is_stopped_by_the_index() -> None:
    event = make_event()
    category = make_category(event)
    winners = [make_nominated_guest(event, category) for _ in range(8)]
    win(category, *winners)

    outcomes = at_the_same_moment(8, lambda n: receive(winners[n], "A7"))

    taken = [row for row in outcomes if isinstance(row, Trophy)]
    told = [row for row in outcomes if isinstance(row, trophies.TagInUse)]
    assert (len(taken), len(told)) == (1, 7), outcomes
