"""What a payment leaves behind: intent, charge and money."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from threading import Barrier
from typing import Any

import pytest
import stripe

from losers_lounge.stand_in.money import processing_fee, written
from losers_lounge.stand_in.payments import SessionClosed
from losers_lounge.stand_in.server import StandIn
from losers_lounge.stand_in.store import Store

Opener = Callable[..., Any]


def test_a_payment_completes_the_session(
    client: stripe.StripeClient, stand_in: StandIn, open_session: Opener
) -> None:
    session = open_session()

    stand_in.pay(session.id)

    done = client.v1.checkout.sessions.retrieve(
        session.id, {"expand": ["payment_intent"]}
    )
    assert (done.status, done.payment_status, done.url) == ("complete", "paid", None)
    assert done.payment_intent.status == "succeeded"
    assert done.payment_intent.amount_received == 100_000


def test_the_charge_books_its_amount_less_the_fee(paid: Any) -> None:
    money = paid.latest_charge.balance_transaction

    assert (money.amount, money.fee, money.net) == (100_000, 2_930, 97_070)
    assert money.source == paid.latest_charge.id
    assert sum(detail.amount for detail in money.fee_details) == money.fee


@pytest.mark.parametrize(
    ("amount", "fee"), [(50, 31), (500, 45), (1_000, 59), (1_017, 59), (1_018, 60)]
)
def test_fees_are_rounded_half_up(amount: int, fee: int) -> None:
    assert processing_fee(amount) == fee


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (100_000, "usd", "$1,000.00"),
        (5, "gbp", "£0.05"),
        (1_000, "jpy", "¥1,000"),
        (-1_500, "kwd", "-1.500 KWD"),
    ],
)
def test_amounts_are_written_in_their_currency(
    amount: int, currency: str, text: str
) -> None:
    assert written(amount, currency) == text


def test_only_the_metadata_meant_for_the_payment_reaches_it(
    client: stripe.StripeClient, stand_in: StandIn, open_session: Opener
) -> None:
    session = open_session(
        metadata={"of": "session"}, payment_intent_data={"metadata": {"of": "payment"}}
    )
    intent_id = stand_in.pay(session.id)["payment_intent"]

    intent = client.v1.payment_intents.retrieve(
        intent_id, {"expand": ["latest_charge"]}
    )

    assert intent.metadata.to_dict() == {"of": "payment"}
    assert intent.latest_charge.metadata.to_dict() == {"of": "payment"}


def test_paying_twice_pays_once(
    client: stripe.StripeClient, stand_in: StandIn, open_session: Opener
) -> None:
    session = open_session()

    with ThreadPoolExecutor(8) as donors:
        ended = list(donors.map(stand_in.pay, [session.id] * 8))

    assert len({session["payment_intent"] for session in ended}) == 1
    assert len(client.v1.charges.list().data) == 1


def test_without_its_lock_a_session_would_be_paid_twice(
    stand_in: StandIn, open_session: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = open_session()
    look = Store.get

    both_looked = Barrier(2, timeout=30)

    def look_together(self: Store, *which: str) -> Any:
        found = look(self, *which)
        if session.id in which:
            both_looked.wait()
        return found

    monkeypatch.setattr(Store, "get", look_together)
    monkeypatch.setattr(Store, "transaction", lambda _: nullcontext())
    with ThreadPoolExecutor(2) as donors:
        ended = list(donors.map(stand_in.pay, [session.id] * 2))

    assert len({session["payment_intent"] for session in ended}) == 2


def test_a_declined_card_leaves_the_session_open(
    client: stripe.StripeClient, stand_in: StandIn, open_session: Opener
) -> None:
    session = stand_in.decline(open_session().id)

    intent = client.v1.payment_intents.retrieve(
        session["payment_intent"], {"expand": ["latest_charge"]}
    )
    assert session["status"] == "open"
    assert intent.status == "requires_payment_method"
    assert intent.last_payment_error.code == "card_declined"
    assert (intent.latest_charge.paid, intent.latest_charge.status) == (False, "failed")
    assert client.v1.balance_transactions.list().data == []


def test_another_card_pays_the_same_intent(
    client: stripe.StripeClient, stand_in: StandIn, open_session: Opener
) -> None:
    session = open_session()
    declined = stand_in.decline(session.id)["payment_intent"]

    paid = stand_in.pay(session.id)["payment_intent"]

    assert paid == declined
    assert client.v1.payment_intents.retrieve(paid).last_payment_error is None
    charges = client.v1.charges.list({"payment_intent": paid})
    assert [charge.status for charge in charges.data] == ["succeeded", "failed"]


def test_an_expired_session_cannot_be_paid(
    client: stripe.StripeClient, stand_in: StandIn, open_session: Opener
) -> None:
    session = open_session()
    client.v1.checkout.sessions.expire(session.id)

    with pytest.raises(SessionClosed):
        stand_in.pay(session.id)
    with pytest.raises(SessionClosed):
        stand_in.decline(session.id)


def test_payments_are_listed_newest_first(
    client: stripe.StripeClient, stand_in: StandIn, open_session: Opener
) -> None:
    paid = [stand_in.pay(open_session().id)["payment_intent"] for _ in range(3)]

    listed = client.v1.payment_intents.list({"created": {"gte": 1}})

    assert [intent.id for intent in listed.data] == paid[::-1]


@pytest.mark.parametrize("kind", ["payment_intents", "charges", "refunds", "events"])
def test_what_does_not_exist_is_missing(client: stripe.StripeClient, kind: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        getattr(client.v1, kind).retrieve("xx_nothing")

    assert (refusal.value.http_status, refusal.value.code) == (404, "resource_missing")
