"""What can disagree, each by its name, its subject and by how many cents."""

from collections.abc import Iterator

from django.db.models import BigIntegerField, Count, Exists, F, OuterRef, Q, Sum
from django.db.models.functions import Cast, Coalesce

from donations.discrepancies import Finding
from donations.models import Discrepancy, Donation, LedgerEntry
from donations.models.donation import DonationQuerySet

Kind = Discrepancy.Kind
State = Donation.State
CHUNK = 500
IS_CHARGE = Q(entries__kind=LedgerEntry.Kind.CHARGE)
IS_REFUND = Q(entries__kind=LedgerEntry.Kind.REFUND)
IS_DISPUTE = Q(entries__kind=LedgerEntry.Kind.DISPUTE)
# Why a charge was not given to a donation, when that is known.
MISFITS = (Kind.WRONG_CURRENCY, Kind.WRONG_ACCOUNT, Kind.WRONG_MODE)

HAS_MOVED = Q(state__in=Donation.MONEY_MOVED)
# While a dispute is open, the bank's money may be on either side.
SETTLED_DISPUTES = ~Q(state=State.DISPUTED)
DISAGREES = (
    (HAS_MOVED & Q(charges=0))
    | Q(charges__gt=1)
    | (Q(charges=1) & ~Q(charged_cents=F("amount_cents")))
    | ~Q(returned_cents=F("refunded_cents"))
    | (SETTLED_DISPUTES & ~Q(disputed_cents=F("charged_back_cents")))
)
# A fresh answer of Stripe may bring these in line with their entries.
IS_BEHIND = (Q(charges__gt=0) & ~HAS_MOVED) | Q(entries_after__gt=0)


def in_donations(account: str) -> Iterator[Finding]:
    """Each donation of the account against its own entries; only what disagrees."""
    disagreeing = _with_sums(account).filter(DISAGREES).order_by("pk")
    for donation in disagreeing.iterator(CHUNK):
        yield from _of(donation)


def in_entries(account: str) -> Iterator[Finding]:
    """Entries that nothing here explains: payments, and fees of the account."""
    misfits = Discrepancy.objects.filter(
        account=account, kind__in=MISFITS, subject=OuterRef("balance_transaction_id")
    )
    entries = LedgerEntry.objects.from_stripe().filter(account=account, donation=None)
    for ledger_kind, kind in (
        (LedgerEntry.Kind.CHARGE, Kind.CHARGE_WITHOUT_DONATION),
        (LedgerEntry.Kind.FEE, Kind.ACCOUNT_FEE),
    ):
        found = entries.filter(~Exists(misfits), kind=ledger_kind).order_by("pk")
        rows = found.values_list("balance_transaction_id", "net_cents", "gross_cents")
        for key, net, gross in rows.iterator(CHUNK):
            yield Finding(kind, key, gross or net)


def disagreeing(account: str, most: int) -> list[int]:
    """Donations that a fresh answer of Stripe may bring in line with their entries."""
    rows = _with_sums(account).filter(DISAGREES | IS_BEHIND).filter(~_explained())
    return list(rows.order_by("pk").values_list("pk", flat=True)[:most])


def _explained() -> Q:
    """A person has given a reason: Stripe is not asked about it again each time."""
    closed = Discrepancy.objects.exclude(closed_at=None).exclude(closed_by_name="")
    return Q(Exists(closed.filter(subject=OuterRef("public_id")))) & Q(entries_after=0)


def _with_sums(account: str) -> DonationQuerySet:
    return Donation.objects.for_account(account).annotate(
        charges=Count("entries", filter=IS_CHARGE),
        charged_cents=_sum(IS_CHARGE),
        returned_cents=-_sum(IS_REFUND),
        disputed_cents=-_sum(IS_DISPUTE),
        entries_after=Count(
            "entries", filter=Q(entries__recorded_at__gt=F("checked_at"))
        ),
    )


def _sum(condition: Q) -> Cast:
    # PostgreSQL sums bigints to a decimal.
    total = Coalesce(Sum("entries__gross_cents", filter=condition), 0)
    return Cast(total, BigIntegerField())


def _of(donation: Donation) -> Iterator[Finding]:
    subject = donation.public_id
    amount = donation.amount_cents
    if donation.state in Donation.MONEY_MOVED and not donation.charges:
        yield Finding(Kind.PAYMENT_NOT_BOOKED, subject, amount)
    if donation.charges > 1:
        yield Finding(Kind.CHARGED_TWICE, subject, donation.charged_cents - amount)
    elif donation.charges and donation.charged_cents != amount:
        cents = donation.charged_cents - amount
        yield Finding(Kind.DONATION_AMOUNT_DIFFERS, subject, cents)
    if donation.returned_cents != donation.refunded_cents:
        cents = donation.returned_cents - donation.refunded_cents
        yield Finding(Kind.REFUND_DIFFERS, subject, cents)
    taken = donation.disputed_cents - donation.charged_back_cents
    if taken and donation.state != State.DISPUTED:
        yield Finding(Kind.DISPUTE_DIFFERS, subject, taken)
