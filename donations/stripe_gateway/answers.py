"""Stripe's objects, read into records. Unknown words pass through as they are."""

import json
from datetime import UTC, datetime
from typing import Any

import stripe

from donations.stripe_gateway.records import (
    DisputeFacts,
    Movement,
    Payment,
    RefundFacts,
    Session,
    VerifiedEvent,
    WarningFacts,
)


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
        donor_email=_part(session.customer_details, "email") or "",
    )


def read_payment(
    intent: stripe.PaymentIntent,
    charge: stripe.Charge | None,
    movements: tuple[Movement, ...] = (),
    refunds: tuple[RefundFacts, ...] = (),
    disputes: tuple[DisputeFacts, ...] = (),
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
        refunded_cents=_refunded_cents(charge, refunds),
        dispute=_word_for(disputes),
        paid_at=_at(charge.created) if charge else None,
        movements=movements,
        charge_id=charge.id if charge else "",
        refunds=refunds,
        disputes=disputes,
        lost_cents=sum(dispute.lost_cents for dispute in disputes),
    )


def read_refund(refund: stripe.Refund) -> RefundFacts:
    """A refund, with the reference of the row here that asked for it, if any."""
    metadata = refund.metadata.to_dict() if refund.metadata else {}
    return RefundFacts(
        refund_id=refund.id,
        status=refund.status or "",
        amount_cents=refund.amount,
        currency=refund.currency,
        reason=refund.reason or "",
        failure_reason=_part(refund, "failure_reason") or "",
        reference=metadata.get("refund_id", ""),
        charge_id=_id(refund.charge),
        payment_intent_id=_id(refund.payment_intent),
        created_at=_at(refund.created),
        has_moved=bool(_part(refund, "balance_transaction"))
        and not _part(refund, "failure_balance_transaction"),
    )


def read_dispute(dispute: stripe.Dispute) -> DisputeFacts:
    """A dispute, with the money that it has moved so far."""
    due = dispute.evidence_details.due_by
    return DisputeFacts(
        dispute_id=dispute.id,
        status=dispute.status,
        reason=dispute.reason,
        amount_cents=dispute.amount,
        currency=dispute.currency,
        charge_id=_id(dispute.charge),
        payment_intent_id=_id(dispute.payment_intent),
        evidence_due_at=_at(due) if due else None,
        submissions=dispute.evidence_details.submission_count,
        created_at=_at(dispute.created),
        movements=tuple(
            read_movement(booking, dispute) for booking in dispute.balance_transactions
        ),
        is_refundable=dispute.is_charge_refundable,
    )


def read_warning(warning: stripe.radar.EarlyFraudWarning) -> WarningFacts:
    """A bank's early fraud warning."""
    return WarningFacts(
        warning_id=warning.id,
        charge_id=_id(warning.charge),
        payment_intent_id=_id(warning.payment_intent),
        fraud_type=warning.fraud_type,
        is_actionable=warning.actionable,
        warned_at=_at(warning.created),
    )


def _refunded_cents(
    charge: stripe.Charge | None, refunds: tuple[RefundFacts, ...]
) -> int:
    """What went back. Of refunds that are known one by one, those that hold."""
    if refunds:
        return sum(refund.amount_cents for refund in refunds if refund.counts)
    return charge.amount_refunded if charge else 0


def _word_for(disputes: tuple[DisputeFacts, ...]) -> str:
    """What a payment's disputes come to: "" (none), open, won or lost."""
    serious = [dispute for dispute in disputes if not dispute.is_inquiry]
    if not serious:
        return ""
    if not all(dispute.is_over for dispute in serious):
        return "open"
    return "lost" if any(dispute.lost_cents for dispute in serious) else "won"


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
        livemode=_part(source, "livemode"),
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
