"""Webhooks: signed, at least once, in any order, again when not taken."""

import json
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
import stripe

from losers_lounge.stand_in.server import StandIn
from losers_lounge.stand_in.webhooks import WEBHOOK_SECRET
from tests.stand_in.conftest import Endpoint

Opener = Callable[..., Any]
OF_A_PAYMENT = [
    "charge.succeeded",
    "checkout.session.completed",
    "payment_intent.created",
    "payment_intent.succeeded",
]


def test_a_payment_is_reported_in_four_signed_events(
    stand_in: StandIn, endpoint: Endpoint, open_session: Opener
) -> None:
    stand_in.webhook_url = endpoint.url

    stand_in.pay(open_session().id)

    assert stand_in.settle()
    assert sorted(endpoint.types) == OF_A_PAYMENT
    for body, signature in endpoint.received:
        event = stripe.Webhook.construct_event(body, signature, WEBHOOK_SECRET)
        assert event.api_version == stripe.api_version
        assert not event.livemode


def test_a_wrong_secret_does_not_verify(
    stand_in: StandIn, endpoint: Endpoint, open_session: Opener
) -> None:
    stand_in.deliver(url=endpoint.url, secret="whsec_other")

    stand_in.pay(open_session().id)
    stand_in.settle()

    body, signature = endpoint.received[0]
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(body, signature, WEBHOOK_SECRET)


def test_what_happened_before_the_address_was_known_is_delivered_later(
    stand_in: StandIn, endpoint: Endpoint, open_session: Opener
) -> None:
    stand_in.pay(open_session().id)
    assert not stand_in.settle(0.1)

    stand_in.webhook_url = endpoint.url

    assert stand_in.settle()
    assert sorted(endpoint.types) == OF_A_PAYMENT


def test_what_is_not_taken_is_sent_again(
    stand_in: StandIn, endpoint: Endpoint, open_session: Opener
) -> None:
    endpoint.status = 500
    stand_in.webhook_url = endpoint.url
    stand_in.pay(open_session().id)
    assert not stand_in.settle(0.5)

    endpoint.status = 200

    assert stand_in.settle()
    assert set(endpoint.types) == set(OF_A_PAYMENT)
    assert len(endpoint.received) > len(OF_A_PAYMENT)


def test_an_outage_keeps_webhooks_back_until_it_ends(
    stand_in: StandIn, endpoint: Endpoint, open_session: Opener
) -> None:
    stand_in.deliver(url=endpoint.url, paused=True)
    stand_in.pay(open_session().id)
    time.sleep(0.2)
    assert endpoint.received == []

    stand_in.deliver(paused=False)

    assert stand_in.settle()
    assert sorted(endpoint.types) == OF_A_PAYMENT


def test_nobody_listening_is_no_reason_to_give_up(
    stand_in: StandIn, endpoint: Endpoint, open_session: Opener
) -> None:
    stand_in.webhook_url = "http://127.0.0.1:9/nobody/"
    stand_in.pay(open_session().id)
    assert not stand_in.settle(0.3)

    stand_in.webhook_url = endpoint.url

    assert stand_in.settle()


def test_duplicates_carry_the_same_event(
    stand_in: StandIn, endpoint: Endpoint, open_session: Opener
) -> None:
    stand_in.deliver(url=endpoint.url, copies=3)

    stand_in.pay(open_session().id)

    assert stand_in.settle()
    ids = Counter(json.loads(body)["id"] for body, _ in endpoint.received)
    assert list(ids.values()) == [3] * len(OF_A_PAYMENT)


def test_shuffled_deliveries_lose_nothing(
    stand_in: StandIn, endpoint: Endpoint, open_session: Opener
) -> None:
    stand_in.deliver(url=endpoint.url, shuffle=True)

    for _ in range(5):
        stand_in.pay(open_session().id)

    assert stand_in.settle()
    assert Counter(endpoint.types) == Counter(OF_A_PAYMENT * 5)
    assert endpoint.types != sorted(endpoint.types, key=OF_A_PAYMENT.index)


def test_an_event_knows_whether_it_was_taken(
    client: stripe.StripeClient,
    stand_in: StandIn,
    endpoint: Endpoint,
    open_session: Opener,
) -> None:
    stand_in.webhook_url = endpoint.url
    stand_in.pay(open_session().id)
    assert stand_in.settle()
    stand_in.deliver(paused=True)
    client.v1.checkout.sessions.expire(open_session().id)

    taken = client.v1.events.list({"delivery_success": True}).data
    owed = client.v1.events.list({"delivery_success": False}).data

    assert {event.pending_webhooks for event in taken} == {0}
    assert [event.type for event in owed] == ["checkout.session.expired"]


def test_an_event_of_a_connected_account_says_whose_it_is(
    stand_in: StandIn, endpoint: Endpoint, open_session: Opener
) -> None:
    stand_in.webhook_url = endpoint.url

    stand_in.pay(open_session({"stripe_account": "acct_charity"}).id)

    assert stand_in.settle()
    accounts = {json.loads(body).get("account") for body, _ in endpoint.received}
    assert accounts == {"acct_charity"}
