"""A bank debit takes days and may fail; a bank may ask before a card pays."""

from collections.abc import Callable
from typing import Any

import pytest
import stripe

from losers_lounge.stand_in.server import StandIn
from tests.stand_in.test_checkout_page import visit

Opener = Callable[..., Any]


def state(client: stripe.StripeClient, session_id: str) -> tuple[str, str, str]:
    """The session, its payment and what stands between them."""
    session = client.v1.checkout.sessions.retrieve(
        session_id, {"expand": ["payment_intent"]}
    )
    return session.status, session.payment_status, session.payment_intent.status


@pytest.mark.parametrize(
    ("answer", "ends", "event"),
    [
        ("bank_pays", ("complete", "paid", "succeeded"), "succeeded"),
        ("bank_refuses", ("complete", "unpaid", "requires_payment_method"), "failed"),
    ],
)
def test_a_bank_debit_is_processing_until_the_bank_answers(
    client: stripe.StripeClient,
    stand_in: StandIn,
    open_session: Opener,
    answer: str,
    ends: tuple[str, str, str],
    event: str,
) -> None:
    session = open_session()

    agreed = visit(session.url, action="debit")
    assert agreed.location and "back" in agreed.location or agreed.status == 303
    assert state(client, session.id) == ("complete", "unpaid", "processing")
    waiting = visit(session.url)
    assert "With your bank" in waiting.html and "Let the bank refuse" in waiting.html
    assert not client.v1.balance_transactions.list().data

    visit(session.url, action=answer)
    visit(session.url, action="bank_pays")

    assert state(client, session.id) == ends
    kinds = [row.type for row in client.v1.events.list({"limit": 100}).data]
    assert kinds.count(f"checkout.session.async_payment_{event}") == 1
    assert "payment_intent.processing" in kinds
    booked = [row.type for row in client.v1.balance_transactions.list().data]
    assert booked == (["payment"] if event == "succeeded" else [])


def test_a_bank_may_ask_before_a_card_pays(
    client: stripe.StripeClient, open_session: Opener
) -> None:
    session = open_session(customer_email=None)

    asked = visit(session.url, action="secure", email="donor@example.com")
    assert asked.status == 303
    assert state(client, session.id) == ("open", "unpaid", "requires_action")
    assert "Yes, it is me" in visit(session.url).html
    visit(session.url, action="deny")
    assert "unable to authenticate" in visit(session.url).html
    assert state(client, session.id)[2] == "requires_payment_method"

    visit(session.url, action="secure", email="donor@example.com")
    paid = visit(session.url, action="pay")

    assert paid.status == 303
    assert state(client, session.id) == ("complete", "paid", "succeeded")
    assert client.v1.balance_transactions.list().data[0].type == "charge"
