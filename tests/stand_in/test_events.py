"""The list of events that the app catches up from."""

from collections.abc import Callable
from typing import Any

import pytest
import stripe
import time_machine

from losers_lounge.stand_in.events import KEPT_SECONDS
from losers_lounge.stand_in.server import StandIn
from tests.stand_in.conftest import WatchedClient


def types(client: stripe.StripeClient, **filters: Any) -> list[str]:
    return [event.type for event in client.v1.events.list(filters).data]


def test_events_are_found_by_type(client: stripe.StripeClient, paid: Any) -> None:
    assert types(client, type="charge.succeeded") == ["charge.succeeded"]
    assert types(client, type="payment_intent.*") == [
        "payment_intent.succeeded",
        "payment_intent.created",
    ]
    wanted = ["charge.succeeded", "checkout.session.completed", "charge.refunded"]
    assert types(client, types=wanted) == [
        "checkout.session.completed",
        "charge.succeeded",
    ]


def test_an_event_keeps_the_object_as_it_was(
    client: stripe.StripeClient, stand_in: StandIn, paid: Any
) -> None:
    stand_in.refund(paid.id)

    (succeeded,) = client.v1.events.list({"type": "charge.succeeded"}).data

    again = client.v1.events.retrieve(succeeded.id)
    assert again.data.object.amount_refunded == 0


def test_an_event_names_the_request_that_caused_it(
    client: stripe.StripeClient, wire: WatchedClient, paid: Any
) -> None:
    client.v1.refunds.create({"payment_intent": paid.id}, {"idempotency_key": "r1"})
    request_id = wire.answers[-1][2]["Request-Id"]

    (created,) = client.v1.events.list({"type": "refund.created"}).data
    (completed,) = client.v1.events.list({"type": "checkout.session.completed"}).data

    assert (created.request.id, created.request.idempotency_key) == (request_id, "r1")
    assert completed.request.id is None


def test_events_can_be_read_in_the_order_they_happened(
    client: stripe.StripeClient, stand_in: StandIn, paid: Any
) -> None:
    oldest = client.v1.events.list().data[-1]
    stand_in.refund(paid.id)

    later = client.v1.events.list({"ending_before": oldest.id, "limit": 2})

    assert [event.type for event in later.auto_paging_iter()] == [
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.completed",
        "charge.refunded",
        "refund.created",
        "refund.updated",
    ]


def test_events_older_than_thirty_days_are_gone(
    client: stripe.StripeClient, paid: Any
) -> None:
    event = client.v1.events.list().data[0]

    with time_machine.travel(event.created + KEPT_SECONDS + 1, tick=False):
        assert client.v1.events.list({"created": {"gte": 1}}).data == []
        with pytest.raises(stripe.InvalidRequestError):
            client.v1.events.retrieve(event.id)


@pytest.mark.parametrize(
    "filters",
    [
        {"type": "charge.succeeded", "types": ["charge.refunded"]},
        {"types": ["charge.succeeded"] * 21},
    ],
)
def test_a_list_of_events_that_cannot_be_is_refused(
    client: stripe.StripeClient, filters: dict[str, Any]
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.events.list(filters)

    assert refusal.value.param == "types"


def test_accounts_do_not_see_each_other(
    client: stripe.StripeClient, stand_in: StandIn, open_session: Callable[..., Any]
) -> None:
    theirs = {"stripe_account": "acct_charity"}
    session = open_session(theirs)
    intent = stand_in.pay(session.id)["payment_intent"]

    with pytest.raises(stripe.InvalidRequestError):
        client.v1.payment_intents.retrieve(intent)
    assert types(client) == []
    assert client.v1.payment_intents.retrieve(intent, None, theirs).id == intent
    assert len(client.v1.events.list(None, theirs).data) == 4
    assert client.v1.balance.retrieve(None, theirs).pending[0].amount == 97_070
