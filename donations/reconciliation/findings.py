"""What can disagree, each by its name, its subject and by how many cents."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import BigIntegerField, Count, F, Q, Sum
from django.db.models.functions import Cast, Coalesce

from donations.models import Discrepancy, Donation, LedgerEntry

Kind = Discrepancy.Kind
Cents = tuple[int, int, int]
IS_CHARGE = Q(entries__kind=LedgerEntry.Kind.CHARGE)
IS_REFUND = Q(entries__kind=LedgerEntry.Kind.REFUND)


@dataclass(frozen=True)
class Finding:
    """One disagreement. The subject is a balance transaction or a donation."""

    kind: Discrepancy.Kind
    subject: str
    cents: int


def in_books(
    account: str,
    stripe: dict[str, Cents],
    ledger: dict[str, Cents],
    before: set[str],
) -> list[Finding]:
    """Movement by movement: gross, fee and net on both sides."""
    found = []
    for key in sorted(before - stripe.keys()):
        found.append(Finding(Kind.UNKNOWN_AT_STRIPE, key, ledger[key][2]))
    for key in sorted(stripe.keys() - ledger.keys()):
        found.append(Finding(Kind.UNKNOWN_HERE, key, -stripe[key][2]))
    for key in sorted(stripe.keys() & ledger.keys()):
        if stripe[key] != ledger[key]:
            cents = ledger[key][2] - stripe[key][2] or ledger[key][0] - stripe[key][0]
            found.append(Finding(Kind.AMOUNT_DIFFERS, key, cents))
    unexplained = LedgerEntry.objects.from_stripe().filter(
        account=account,
        kind=LedgerEntry.Kind.CHARGE,
        donation=None,
        balance_transaction_id__in=stripe.keys(),
    )
    for key, cents in unexplained.values_list("balance_transaction_id", "gross_cents"):
        found.append(Finding(Kind.CHARGE_WITHOUT_DONATION, key, cents))
    return found


def concerned(account: str, since: datetime) -> set[int]:
    """Donations whose money moved since then, or about which a question is open."""
    donations = Donation.objects.for_account(account)
    moved = donations.filter(Q(paid_at__gte=since) | Q(entries__occurred_at__gte=since))
    questioned = Discrepancy.objects.filter(account=account, closed_at=None)
    asked = donations.filter(public_id__in=questioned.values("subject"))
    return set(moved.values_list("pk", flat=True)) | set(
        asked.values_list("pk", flat=True)
    )


def in_donations(donation_ids: set[int]) -> list[Finding]:
    """Each donation against its own entries."""
    found = []
    for donation in _with_sums(donation_ids):
        found += _of(donation)
    return found


def disagreeing(donation_ids: set[int]) -> list[int]:
    """Donations that a fresh answer of Stripe may bring in line with their entries."""
    return [
        donation.pk
        for donation in _with_sums(donation_ids)
        if _of(donation)
        or (donation.charges and donation.state not in Donation.MONEY_MOVED)
        or _is_behind(donation)
    ]


def _with_sums(donation_ids: set[int]) -> list[Donation]:
    return list(
        Donation.objects.filter(pk__in=donation_ids)
        .annotate(
            charges=Count("entries", filter=IS_CHARGE),
            charged_cents=_sum(IS_CHARGE),
            returned_cents=-_sum(IS_REFUND),
            entries_after=Count(
                "entries", filter=Q(entries__recorded_at__gt=F("checked_at"))
            ),
        )
        .order_by("pk")
    )


def _sum(condition: Q) -> Cast:
    # PostgreSQL sums bigints to a decimal.
    total = Coalesce(Sum("entries__gross_cents", filter=condition), 0)
    return Cast(total, BigIntegerField())


def _is_behind(donation: Donation) -> bool:
    """Something was entered since Stripe was last asked about it: a dispute, say."""
    return donation.entries_after > 0


def _of(donation: Donation) -> list[Finding]:
    subject = donation.public_id
    found = []
    has_moved = donation.state in Donation.MONEY_MOVED
    if has_moved and not donation.charges:
        found.append(Finding(Kind.PAYMENT_NOT_BOOKED, subject, donation.amount_cents))
    if donation.charges > 1:
        extra = donation.charged_cents - donation.amount_cents
        found.append(Finding(Kind.CHARGED_TWICE, subject, extra))
    elif donation.charges and donation.charged_cents != donation.amount_cents:
        cents = donation.charged_cents - donation.amount_cents
        found.append(Finding(Kind.DONATION_AMOUNT_DIFFERS, subject, cents))
    if donation.returned_cents != donation.refunded_cents:
        cents = donation.returned_cents - donation.refunded_cents
        found.append(Finding(Kind.REFUND_DIFFERS, subject, cents))
    return found
