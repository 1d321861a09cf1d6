"""Who may come in: five colours as a table, from plain values and no database."""

from datetime import UTC, datetime
from typing import Any

import pytest

from guests.admission import Colour, Owed, Results, decide
from guests.models import Guest

GREEN, GOLD, BLUE, GREY, RED = Colour
THOUSAND = 100_000
WHY = "Won Best Drama, confirmed 8:41 pm PDT; $1,000.00 due once."
OWED = (Owed(THOUSAND, WHY),)
WAIVED = (Owed(0, WHY),)
WON_ONE = Results(won=("Drama",))
WON_TWO = Results(won=("Drama", "Writing"))


def person(**fields: Any) -> Guest:
    return Guest(**{"name": "Zoë", "answer": Guest.Answer.YES} | fields)


@pytest.mark.parametrize(
    ("results", "owed", "paid", "trophies", "colour", "words", "cents"),
    [
        (Results(), (), 0, 0, GREEN, "Come on in.", 0),
        (Results(lost=("Drama",)), (), 0, 0, GREEN, "You lost. Come on in.", 0),
        (Results(pending=("Drama",)), (), 0, 0, BLUE, "You may owe later", 0),
        (Results(("",), (), ("Drama",)), (), 0, 0, GREEN, "sorry for your win", 0),
        (
            Results(lost=("Drama",), pending=("Writing",)),
            (),
            0,
            0,
            BLUE,
            "You may owe later",
            0,
        ),
        (WON_ONE, OWED, 0, 0, GOLD, "$1,000.00 first, then trophy", THOUSAND),
        (WON_ONE, OWED, 0, 1, GOLD, "Winner: $1,000.00 first.", THOUSAND),
        (WON_ONE, OWED, 60_000, 1, GOLD, "$400.00 first", 40_000),
        (WON_ONE, OWED, THOUSAND - 1, 1, GOLD, "$0.01 first", 1),
        (WON_ONE, OWED, THOUSAND, 0, GOLD, "Winner: trophy to the desk.", 0),
        (WON_ONE, OWED, THOUSAND, 1, GREEN, "sorry for your win", 0),
        (WON_ONE, OWED, THOUSAND * 2, 1, GREEN, "sorry for your win", 0),
        (WON_TWO, OWED, THOUSAND, 0, GOLD, "2 trophies to the desk", 0),
        (WON_TWO, OWED, THOUSAND, 1, GOLD, "Winner: trophy to the desk.", 0),
        (WON_TWO, OWED, THOUSAND, 2, GREEN, "sorry for your win", 0),
        (WON_ONE, WAIVED, 0, 0, GOLD, "Winner: trophy to the desk.", 0),
        (WON_ONE, WAIVED, 0, 1, GREEN, "sorry for your win", 0),
        # Exempt by the house rules: no obligation, and the statue stays in hand.
        (WON_ONE, (), 0, 0, GREEN, "sorry for your win", 0),
        # A plus-one who pays with the winner brings no statue of their own.
        (Results(), OWED, 0, 0, GOLD, "Winner: $1,000.00 first.", THOUSAND),
        (Results(), OWED, THOUSAND, 0, GREEN, "Come on in.", 0),
    ],
)
def test_losers_walk_in_and_winners_bring_trophy_and_donation(
    results: Results,
    owed: tuple[Owed, ...],
    paid: int,
    trophies: int,
    colour: Colour,
    words: str,
    cents: int,
) -> None:
    decision = decide(person(), results, owed, paid, trophies)

    assert (decision.colour, decision.cents_due) == (colour, cents)
    assert words in decision.words
    assert decision.lets_in == (colour in (GREEN, BLUE))


@pytest.mark.parametrize(
    ("fields", "colour", "reason"),
    [
        ({"answer": "no"}, GREY, "Declined."),
        ({"answer": "waiting"}, GREY, "Invited, never answered."),
        ({"answer": "waitlisted"}, GREY, "On the waiting list."),
        ({"removed_at": datetime.now(UTC)}, GREY, "No longer on the list."),
        ({"is_blocked": True}, RED, "Blocked."),
        ({"is_blocked": True, "answer": "no"}, RED, "Blocked."),
    ],
)
def test_who_is_not_expected_is_checked_first(
    fields: dict[str, Any], colour: Colour, reason: str
) -> None:
    decision = decide(person(**fields), WON_ONE, OWED, THOUSAND, 1)

    assert (decision.colour, decision.reasons) == (colour, (reason,))
    assert not decision.lets_in
    assert decision.cents_due == 0


def test_a_winner_is_told_why() -> None:
    assert decide(person(), WON_ONE, OWED, 0, 0).reasons == (WHY,)


def test_an_undecided_nominee_is_told_what_is_open() -> None:
    decision = decide(person(), Results(pending=("Drama", "Writing")), (), 0, 0)

    assert decision.reasons == ("Drama is still open.", "Writing is still open.")


def test_the_statues_of_a_winner_are_expected() -> None:
    assert decide(person(), WON_TWO, OWED, 0, 0).trophies_expected == 2
    assert decide(person(), WON_TWO, (), 0, 0).trophies_expected == 0


def test_the_card_of_a_winner_who_gave_says_so() -> None:
    decision = decide(person(), WON_ONE, OWED, 100_000, 1)

    assert decision.colour == Colour.GREEN
    assert "Paid $1,000.00." in decision.reasons
