"""The questions asked of Stripe. None may be asked inside a transaction."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from donations.stripe_gateway.answers import (
    read_dispute,
    read_movement,
    read_payment,
    read_refund,
    read_session,
)
from donations.stripe_gateway.client import client, named_errors, options
from donations.stripe_gateway.records import (
    Order,
    OrderLine,
    Payment,
    Session,
)

PAGE = 100
# Behind the charity's own name on a card's statement.
ON_STATEMENTS = "LOSERS LOUNGE"


def open_session(order: Order, *, account: str, key: str) -> Session:
    """Open a hosted payment page. The same key and order give the same page."""
    params = _params(order)
    with named_errors():
        return read_session(
            client().v1.checkout.sessions.create(params, options(account, key))
        )


def fetch_session(session_id: str, *, account: str) -> Session:
    """The session as it stands now."""
    with named_errors():
        return read_session(
            client().v1.checkout.sessions.retrieve(session_id, {}, options(account))
        )


def close_session(session_id: str, *, account: str) -> Session:
    """Close an open payment page. StripeRefused: it was paid or over already."""
    with named_errors():
        return read_session(
            client().v1.checkout.sessions.expire(session_id, {}, options(account))
        )


def find_session(
    reference: str, attempt: int, since: datetime, *, account: str
) -> Session | None:
    """The session of this attempt, looked for among those opened since then.

    The way to learn what became of a call whose answer was lost.
    """
    params = {"created": {"gte": int(since.timestamp())}, "limit": PAGE}
    with named_errors():
        page = client().v1.checkout.sessions.list(params, options(account))
        for found in map(read_session, page.auto_paging_iter()):
            if (found.reference, found.attempt) == (reference, attempt):
                return found
    return None


def fetch_payment(
    payment_intent_id: str, *, account: str, with_refunds: bool = False
) -> Payment:
    """The payment with every movement of money it has caused so far.

    `with_refunds` asks for refunds although the charge shows none: one that failed
    is taken off the charge again, and the money it brought back is in the books.
    """
    params = {"expand": ["latest_charge.balance_transaction"]}
    with named_errors():
        intent = client().v1.payment_intents.retrieve(
            payment_intent_id, params, options(account)
        )
        charge = intent.latest_charge
        if charge is None or not charge.paid:
            return read_payment(intent, None)
        refunds = disputes = []
        if charge.amount_refunded or with_refunds:
            refunds = _refunds(intent.id, account)
        if charge.disputed:
            disputes = _disputes(intent.id, account)
        found = tuple(map(read_dispute, disputes))
        movements = [
            read_movement(booking, source)
            for booking, source in _bookings(charge, refunds)
            if booking
        ]
        for dispute in found:
            movements += dispute.movements
        return read_payment(
            intent, charge, tuple(movements), tuple(map(read_refund, refunds)), found
        )


def payment_of_charge(charge_id: str, *, account: str) -> str:
    """The id of the payment that a charge belongs to; "" if it has none."""
    with named_errors():
        charge = client().v1.charges.retrieve(charge_id, {}, options(account))
        intent = charge.payment_intent
        return str(getattr(intent, "id", intent) or "")


def _params(order: Order) -> dict[str, Any]:
    metadata = {
        "donation_id": order.reference,
        "attempt": str(order.attempt),
        "event": order.event_slug,
    }
    params: dict[str, Any] = {
        "mode": "payment",
        "submit_type": "donate",
        "client_reference_id": order.reference,
        "line_items": [_line(line, order.currency) for line in order.lines],
        "metadata": metadata,
        # A session's metadata is not copied to its payment: both carry it.
        "payment_intent_data": {
            "metadata": metadata,
            "description": order.description,
            "statement_descriptor_suffix": ON_STATEMENTS,
        },
        # Otherwise the donor may be shown, and pay, another currency.
        "adaptive_pricing": {"enabled": False},
        "success_url": order.success_url,
        "cancel_url": order.cancel_url,
        "expires_at": int(order.expires_at.timestamp()),
    }
    if order.donor_email:
        params["customer_email"] = order.donor_email
    return params


def _line(line: OrderLine, currency: str) -> dict[str, Any]:
    return {
        "quantity": 1,
        "price_data": {
            "currency": currency,
            "unit_amount": line.amount_cents,
            "product_data": {"name": line.name},
        },
    }


def _bookings(charge: Any, refunds: list[Any]) -> Iterator[tuple[Any, Any]]:
    """What the charge and its refunds moved, and a refund that failed moved back."""
    yield charge.balance_transaction, charge
    for refund in refunds:
        yield refund.balance_transaction, refund
        yield getattr(refund, "failure_balance_transaction", None), refund


def _refunds(intent_id: str, account: str) -> list[Any]:
    params = {
        "payment_intent": intent_id,
        "limit": PAGE,
        "expand": ["data.balance_transaction", "data.failure_balance_transaction"],
    }
    page = client().v1.refunds.list(params, options(account))
    return list(page.auto_paging_iter())


def _disputes(intent_id: str, account: str) -> list[Any]:
    params = {"payment_intent": intent_id, "limit": PAGE}
    page = client().v1.disputes.list(params, options(account))
    return list(page.auto_paging_iter())
