"""Cards kept for later: set up on a page, charged without their owner, detached."""

import time
from typing import Any

import pytest
import stripe

from losers_lounge.stand_in.server import StandIn
from tests.stand_in.test_checkout_page import visit

BACK = "https://lounge.example/pledge/?cs={CHECKOUT_SESSION_ID}"


def opened(client: stripe.StripeClient, **changes: Any) -> Any:
    customer = client.v1.customers.create(
        {"email": "nominee@example.org", "name": "Ned", "metadata": {"pledge_id": "p1"}}
    )
    params = {
        "mode": "setup",
        "currency": "usd",
        "customer": customer.id,
        "metadata": {"pledge_id": "p1"},
        "setup_intent_data": {"metadata": {"pledge_id": "p1"}},
        "success_url": BACK,
        "cancel_url": "https://lounge.example/back/",
        "expires_at": int(time.time()) + 31 * 60,
    }
    return client.v1.checkout.sessions.create(params | changes)


def saved(client: stripe.StripeClient, stand_in: StandIn, choice: str) -> Any:
    session = opened(client)
    stand_in.save_card(session.id, choice)
    return client.v1.checkout.sessions.retrieve(
        session.id, {"expand": ["setup_intent.payment_method", "customer"]}
    )


def charge(client: stripe.StripeClient, session: Any, key: str = "k1") -> Any:
    return client.v1.payment_intents.create(
        {
            "amount": 100_000,
            "currency": "usd",
            "customer": session.customer.id,
            "payment_method": session.setup_intent.payment_method.id,
            "off_session": True,
            "confirm": True,
            "metadata": {"donation_id": "d1"},
            "payment_method_options": {
                "card": {"stored_credential_usage": "unscheduled"}
            },
        },
        {"idempotency_key": key},
    )


def types(client: stripe.StripeClient) -> list[str]:
    return [event.type for event in client.v1.events.list({"limit": 100}).data]


def test_a_saved_card_is_charged_once_per_key(
    client: stripe.StripeClient, stand_in: StandIn
) -> None:
    session = saved(client, stand_in, "good")
    setup = session.setup_intent
    assert (session.status, session.payment_status) == (
        "complete",
        "no_payment_required",
    )
    assert (setup.status, setup.payment_method.card.last4) == ("succeeded", "4242")
    assert setup.metadata["pledge_id"] == "p1"

    first, again = charge(client, session), charge(client, session)

    assert first.id == again.id
    assert (first.status, first.amount_received) == ("succeeded", 100_000)
    assert len(client.v1.charges.list({}).data) == 1
    assert types(client) == [
        "payment_intent.succeeded",
        "charge.succeeded",
        "payment_intent.created",
        "checkout.session.completed",
        "setup_intent.succeeded",
        "payment_method.attached",
        "setup_intent.created",
        "customer.created",
    ]


@pytest.mark.parametrize(
    ("choice", "code"),
    [
        ("authenticate", "authentication_required"),
        ("decline", "card_declined"),
        ("expired", "expired_card"),
    ],
)
def test_a_refused_card_answers_402_and_stands_in_the_books(
    client: stripe.StripeClient, stand_in: StandIn, choice: str, code: str
) -> None:
    session = saved(client, stand_in, choice)

    with pytest.raises(stripe.CardError) as refused:
        charge(client, session)

    assert (refused.value.http_status, refused.value.code) == (402, code)
    (intent,) = client.v1.payment_intents.list({"customer": session.customer.id}).data
    assert refused.value.error.payment_intent.id == intent.id
    assert (intent.status, intent.last_payment_error.code) == (
        "requires_payment_method",
        code,
    )
    with pytest.raises(stripe.CardError):  # the same answer under the same key
        charge(client, session)
    assert len(client.v1.payment_intents.list({}).data) == 1

    gone = client.v1.payment_intents.cancel(intent.id)
    assert gone.status == "canceled"
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.payment_intents.cancel(intent.id)
    assert types(client)[:3] == [
        "payment_intent.canceled",
        "payment_intent.payment_failed",
        "charge.failed",
    ]


def test_a_detached_card_is_not_charged_and_not_detached_twice(
    client: stripe.StripeClient, stand_in: StandIn
) -> None:
    session = saved(client, stand_in, "good")
    method = session.setup_intent.payment_method.id

    assert client.v1.payment_methods.detach(method).customer is None

    with pytest.raises(stripe.InvalidRequestError, match="not attached"):
        client.v1.payment_methods.detach(method)
    with pytest.raises(stripe.InvalidRequestError, match="detached from a Customer"):
        charge(client, session)
    assert client.v1.payment_methods.retrieve(method).customer is None
    assert types(client)[0] == "payment_method.detached"
    assert client.v1.customers.list({"email": "nominee@example.org"}).data
    assert client.v1.setup_intents.retrieve(session.setup_intent.id).usage


def test_the_page_saves_a_card_refuses_one_or_leads_back(
    client: stripe.StripeClient,
) -> None:
    session = opened(client)
    page = visit(session.url)
    for words in ("Save card", "3-D Secure later", "will be declined", "Cancel"):
        assert words in page.html

    refused = visit(session.url, action="refuse")
    assert "Your card was declined" in visit(session.url).html
    assert refused.status == 303
    back = visit(session.url, action="good")
    assert back.location == BACK.replace("{CHECKOUT_SESSION_ID}", session.id)
    assert "Card saved" in visit(session.url).html
    assert visit(session.url, action="decline").status == 200
    assert visit(session.url.replace("cs_test", "cs_none")).status == 404


def test_an_expired_setup_page_saves_nothing(
    client: stripe.StripeClient, stand_in: StandIn
) -> None:
    session = opened(client)
    client.v1.checkout.sessions.expire(session.id)

    assert "has expired" in visit(session.url, action="good").html
    assert stand_in.save_card(session.id)["status"] == "expired"


@pytest.mark.parametrize(
    "wrong",
    [
        {"submit_type": "donate"},
        {"customer": "cus_none"},
        {"expires_at": 1},
        {"success_url": "nowhere"},
    ],
)
def test_a_setup_session_refuses_what_stripe_refuses(
    client: stripe.StripeClient, wrong: dict[str, Any]
) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        opened(client, **wrong)
