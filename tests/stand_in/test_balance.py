"""The books of the account: movements, pages of them, and their sum."""

from collections.abc import Callable
from typing import Any

import pytest
import stripe
import time_machine

from losers_lounge.stand_in.balance import SETTLES_AFTER
from losers_lounge.stand_in.server import StandIn


@pytest.fixture
def movements(
    client: stripe.StripeClient, stand_in: StandIn, open_session: Callable[..., Any]
) -> list[Any]:
    """Five payments, the last one refunded; newest first."""
    for _ in range(5):
        session = stand_in.pay(open_session().id)
    stand_in.refund(session["payment_intent"])
    return client.v1.balance_transactions.list().data


def test_the_balance_is_the_sum_of_its_movements(
    client: stripe.StripeClient, movements: list[Any]
) -> None:
    balance = client.v1.balance.retrieve()

    total = balance.available[0].amount + balance.pending[0].amount
    assert total == sum(row.net for row in movements) == 4 * 97_070 - 2_930


def test_money_settles_after_two_days(
    client: stripe.StripeClient, movements: list[Any]
) -> None:
    with time_machine.travel(movements[0].created + SETTLES_AFTER + 60, tick=False):
        balance = client.v1.balance.retrieve()
        rows = client.v1.balance_transactions.list().data

    assert {row.status for row in movements} == {"pending"}
    assert {row.status for row in rows} == {"available"}
    assert (balance.available[0].amount, balance.pending[0].amount) == (385_350, 0)


def test_an_empty_account_holds_nothing(client: stripe.StripeClient) -> None:
    balance = client.v1.balance.retrieve()

    assert [(sum_.currency, sum_.amount) for sum_ in balance.available] == [("usd", 0)]


def test_pages_meet_without_gap_or_overlap(
    client: stripe.StripeClient, movements: list[Any]
) -> None:
    page = client.v1.balance_transactions.list({"limit": 2})

    assert page.has_more
    assert [row.id for row in page.auto_paging_iter()] == [row.id for row in movements]


def test_pages_can_be_read_towards_the_present(
    client: stripe.StripeClient, movements: list[Any]
) -> None:
    oldest = movements[-1].id

    page = client.v1.balance_transactions.list({"ending_before": oldest, "limit": 2})

    assert [row.id for row in page.data] == [row.id for row in movements[3:5]]
    assert page.has_more
    later = [row.id for row in page.auto_paging_iter()]
    assert later == [row.id for row in movements[:5]][::-1]


def test_movements_are_found_by_type_source_and_time(
    client: stripe.StripeClient, movements: list[Any]
) -> None:
    def found(**filters: Any) -> list[str]:
        return [row.id for row in client.v1.balance_transactions.list(filters).data]

    charges = [row.id for row in movements[1:]]
    assert found(type="charge") == charges
    assert found(source=movements[0].source) == [movements[0].id]
    assert found(currency="eur") == []
    assert found(created={"gt": movements[0].created}) == []
    assert found(created={"lt": movements[-1].created}) == []
    assert len(found(created={"gte": movements[-1].created})) == 6


def test_a_movement_shows_its_source_when_asked(
    client: stripe.StripeClient, movements: list[Any]
) -> None:
    listed = client.v1.balance_transactions.list({"expand": ["data.source"]})
    one = client.v1.balance_transactions.retrieve(
        movements[0].id, {"expand": ["source.charge.payment_intent"]}
    )

    assert [row.source.object for row in listed.data] == ["refund"] + ["charge"] * 5
    assert one.source.charge.payment_intent.status == "succeeded"


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"limit": 0}, "limit"),
        ({"limit": 101}, "limit"),
        ({"starting_after": "txn_nobody"}, "starting_after"),
        ({"starting_after": "txn_a", "ending_before": "txn_b"}, "ending_before"),
        ({"payout": "po_nobody"}, "payout"),
        ({"expand": ["source"]}, "expand"),
        ({"expand": ["data.source.a.b.c"]}, "expand"),
    ],
)
def test_a_page_that_cannot_be_is_refused(
    client: stripe.StripeClient, params: dict[str, Any], param: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.balance_transactions.list(params)

    assert refusal.value.param == param


def test_what_cannot_be_expanded_is_refused(
    client: stripe.StripeClient, paid: Any
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.charges.retrieve(paid.latest_charge.id, {"expand": ["outcome"]})

    assert refusal.value.param == "expand"
