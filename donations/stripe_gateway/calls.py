"""The questions asked of Stripe. None may be asked inside a transaction."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from donations.stripe_gateway.answers import (
    Row,
    read_dispute,
    read_movement,
    read_payment,
    read_refund,
    read_session,
)
from donations.stripe_gateway.client import client, named_errors, options, retrieve
from donations.stripe_gateway.records import (
    Order,
    OrderLine,
    Payment,
    Session,
)

PAGE = 100
CHARGE = "latest_charge.balance_transaction"
# Behind the charity's own name on a card's statement.
ON_STATEMENTS = "LOSERS LOUNGE"


def open_session(order: Order, *, account: str, key: str) -> Session:
    """Open a hosted payment page. The same key and order give the same page."""
    params = _params(order)
    with named_errors():
        opened = client().v1.checkout.sessions.create(params, options(account, key))
        return read_session(opened.to_dict())


def fetch_session(session_id: str, *, account: str) -> Session:
    """The session as it stands now, and the payment made on it, in one answer."""
    expand = f"payment_intent.{CHARGE}"
    with named_errors():
        session = retrieve(
            "checkout/sessions", session_id, account=account, expand=expand
        )
        intent = session["payment_intent"]
        return read_session(session, _payment(intent, account) if intent else None)


def close_session(session_id: str, *, account: str) -> Session:
    """Close an open payment page. StripeRefused: it was paid or over already."""
    with named_errors():
        sessions = client().v1.checkout.sessions
        closed = sessions.expire(session_id, {}, options(account))
        return read_session(closed.to_dict())


def find_session(
    reference: str, attempt: int, since: datetime, *, account: str
) -> Session | None:
    """The session of this attempt, looked for among those opened since then.

    The way to learn what became of a call whose answer was lost.
    """
    params = {"created": {"gte": int(since.timestamp())}, "limit": PAGE}
    with named_errors():
        page = client().v1.checkout.sessions.list(params, options(account))
        for session in page.auto_paging_iter():
            found = read_session(session.to_dict())
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
    with named_errors():
        intent = retrieve(
            "payment_intents", payment_intent_id, account=account, expand=CHARGE
        )
        return _payment(intent, account, with_refunds)


def payment_of_charge(charge_id: str, *, account: str) -> str:
    """The id of the payment that a charge belongs to; "" if it has none."""
    with named_errors():
        charge = client().v1.charges.retrieve(charge_id, {}, options(account))
        intent = charge.payment_intent
        return str(getattr(intent, "id", intent) or "")


def _payment(intent: Row, account: str, with_refunds: bool = False) -> Payment:
    """An intent that came with its charge, and what else has moved its money."""
    charge = intent["latest_charge"]
    if charge is None or not charge["paid"]:
        return read_payment(intent, None)
    refunds = disputes = []
    if charge["amount_refunded"] or with_refunds:
        refunds = _refunds(intent["id"], account)
    if charge["disputed"]:
        disputes = _disputes(intent["id"], account)
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


def _bookings(charge: Row, refunds: list[Row]) -> Iterator[tuple[Row | None, Row]]:
    """What the charge and its refunds moved, and a refund that failed moved back."""
    yield charge["balance_transaction"], charge
    for refund in refunds:
        yield refund["balance_transaction"], refund
        yield refund.get("failure_balance_transaction"), refund


def _refunds(intent_id: str, account: str) -> list[Row]:
    params = {
        "payment_intent": intent_id,
        "limit": PAGE,
        "expand": ["data.balance_transaction", "data.failure_balance_transaction"],
    }
    page = client().v1.refunds.list(params, options(account))
    return [refund.to_dict() for refund in page.auto_paging_iter()]


def _disputes(intent_id: str, account: str) -> list[Row]:
    params = {"payment_intent": intent_id, "limit": PAGE}
    page = client().v1.disputes.list(params, options(account))
    return [dispute.to_dict() for dispute in page.auto_paging_iter()]
