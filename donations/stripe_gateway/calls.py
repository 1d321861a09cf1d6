"""The questions asked of Stripe. None may be asked inside a transaction."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from donations.stripe_gateway.answers import (
    read_event,
    read_movement,
    read_payment,
    read_session,
)
from donations.stripe_gateway.client import client, named_errors, options
from donations.stripe_gateway.records import (
    Movement,
    Order,
    Payment,
    Session,
    VerifiedEvent,
)

PAGE = 100


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


def fetch_payment(payment_intent_id: str, *, account: str) -> Payment:
    """The payment with every movement of money it has caused so far."""
    params = {"expand": ["latest_charge.balance_transaction"]}
    with named_errors():
        intent = client().v1.payment_intents.retrieve(
            payment_intent_id, params, options(account)
        )
        charge = intent.latest_charge
        if charge is None or not charge.paid:
            return read_payment(intent, None, "", ())
        bookings = [(charge.balance_transaction, charge)]
        if charge.amount_refunded:
            bookings += _refunds(intent.id, account)
        dispute = ""
        if charge.disputed:
            dispute, disputed = _disputes(intent.id, account)
            bookings += disputed
        movements = tuple(
            read_movement(booking, source) for booking, source in bookings if booking
        )
        return read_payment(intent, charge, dispute, movements)


def movements(since: datetime, *, account: str) -> Iterator[Movement]:
    """Every movement on the account since then, newest first, page by page."""
    params = {
        "created": {"gte": int(since.timestamp())},
        "limit": PAGE,
        "expand": ["data.source"],
    }
    with named_errors():
        page = client().v1.balance_transactions.list(params, options(account))
        for booking in page.auto_paging_iter():
            yield read_movement(booking, booking.source)


def events(since: datetime, *, account: str) -> Iterator[VerifiedEvent]:
    """Every event on the account since then, newest first; kept for thirty days."""
    params = {"created": {"gte": int(since.timestamp())}, "limit": PAGE}
    with named_errors():
        page = client().v1.events.list(params, options(account))
        for event in page.auto_paging_iter():
            yield read_event(event, account)


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
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": order.currency,
                    "unit_amount": order.amount_cents,
                    "product_data": {"name": order.description},
                },
            }
        ],
        "metadata": metadata,
        # A session's metadata is not copied to its payment: both carry it.
        "payment_intent_data": {"metadata": metadata, "description": order.description},
        # Otherwise the donor may be shown, and pay, another currency.
        "adaptive_pricing": {"enabled": False},
        "success_url": order.success_url,
        "cancel_url": order.cancel_url,
        "expires_at": int(order.expires_at.timestamp()),
    }
    if order.donor_email:
        params["customer_email"] = order.donor_email
    return params


def _refunds(intent_id: str, account: str) -> list[tuple[Any, Any]]:
    params = {
        "payment_intent": intent_id,
        "limit": PAGE,
        "expand": ["data.balance_transaction"],
    }
    page = client().v1.refunds.list(params, options(account))
    return [(refund.balance_transaction, refund) for refund in page.auto_paging_iter()]


def _disputes(intent_id: str, account: str) -> tuple[str, list[tuple[Any, Any]]]:
    params = {"payment_intent": intent_id, "limit": PAGE}
    disputes = list(
        client().v1.disputes.list(params, options(account)).auto_paging_iter()
    )
    ends = {dispute.status for dispute in disputes}
    # Words that do not exist yet count as open: somebody looks at them.
    settled = ends <= {"won", "lost", "warning_closed", "prevented"}
    word = "open" if not settled else "lost" if "lost" in ends else "won"
    bookings = [
        (booking, dispute)
        for dispute in disputes
        for booking in dispute.balance_transactions
    ]
    return word, bookings
