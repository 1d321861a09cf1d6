"""Stripe's answers, read into records. Unknown words pass through as they are.

They are read as plain data: the client's objects would cost more than the question.
"""

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

Row = dict[str, Any]


def read_session(session: Row, payment: Payment | None = None) -> Session:
    """A session, with the reference and attempt that it was opened for."""
    number = (session["metadata"] or {}).get("attempt", "")
    return Session(
        session_id=session["id"],
        status=session["status"] or "",
        url=session["url"] or "",
        payment_intent_id=_id(session["payment_intent"]),
        reference=session["client_reference_id"] or "",
        attempt=int(number) if number.isdecimal() else 0,
        expires_at=_at(session["expires_at"]),
        donor_email=(session["customer_details"] or {}).get("email") or "",
        payment=payment,
    )


def read_payment(
    intent: Row,
    charge: Row | None,
    movements: tuple[Movement, ...] = (),
    refunds: tuple[RefundFacts, ...] = (),
    disputes: tuple[DisputeFacts, ...] = (),
) -> Payment:
    """A payment with its latest charge, if money was taken; minor units."""
    return Payment(
        payment_intent_id=intent["id"],
        status=intent["status"],
        reference=_reference(intent),
        amount_cents=charge["amount_captured"] if charge else intent["amount"],
        currency=intent["currency"],
        livemode=intent["livemode"],
        is_charged=charge is not None and intent["status"] == "succeeded",
        refunded_cents=_refunded_cents(charge, refunds),
        dispute=_word_for(disputes),
        paid_at=_at(charge["created"]) if charge else None,
        movements=movements,
        charge_id=charge["id"] if charge else "",
        refunds=refunds,
        disputes=disputes,
        lost_cents=sum(dispute.lost_cents for dispute in disputes),
    )


def read_refund(refund: Row) -> RefundFacts:
    """A refund, with the reference of the row here that asked for it, if any."""
    return RefundFacts(
        refund_id=refund["id"],
        status=refund["status"] or "",
        amount_cents=refund["amount"],
        currency=refund["currency"],
        reason=refund["reason"] or "",
        failure_reason=refund.get("failure_reason") or "",
        reference=(refund["metadata"] or {}).get("refund_id", ""),
        charge_id=_id(refund["charge"]),
        payment_intent_id=_id(refund["payment_intent"]),
        created_at=_at(refund["created"]),
        has_moved=bool(refund.get("balance_transaction"))
        and not refund.get("failure_balance_transaction"),
    )


def read_dispute(dispute: Row) -> DisputeFacts:
    """A dispute, with the money that it has moved so far."""
    evidence = dispute["evidence_details"]
    due = evidence["due_by"]
    return DisputeFacts(
        dispute_id=dispute["id"],
        status=dispute["status"],
        reason=dispute["reason"],
        amount_cents=dispute["amount"],
        currency=dispute["currency"],
        charge_id=_id(dispute["charge"]),
        payment_intent_id=_id(dispute["payment_intent"]),
        evidence_due_at=_at(due) if due else None,
        submissions=evidence["submission_count"],
        created_at=_at(dispute["created"]),
        movements=tuple(
            read_movement(booking, dispute)
            for booking in dispute["balance_transactions"]
        ),
        is_refundable=dispute["is_charge_refundable"],
    )


def read_warning(warning: Row) -> WarningFacts:
    """A bank's early fraud warning."""
    return WarningFacts(
        warning_id=warning["id"],
        charge_id=_id(warning["charge"]),
        payment_intent_id=_id(warning.get("payment_intent")),
        fraud_type=warning["fraud_type"],
        is_actionable=warning["actionable"],
        warned_at=_at(warning["created"]),
    )


def _refunded_cents(charge: Row | None, refunds: tuple[RefundFacts, ...]) -> int:
    """What went back. Of refunds that are known one by one, those that hold."""
    if refunds:
        return sum(refund.amount_cents for refund in refunds if refund.counts)
    return charge["amount_refunded"] if charge else 0


def _word_for(disputes: tuple[DisputeFacts, ...]) -> str:
    """What a payment's disputes come to: "" (none), open, won or lost."""
    serious = [dispute for dispute in disputes if not dispute.is_inquiry]
    if not serious:
        return ""
    if not all(dispute.is_over for dispute in serious):
        return "open"
    return "lost" if any(dispute.lost_cents for dispute in serious) else "won"


def read_movement(booking: Row, source: Any) -> Movement:
    """A balance transaction; `source` is what moved the money, or its id."""
    source = source if isinstance(source, dict) else {"id": source}
    is_charge = source.get("object") == "charge"
    return Movement(
        balance_transaction_id=booking["id"],
        type=booking["type"],
        reporting_category=booking["reporting_category"],
        currency=booking["currency"],
        gross_cents=booking["amount"],
        fee_cents=booking["fee"],
        net_cents=booking["net"],
        source_id=source["id"] or "",
        charge_id=source["id"] if is_charge else _id(source.get("charge")),
        payment_intent_id=_id(source.get("payment_intent")),
        reference=_reference(source),
        occurred_at=_at(booking["created"]),
        available_at=_at(booking["available_on"]),
        livemode=source.get("livemode"),
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


def _reference(source: Row) -> str:
    return (source.get("metadata") or {}).get("donation_id", "")


def _id(thing: Any) -> str:
    """The id of what is given as an id, as an object, or not at all."""
    return thing["id"] if isinstance(thing, dict) else thing or ""


def _at(stamp: int) -> datetime:
    return datetime.fromtimestamp(stamp, UTC)
