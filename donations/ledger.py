"""Book movements of money. The only writer of LedgerEntry."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from donations.models import Donation, LedgerEntry
from donations.stripe_gateway import Movement

Kind = LedgerEntry.Kind

# Stripe's balance transaction types (its reporting guide); what is not named here
# is booked as "other", so that a new type never stops the books.
KINDS = {
    "charge": Kind.CHARGE,
    "payment": Kind.CHARGE,
    "refund": Kind.REFUND,
    "payment_refund": Kind.REFUND,
    "refund_failure": Kind.REFUND,
    "payment_failure_refund": Kind.REFUND,
    "payment_reversal": Kind.REFUND,
    "stripe_fee": Kind.FEE,
    "stripe_fx_fee": Kind.FEE,
    "application_fee": Kind.FEE,
    "application_fee_refund": Kind.FEE,
    "tax_fee": Kind.FEE,
    "payout": Kind.PAYOUT,
    "payout_cancel": Kind.PAYOUT,
    "payout_failure": Kind.PAYOUT,
}
# An adjustment says only here what it adjusts.
DISPUTE_CATEGORIES = ("dispute", "dispute_reversal")


def kind_of(movement: Movement) -> LedgerEntry.Kind:
    """What a movement is in this ledger; never fails on a word it does not know."""
    if movement.reporting_category in DISPUTE_CATEGORIES:
        return Kind.DISPUTE
    return KINDS.get(movement.type, Kind.OTHER)


@transaction.atomic
def book(account: str, movements: Iterable[Movement], *, at: datetime) -> int:
    """Enter the movements that are not in the ledger yet; how many were new.

    Each is linked to its donation if one can be found; an entry that was booked
    before its donation was known is linked now. Amounts are minor units.
    """
    by_id = {movement.balance_transaction_id: movement for movement in movements}
    if not by_id:
        return 0
    entries = LedgerEntry.objects.from_stripe().filter(account=account)
    known = {
        entry.balance_transaction_id: entry
        for entry in entries.filter(balance_transaction_id__in=by_id)
    }
    donations = _donations(account, by_id.values())
    # In one order, so that two who book the same never wait for each other.
    missing = sorted(by_id.keys() - known.keys())
    LedgerEntry.objects.bulk_create(
        [_entry(account, by_id[key], donations.get(key), at) for key in missing],
        # On a conflict nothing but the date changes; an entry that breaks a rule of
        # the table is an error (SQLite's OR IGNORE would drop it in silence).
        update_conflicts=True,
        unique_fields=["account", "balance_transaction_id"],
        update_fields=["available_at"],
    )
    for key, entry in known.items():
        donation = donations.get(key)
        if entry.donation_id is None and donation is not None:
            entries.filter(pk=entry.pk, donation=None).update(
                donation=donation, event_id=donation.event_id
            )
    return len(missing)


def _entry(
    account: str, movement: Movement, donation: Donation | None, at: datetime
) -> LedgerEntry:
    return LedgerEntry(
        source=LedgerEntry.Source.STRIPE,
        account=account,
        balance_transaction_id=movement.balance_transaction_id,
        kind=kind_of(movement),
        stripe_type=movement.type,
        currency=movement.currency,
        gross_cents=movement.gross_cents,
        fee_cents=movement.fee_cents,
        net_cents=movement.net_cents,
        source_id=movement.source_id,
        charge_id=movement.charge_id,
        donation=donation,
        event_id=donation.event_id if donation else None,
        occurred_at=movement.occurred_at,
        available_at=movement.available_at,
        recorded_at=at,
    )


def _donations(account: str, movements: Iterable[Movement]) -> dict[str, Donation]:
    """The donation of each movement: by our reference, its payment, its charge."""
    movements = list(movements)
    of_account = Donation.objects.for_account(account)
    named = of_account.filter(
        Q(public_id__in=_words(movement.reference for movement in movements))
        | Q(
            payment_intent_id__in=_words(
                movement.payment_intent_id for movement in movements
            )
        )
    )
    by_reference: dict[str, Donation] = {}
    by_payment: dict[str, Donation] = {}
    for donation in named:
        by_reference[donation.public_id] = donation
        if donation.payment_intent_id:
            by_payment[donation.payment_intent_id] = donation
    charges = LedgerEntry.objects.filter(
        account=account,
        kind=Kind.CHARGE,
        charge_id__in=_words(movement.charge_id for movement in movements),
        donation__isnull=False,
    ).select_related("donation")
    by_charge = {entry.charge_id: entry.donation for entry in charges}
    found = {
        movement.balance_transaction_id: by_reference.get(movement.reference)
        or by_payment.get(movement.payment_intent_id)
        or by_charge.get(movement.charge_id)
        for movement in movements
    }
    return {key: donation for key, donation in found.items() if donation}


def _words(words: Iterable[str]) -> set[str]:
    return {word for word in words if word}
