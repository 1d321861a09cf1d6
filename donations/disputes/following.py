"""Bring disputes and early fraud warnings up to date; who brings them is no matter."""

from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop as noop

from donations import ledger, returns, settlement, stripe_gateway
from donations.log_and_continue import log_and_continue
from donations.models import Dispute, Donation, FraudWarning, LedgerEntry
from events import activity
from events.models import Event, User

logger = structlog.get_logger(__name__)

# An open dispute is looked at so often, should no webhook tell its end.
LOOK_AGAIN = timedelta(hours=6)
BATCH = 100


def settle(account: str, dispute_id: str, *, at: datetime) -> bool:
    """Bring a dispute up to date from a fresh answer; whether it is one of ours.

    The donation is for settlement to follow. A dispute that no donation here explains
    is kept all the same, and its money booked. Raises StripeError when Stripe could
    not be asked.
    """
    asked_at = timezone.now()
    facts = stripe_gateway.fetch_dispute(dispute_id, account=account)
    donation = _donation(account, facts.payment_intent_id, facts.charge_id)
    if donation is None:
        returns.record_dispute(account, facts, None, asked_at=asked_at)
        ledger.book(account, facts.movements, at=at)
        return False
    with transaction.atomic():
        donation = Donation.objects.locked().get(pk=donation.pk)
        returns.record_dispute(account, facts, donation, asked_at=asked_at)
    return True


def settle_warning(account: str, warning_id: str, *, at: datetime) -> bool:
    """Bring a bank's early warning up to date; whether it is about one of ours.

    Raises StripeError when Stripe could not be asked.
    """
    facts = stripe_gateway.fetch_warning(warning_id, account=account)
    donation = _donation(account, facts.payment_intent_id, facts.charge_id)
    FraudWarning.objects.update_or_create(
        account=account,
        warning_id=facts.warning_id,
        defaults={
            "donation": donation,
            "charge_id": facts.charge_id,
            "fraud_type": facts.fraud_type[:100],
            "is_actionable": facts.is_actionable,
            "warned_at": facts.warned_at,
        },
    )
    logger.warning(
        "fraud_warning", donation=donation.public_id if donation else "", at=str(at)
    )
    return donation is not None


def open_ones(event: Event) -> QuerySet[Dispute]:
    """Disputes of the event that are not over, the one due soonest first."""
    return (
        Dispute.objects.filter(donation__event=event, outcome=Dispute.Outcome.OPEN)
        .select_related("donation")
        .order_by("evidence_due_at", "pk")
    )


def open_warnings(event: Event) -> QuerySet[FraudWarning]:
    """Early fraud warnings that nobody has looked at, the newest first."""
    return FraudWarning.objects.filter(
        donation__event=event, seen_at=None
    ).select_related("donation")


@transaction.atomic
def look(warning_id: int, words: str, *, by: User, at: datetime) -> FraudWarning:
    """Somebody has looked at a warning; the first name and words stay."""
    warning = FraudWarning.objects.select_for_update(of=("self",)).get(pk=warning_id)
    if warning.seen_at is None:
        warning.seen_at, warning.seen_by, warning.seen_words = at, by, words[:300]
        warning.save(update_fields=["seen_at", "seen_by", "seen_words"])
        donation = warning.donation
        activity.record(
            donation.event,
            by,
            noop("looked at a fraud warning"),
            f"{donation.donor_name}: {words}",
            at=at,
            about=f"donation/{donation.pk}",
        )
    return warning


def sweep(at: datetime) -> int:
    """Look at open disputes whose end no webhook has told; how many."""
    stale = Dispute.objects.filter(
        outcome=Dispute.Outcome.OPEN, checked_at__lte=at - LOOK_AGAIN
    )
    rows = list(stale.order_by("checked_at")[:BATCH])
    for row in rows:
        with log_and_continue("dispute_sweep_failed", dispute_pk=row.pk):
            settle(row.account, row.dispute_id, at=at)
            if row.donation_id:
                settlement.settle(row.donation_id, at=at)
    return len(rows)


def _donation(account: str, intent_id: str, charge_id: str) -> Donation | None:
    """The donation of a payment, by its own ids or by what is booked of it."""
    donations = Donation.objects.for_account(account)
    if intent_id:
        found = donations.filter(payment_intent_id=intent_id).first()
        if found is not None:
            return found
        # Heard of the dispute before the payment: Stripe knows what it was for.
        payment = stripe_gateway.fetch_payment(intent_id, account=account)
        if payment.reference:
            return donations.filter(public_id=payment.reference).first()
    entries = LedgerEntry.objects.filter(
        account=account, charge_id=charge_id, donation__isnull=False
    ).exclude(charge_id="")
    entry = entries.select_related("donation").first()
    return entry.donation if entry else None
