"""What winners owe: the pure rule as a table, and the rows brought to match it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from events.models import Event
from guests.obligations import PERSON_KEY, HouseRules, Standing, due

WON, LOST, OPEN = "won", "lost", "pending"
WIN = Event.ChargePer.WIN
THOUSAND = 100_000
AT = datetime(2013, 9, 23, 3, 41, tzinfo=UTC)


def standings(*outcomes: str) -> list[Standing]:
    return [
        Standing(number, f"Category {number}", outcome, AT if outcome != OPEN else None)
        for number, outcome in enumerate(outcomes, 1)
    ]


@pytest.mark.parametrize(
    ("outcomes", "rules", "owed", "dormant"),
    [
        ([], {}, [], []),
        ([LOST], {}, [], []),
        ([LOST] * 7, {}, [], []),
        ([OPEN], {}, [], [THOUSAND]),
        ([OPEN, OPEN, LOST], {}, [], [THOUSAND]),
        ([WON], {}, [THOUSAND], []),
        ([LOST] * 6 + [WON], {}, [THOUSAND], []),
        ([WON, WON, WON], {}, [THOUSAND], []),
        ([WON, OPEN], {}, [THOUSAND], []),
        ([WON], {"cap_cents": 40_000}, [40_000], []),
        ([WON], {"cap_cents": 0}, [], []),
        ([WON], {"amount_cents": 0}, [], []),
        ([WON, WON], {"charge_per": WIN}, [THOUSAND, THOUSAND], []),
        ([LOST, WON, OPEN], {"charge_per": WIN}, [THOUSAND], [THOUSAND]),
        ([WON] * 3, {"charge_per": WIN, "cap_cents": 150_000}, [THOUSAND, 50_000], []),
        (
            [WON, OPEN, OPEN],
            {"charge_per": WIN, "cap_cents": 150_000},
            [THOUSAND],
            [50_000],
        ),
        ([LOST, LOST], {"charge_per": WIN}, [], []),
    ],
)
def test_what_is_owed_follows_from_results_and_house_rules(
    outcomes: list[str], rules: dict[str, Any], owed: list[int], dormant: list[int]
) -> None:
    wanted = due(standings(*outcomes), HouseRules(**{"amount_cents": THOUSAND} | rules))

    assert [row.amount_cents for row in wanted if row.is_due] == owed
    assert [row.amount_cents for row in wanted if not row.is_due] == dormant


def test_the_reason_is_one_sentence_with_the_local_time() -> None:
    rules = HouseRules(amount_cents=THOUSAND, time_zone="America/Los_Angeles")

    (row,) = due(standings(LOST, WON), rules)

    assert row.why == ("Won Category 2, confirmed 8:41 pm PDT; $1,000.00 due once.")
    assert row.cause == (2,)
    assert row.key == PERSON_KEY


def test_a_price_for_every_win_does_not_say_once() -> None:
    rules = HouseRules(amount_cents=THOUSAND, charge_per=WIN)

    assert due(standings(WON), rules)[0].why.endswith("; $1,000.00 due.")


def test_many_wins_are_counted_and_not_listed() -> None:
    (row,) = due(standings(*[WON] * 5), HouseRules(amount_cents=THOUSAND))

    assert row.why.startswith("Won Category 1 and 4 more, confirmed")


def test_under_a_cap_a_later_win_changes_no_earlier_one() -> None:
    early = Standing(9, "Ninth", WON, AT)
    late = Standing(1, "First", WON, AT.replace(hour=4))
    rules = HouseRules(amount_cents=THOUSAND, charge_per=WIN, cap_cents=150_000)

    wanted = due([late, early], rules)

    assert [(row.cause, row.amount_cents) for row in wanted] == [
        ((9,), THOUSAND),
        ((1,), 50_000),
    ]
