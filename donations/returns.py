"""What Stripe has of a donation's refunds and disputes, kept as rows.

A leaf: settlement brings them up to date with the donation, whoever asks. The money
itself is in the ledger.
"""

from datetime import datetime

import structlog
from django.db import transaction

from donations.models import Dispute, Donation, Refund
from donations.stripe_gateway import DisputeFacts, Payment, RefundFacts

logger = structlog.get_logger(__name__)

# Any other word of Stripe's is one that is not settled yet.
REFUND_STATES = {
    "succeeded": Refund.State.SUCCEEDED,
    "failed": Refund.State.FAILED,
    "canceled": Refund.State.FAILED,
}
REFUND_ENDS = (Refund.State.SUCCEEDED, Refund.State.FAILED)
OUTCOMES = {
    "won": Dispute.Outcome.WON,
    "lost": Dispute.Outcome.LOST,
    "warning_closed": Dispute.Outcome.CLOSED,
    "prevented": Dispute.Outcome.CLOSED,
}


def bring_up_to_date(donation: Donation, payment: Payment, *, at: datetime) -> None:
    """Make the rows say what this answer says. Call under the donation's lock.

    A refund that was made in Stripe's own dashboard gets its row here.
    """
    rows = list(donation.refunds.all()) if payment.refunds else []
    by_id = {row.refund_id: row for row in rows if row.refund_id}
    by_reference = {row.public_id: row for row in rows if not row.refund_id}
    for facts in payment.refunds:
        row = by_id.get(facts.refund_id) or by_reference.pop(facts.reference, None)
        record_refund(row or _found_at_stripe(donation, facts), facts, at=at)
    for dispute in payment.disputes:
        record_dispute(
            donation.stripe_account, dispute, donation, asked_at=donation.checked_at
        )


def record_refund(row: Refund, facts: RefundFacts, *, at: datetime) -> None:
    """Write Stripe's word on a refund into its row. Call under the donation's lock."""
    state = REFUND_STATES.get(facts.status, Refund.State.PENDING)
    if (row.state, row.refund_id) == (state, facts.refund_id):
        return
    row.refund_id = facts.refund_id
    row.state = state
    row.error = facts.failure_reason[:300]
    row.ended_at = at if state in REFUND_ENDS else None
    row.save()
    logger.info("refund_moved", refund=row.public_id, after=str(state))


def record_dispute(
    account: str,
    facts: DisputeFacts,
    donation: Donation | None,
    *,
    asked_at: datetime,
) -> Dispute:
    """Write Stripe's word on a dispute into its row, made when first heard of.

    An answer that was asked for earlier than the one in the row changes nothing.
    """
    defaults = {
        "donation": donation,
        "amount_cents": facts.amount_cents,
        "currency": facts.currency,
        "opened_at": facts.created_at,
        "checked_at": asked_at,
        "status": facts.status,
    }
    with transaction.atomic():
        row, is_new = Dispute.objects.select_for_update().get_or_create(
            account=account, dispute_id=facts.dispute_id, defaults=defaults
        )
        if is_new or row.checked_at <= asked_at:
            _follow(row, facts, donation, asked_at)
    return row


def _follow(
    row: Dispute, facts: DisputeFacts, donation: Donation | None, at: datetime
) -> None:
    row.donation = donation or row.donation
    row.charge_id = facts.charge_id
    row.amount_cents = facts.amount_cents
    row.reason = facts.reason[:100]
    row.status = facts.status[:60]
    row.outcome = _outcome(facts)
    row.is_refundable = facts.is_refundable
    row.evidence_due_at = facts.evidence_due_at
    if facts.submissions and row.evidence_state != Dispute.Evidence.SENT:
        # Ours whose answer was lost, or sent from Stripe's own dashboard.
        row.evidence_state = Dispute.Evidence.SENT
        row.evidence_sent_at = row.evidence_sent_at or at
        row.evidence_error = ""
    is_open = row.outcome == Dispute.Outcome.OPEN
    row.ended_at = None if is_open else row.ended_at or at
    row.checked_at = at
    row.save()


def _outcome(facts: DisputeFacts) -> Dispute.Outcome:
    outcome = OUTCOMES.get(facts.status, Dispute.Outcome.OPEN)
    # Prevented by giving in: the bank has the money all the same.
    is_paid = outcome == Dispute.Outcome.CLOSED and facts.lost_cents
    return Dispute.Outcome.LOST if is_paid else outcome


def _found_at_stripe(donation: Donation, facts: RefundFacts) -> Refund:
    return Refund(
        donation=donation,
        origin=Refund.Origin.STRIPE,
        amount_cents=facts.amount_cents,
        reason=facts.reason,
        account=donation.stripe_account,
        created_at=facts.created_at,
    )
