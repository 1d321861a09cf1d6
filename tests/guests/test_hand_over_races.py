"""Eight desks and one statue: it leaves once, by one way, and codes are counted."""

import pytest
from django.db.models import Model

from guests.models import HandOver, Trophy
from guests.trophies import hand_over
from tests.guests.statues import (
    begin,
    code_sent_for,
    confirm,
    moves,
    race_ground,
    send_code,
    try_code,
)
from tests.racing import at_the_same_moment, seen_to_fail_without_lock


def second_people_race() -> None:
    """Eight people confirm one hand-over."""
    trophy = race_ground()
    row = begin(trophy)

    outcomes = at_the_same_moment(8, lambda _n: confirm(row))

    assert len({done.done_by_name for done in outcomes}) == 1, outcomes
    assert moves(trophy).count("released") == 1


def two_ways_race() -> None:
    """At eight desks somebody begins to hand over the same statue."""
    trophy = race_ground()

    outcomes = at_the_same_moment(8, lambda _n: begin(trophy))

    begun = [row for row in outcomes if isinstance(row, HandOver)]
    told = [row for row in outcomes if isinstance(row, hand_over.UnderWay)]
    assert (len(begun), len(told)) == (1, 7), outcomes


def guessing_race() -> None:
    """Eight wrong codes at the same moment are five tries."""
    trophy = race_ground()
    row = send_code(trophy)
    wrong = "111111" if code_sent_for(row) == "000000" else "000000"

    at_the_same_moment(8, lambda _n: try_code(row, wrong))

    row.refresh_from_db()
    assert row.wrong_codes == hand_over.TRIES
    assert moves(trophy).count("wrong") == hand_over.TRIES


RACES = [second_people_race, two_ways_race, guessing_race]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("race", RACES)
def test_a_statue_leaves_once_and_by_one_way(race: object) -> None:
    race()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("race", RACES)
def test_leaving_once_needs_the_statue_s_lock(race: object) -> None:
    locked: type[Model] = Trophy
    seen_to_fail_without_lock(race, locked)
