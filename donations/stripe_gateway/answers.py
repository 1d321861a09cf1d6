"""Stripe's objects, read into records. Unknown words pass through as they are."""

import json
from datetime import UTC, datetime
from typing import Any

import stripe

from donations.stripe_gateway.records import Movement, Payment, Session, VerifiedEvent


def read_session(session: stripe.checkout.Session) -> Session:
    """A session, with the reference and attempt that it was opened for."""
    metadata = session.metadata.to_dict() if session.metadata else {}
    number = metadata.get("attempt", "")
    return Session(
        session_id=session.id,
        status=session.status or "",
        url=session.url or "",
        payment_intent_id=_id(session.payment_intent),
        reference=session.client_reference_id or "",
        attempt=int(number) if number.isdecimal() else 0,
        expires_at=_at(session.expires_at),
    )


def read_payment(
    intent: stripe.PaymentIntent,
    charge: stripe.Charge | None,
    dispute: str,
    movements: tuple[Movement, ...],
) -> Payment:
    """A payment with its latest charge, if money was taken; minor units."""
    return Payment(
        payment_intent_id=intent.id,
        status=intent.status,
        reference=_reference(intent),
        amount_cents=charge.amount_captured if charge else intent.amount,
        currency=intent.currency,
        livemode=intent.livemode,
        is_charged=charge is not None and intent.status == "succeeded",
        refunded_cents=charge.amount_refunded if charge else 0,
        dispute=dispute,
        paid_at=_at(charge.created) if charge else None,
        movements=movements,
    )


def read_movement(booking: stripe.BalanceTransaction, source: Any) -> Movement:
    """A balance transaction; `source` is what moved the money, or its id."""
    is_object = source is not None and not isinstance(source, str)
    kind = getattr(source, "object", "")
    charge_id = _id(source) if kind == "charge" else _id(_part(source, "charge"))
    return Movement(
        balance_transaction_id=booking.id,
        type=booking.type,
        reporting_category=booking.reporting_category,
        currency=booking.currency,
        gross_cents=booking.amount,
        fee_cents=booking.fee,
        net_cents=booking.net,
        source_id=_id(source),
        charge_id=charge_id,
        payment_intent_id=_id(_part(source, "payment_intent")),
        reference=_reference(source) if is_object else "",
        occurred_at=_at(booking.created),
        available_at=_at(booking.available_on),
    )


def read_event(event: stripe.Event, account: str) -> VerifiedEvent:
    """An event as its webhook would have brought it: Stripe itself was asked."""
    return VerifiedEvent(
        event_id=event.id,
        account=account,
        type=event.type,
        api_version=event.api_version or "",
        livemode=event.livemode,
        occurred_at=_at(event.created),
        body=json.dumps(event.to_dict(for_json=True)),
    )


def _part(source: Any, name: str) -> Any:
    return getattr(source, name, None)


def _reference(source: Any) -> str:
    metadata = _part(source, "metadata")
    return metadata.to_dict().get("donation_id", "") if metadata else ""


def _id(thing: Any) -> str:
    """The id of what is given as an id, as an object, or not at all."""
    if thing is None or isinstance(thing, str):
        return thing or ""
    return str(thing.id)


def _at(stamp: int) -> datetime:
    return datetime.fromtimestamp(stamp, UTC)
