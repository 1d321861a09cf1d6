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
def book(
    account: str,
    movements: Iterable[Movement],
    *,
    at: datetime,
    donation: Donation | None = None,
) -> int:
    """Enter the movements that are not in the ledger yet; how many were new.

    They are linked to `donation`, or each to the one that can be found; an entry
    that was booked before its donation was known is linked now. Minor units.
    """
    by_id = {movement.balance_transaction_id: movement for movement in movements}
    if not by_id:
        return 0
    entries = LedgerEntry.objects.from_stripe().filter(account=account)
    stored = entries.filter(balance_transaction_id__in=by_id)
    known = dict(stored.values_list("balance_transaction_id", "donation_id"))
    owners = dict.fromkeys(by_id, donation) if donation else _owners(account, by_id)
    # In one order, so that two who book the same never wait for each other.
    missing = sorted(by_id.keys() - known.keys())
    _insert([_entry(account, by_id[key], owners.get(key), at) for key in missing])
    for key, linked_to in known.items():
        owner = owners.get(key)
        if linked_to is None and owner is not None:
            unlinked = entries.filter(balance_transaction_id=key, donation=None)
            unlinked.update(donation=owner, event_id=owner.event_id)
    return len(missing)


def tell_payout(
    account: str, balance_transaction_ids: Iterable[str], payout_id: str
) -> int:
    """Note on entries which payout took them to the bank; how many learnt it."""
    entries = LedgerEntry.objects.from_stripe().filter(
        account=account, balance_transaction_id__in=list(balance_transaction_ids)
    )
    return entries.exclude(payout_id=payout_id).update(payout_id=payout_id)


def _insert(entries: list[LedgerEntry]) -> None:
    # On a conflict nothing but the date changes; an entry that breaks a rule of the
    # table is an error (SQLite's OR IGNORE would drop it in silence).
    LedgerEntry.objects.bulk_create(
        entries,
        update_conflicts=True,
        unique_fields=["account", "balance_transaction_id"],
        update_fields=["available_at"],
    )


def _entry(
    account: str, movement: Movement, donation: Donation | None, at: datetime
) -> LedgerEntry:
    return LedgerEntry(
        source=LedgerEntry.Source.STRIPE,
        account=account,
        balance_transaction_id=movement.balance_transaction_id,
        kind=kind_of(movement),
        stripe_type=movement.type,
        reporting_category=movement.reporting_category,
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


def _owners(account: str, movements: dict[str, Movement]) -> dict[str, Donation]:
    """The donation of each movement: by our reference, its payment, its charge."""
    rows = movements.values()
    references = _words(movement.reference for movement in rows)
    payments = _words(movement.payment_intent_id for movement in rows)
    named = Donation.objects.for_account(account).filter(
        Q(public_id__in=references) | Q(payment_intent_id__in=payments)
    )
    by_name: dict[str, Donation] = {}
    for donation in named:
        by_name[donation.public_id] = by_name[donation.payment_intent_id] = donation
    charges = _words(movement.charge_id for movement in rows)
    entries = LedgerEntry.objects.filter(
        account=account,
        kind=Kind.CHARGE,
        charge_id__in=charges,
        donation__isnull=False,
    )
    by_charge = {
        entry.charge_id: entry.donation for entry in entries.select_related("donation")
    }
    by_name.pop("", None)
    found = {
        key: by_name.get(movement.reference)
        or by_name.get(movement.payment_intent_id)
        or by_charge.get(movement.charge_id)
        for key, movement in movements.items()
    }
    return {key: donation for key, donation in found.items() if donation}


def _words(words: Iterable[str]) -> set[str]:
    return {word for word in words if word}
