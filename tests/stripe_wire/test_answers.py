"""The judge of answers sees what is wrong: each kind of fault, planted."""

from typing import Any

import pytest

from tests.stripe_wire.answers import violations

GOOD: dict[str, Any] = {
    "object": "balance",
    "available": [{"amount": 0, "currency": "usd"}],
    "livemode": False,
    "pending": [],
}


def test_a_good_answer_has_no_violation() -> None:
    assert violations(GOOD) == []


@pytest.mark.parametrize(
    "planted",
    [
        {"colour": "red"},
        {"livemode": None},
        {"livemode": 0},
        {"pending": None},
        {"pending": [{"amount": "0", "currency": "usd"}]},
        {"pending": [{"amount": True, "currency": "usd"}]},
        {"pending": [{"currency": "usd"}]},
        {"pending": [{"amount": 0, "currency": "usd", "colour": "red"}]},
        {"pending": ["usd"]},
        {"object": "purse"},
        {"object": "list"},
    ],
)
def test_a_planted_fault_is_seen(planted: dict[str, Any]) -> None:
    body = GOOD | planted

    assert violations(body) != []


def test_a_missing_field_is_seen() -> None:
    without = {name: value for name, value in GOOD.items() if name != "available"}

    assert violations(without) == ["<balance>: available is missing"]


@pytest.mark.parametrize(
    "event",
    [
        {"type": "party.started"},
        {"data": {"object": GOOD | {"livemode": None}}},
        {"data": {"object": GOOD}, "request": "none"},
    ],
)
def test_a_fault_inside_an_event_is_seen(event: dict[str, Any]) -> None:
    good = {
        "id": "evt_1",
        "object": "event",
        "created": 1,
        "data": {"object": GOOD},
        "livemode": False,
        "pending_webhooks": 0,
        "type": "balance.available",
    }

    assert violations(good) == []
    assert violations(good | event) != []
