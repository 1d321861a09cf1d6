"""Checkout Sessions, as the app opens, finds and closes them."""

from collections.abc import Callable
from typing import Any

import pytest
import stripe
import time_machine

from losers_lounge.stand_in.server import StandIn
from tests.stand_in.conftest import line_item, session_params

Opener = Callable[..., Any]


def test_a_new_session_is_open_unpaid_and_has_a_page(
    stand_in: StandIn, open_session: Opener
) -> None:
    session = open_session()

    assert (session.status, session.payment_status) == ("open", "unpaid")
    assert session.amount_total == 100_000
    assert session.payment_intent is None
    assert session.url == f"{stand_in.base_url}/c/pay/{session.id}"


def test_an_amount_is_the_sum_of_price_times_quantity(open_session: Opener) -> None:
    two = line_item(2_500) | {"quantity": 2}

    session = open_session(line_items=[line_item(10_000), two])

    assert session.amount_total == 15_000


def test_line_items_are_shown_when_asked_for(
    client: stripe.StripeClient, open_session: Opener
) -> None:
    session = open_session()

    listed = client.v1.checkout.sessions.line_items.list(session.id)
    expanded = client.v1.checkout.sessions.retrieve(
        session.id, {"expand": ["line_items"]}
    )

    assert [item.amount_total for item in listed.data] == [100_000]
    assert expanded.line_items.data[0].description == "Donation to Worldwide Orphans"


@pytest.mark.parametrize(
    ("changes", "param"),
    [
        ({"line_items": []}, "line_items"),
        ({"line_items": [{"quantity": 1}]}, "line_items[0][price_data]"),
        ({"line_items": [line_item(5), line_item(5, "eur")]}, "line_items"),
        ({"line_items": [line_item(-1)]}, "line_items[0][price_data][unit_amount]"),
        ({"line_items": [line_item(9, "us")]}, "line_items[0][price_data][currency]"),
        ({"line_items": [line_item(9) | {"quantity": 0}]}, "line_items[0][quantity]"),
        ({"line_items": [{"price": "price_1"}]}, "line_items[0][price]"),
        ({"customer_email": "nobody"}, "customer_email"),
        ({"customer": "cus_nobody"}, "customer"),
        ({"mode": "subscription"}, "mode"),
        ({"mode": "free"}, "mode"),
        ({"success_url": "lounge.example"}, "success_url"),
        ({"expires_at": 1}, "expires_at"),
        ({"expires_at": 9_999_999_999}, "expires_at"),
        ({"automatic_tax": {"enabled": True}}, "automatic_tax"),
        ({"ui_mode": "embedded_page"}, "ui_mode"),
        ({"tax_id_collection": {"enabled": True}}, "tax_id_collection"),
        (
            {"payment_intent_data": {"capture_method": "manual"}},
            "payment_intent_data[capture_method]",
        ),
    ],
)
def test_a_session_that_cannot_be_is_refused_by_name(
    open_session: Opener, changes: dict[str, Any], param: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        open_session(**changes)

    assert refusal.value.http_status == 400
    assert refusal.value.param == param


@pytest.mark.parametrize("name", ["mode", "success_url", "line_items"])
def test_what_a_session_needs_is_asked_for(
    client: stripe.StripeClient, name: str
) -> None:
    params = session_params()
    del params[name]

    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.checkout.sessions.create(params)

    assert (refusal.value.code, refusal.value.param) == ("parameter_missing", name)


@pytest.mark.parametrize(
    ("amount", "code"),
    [(49, "amount_too_small"), (100_000_000, "amount_too_large")],
)
def test_amounts_have_a_floor_and_a_ceiling(
    open_session: Opener, amount: int, code: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        open_session(line_items=[line_item(amount)])

    assert refusal.value.code == code


def test_an_expired_session_says_so_once(
    client: stripe.StripeClient, open_session: Opener
) -> None:
    session = open_session()

    expired = client.v1.checkout.sessions.expire(session.id)

    assert (expired.status, expired.url) == ("expired", None)
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.checkout.sessions.expire(session.id)
    events = client.v1.events.list({"type": "checkout.session.expired"})
    assert [event.data.object.id for event in events.data] == [session.id]


def test_a_session_expires_by_itself(
    client: stripe.StripeClient, open_session: Opener
) -> None:
    session = open_session()

    with time_machine.travel(session.expires_at, tick=False):
        late = client.v1.checkout.sessions.retrieve(session.id)

    assert late.status == "expired"


def test_sessions_are_found_by_their_fate(
    client: stripe.StripeClient, stand_in: StandIn, open_session: Opener
) -> None:
    unpaid, done = open_session(), open_session(customer_email="other@example.org")
    intent = stand_in.pay(done.id)["payment_intent"]

    def found(**filters: Any) -> list[str]:
        listed = client.v1.checkout.sessions.list(filters)
        return [session.id for session in listed.data]

    assert found() == [done.id, unpaid.id]
    assert found(status="open") == [unpaid.id]
    assert found(payment_intent=intent) == [done.id]
    assert found(customer_details={"email": "winner@example.org"}) == [unpaid.id]


def test_an_unknown_session_is_missing(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.checkout.sessions.retrieve("cs_test_nobody")

    assert refusal.value.http_status == 404
    assert refusal.value.code == "resource_missing"
