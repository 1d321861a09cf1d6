"""Book movements of money. The only writer of LedgerEntry."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet

from donations import discrepancies
from donations.models import Discrepancy, Donation, LedgerEntry
from donations.stripe_gateway import Movement
from losers_lounge.compiled import compiled
from losers_lounge.compiled_rows import insert_or_touch

Kind = LedgerEntry.Kind
Mismatch = Discrepancy.Kind
OF_AN_OWNER = (
    "public_id",
    "payment_intent_id",
    "stripe_account",
    "currency",
    "event_id",
)

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


@transaction.atomic(savepoint=False)
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

    What is not of our mode (test or live) is not entered at all; what is in another
    currency than its donation, or on another account, belongs to no donation and so
    to no total. Each is a named exception.
    """
    by_id = _ours(account, movements, at)
    if not by_id:
        return 0
    entries = LedgerEntry.objects.from_stripe().filter(account=account)
    known = dict(_stored(account, *by_id))
    # What has its donation keeps it: nothing is looked for on its behalf.
    open_ones = {key: by_id[key] for key in by_id if known.get(key) is None}
    owners = _owners(account, open_ones, donation, at)
    # In one order, so that two who book the same never wait for each other.
    missing = sorted(by_id.keys() - known.keys())
    _insert([_entry(account, by_id[key], owners.get(key), at) for key in missing])
    for key in known.keys() & owners.keys():
        _link(entries.filter(balance_transaction_id=key), owners[key])
    return len(missing)


def _ours(
    account: str, movements: Iterable[Movement], at: datetime
) -> dict[str, Movement]:
    """Each once, by its id, without those of the other mode."""
    by_id = {movement.balance_transaction_id: movement for movement in movements}
    return {key: found for key, found in by_id.items() if _is_ours(account, found, at)}


def _link(entries: QuerySet[LedgerEntry], owner: Donation) -> None:
    """What was booked before its donation was known; else it stays where it is."""
    unlinked = entries.filter(donation=None)
    unlinked.update(donation=owner, event_id=owner.event_id)


def _is_ours(account: str, movement: Movement, at: datetime) -> bool:
    """Test money never stands beside live money."""
    if movement.livemode in (None, settings.STRIPE_IS_LIVE):
        return True
    _raise(account, Mismatch.WRONG_MODE, movement, at)
    return False


def _owners(
    account: str,
    movements: dict[str, Movement],
    donation: Donation | None,
    at: datetime,
) -> dict[str, Donation]:
    """The donation of each movement that is in its currency and on its account."""
    if donation is not None:
        found = dict.fromkeys(movements, donation)
    else:
        found = _found_owners(account, movements)
    fitting = {}
    for key, owner in found.items():
        movement = movements[key]
        if owner.stripe_account != account:
            _raise(account, Mismatch.WRONG_ACCOUNT, movement, at)
        elif owner.currency != movement.currency:
            _raise(account, Mismatch.WRONG_CURRENCY, movement, at)
        else:
            fitting[key] = owner
    return fitting


def _raise(account: str, kind: Mismatch, movement: Movement, at: datetime) -> None:
    key, cents = movement.balance_transaction_id, movement.net_cents
    discrepancies.raise_exception(account, kind, key, cents, at=at)


def tell_payout(
    account: str, balance_transaction_ids: Iterable[str], payout_id: str
) -> int:
    """Note on entries which payout took them to the bank; how many learnt it."""
    entries = LedgerEntry.objects.from_stripe().filter(
        account=account, balance_transaction_id__in=list(balance_transaction_ids)
    )
    return entries.exclude(payout_id=payout_id).update(payout_id=payout_id)


def book_by_hand(
    donation: Donation,
    movement_id: str,
    cents: int,
    *,
    kind: LedgerEntry.Kind = Kind.CHARGE,
    at: datetime,
) -> None:
    """Enter money that no bank moved, once by its own id; minor units, no fee.

    It stands beside Stripe's movements and in none of their sums.
    """
    entry = LedgerEntry(
        source=LedgerEntry.Source.MANUAL,
        account=donation.stripe_account,
        balance_transaction_id=movement_id,
        kind=kind,
        currency=donation.currency,
        gross_cents=cents,
        fee_cents=0,
        net_cents=cents,
        donation=donation,
        event_id=donation.event_id,
        occurred_at=at,
        available_at=at,
        recorded_at=at,
    )
    _insert([entry])


@compiled
def _stored(account: str, *ids: str) -> QuerySet[LedgerEntry]:
    entries = LedgerEntry.objects.from_stripe().filter(account=account)
    rows = entries.filter(balance_transaction_id__in=ids).order_by()
    return rows.values_list("balance_transaction_id", "donation_id")


def _insert(entries: list[LedgerEntry]) -> None:
    # On a conflict nothing but the date changes; an entry that breaks a rule of the
    # table is an error (SQLite's OR IGNORE would drop it in silence).
    unique, touched = ("account", "balance_transaction_id"), ("available_at",)
    if len(entries) == 1:
        insert_or_touch(entries[0], unique, touched)
        return
    LedgerEntry.objects.bulk_create(
        entries, update_conflicts=True, unique_fields=unique, update_fields=touched
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


def _found_owners(account: str, movements: dict[str, Movement]) -> dict[str, Donation]:
    """The donation of each movement: by our reference, its payment, its charge."""
    rows = movements.values()
    donations = Donation.objects.filter(source=Donation.Source.STRIPE)
    donations = donations.only(*OF_AN_OWNER)
    # A reference is ours alone; Stripe's own ids are only unique in an account.
    named = donations.filter(public_id__in=_words(row.reference for row in rows))
    by_name = {donation.public_id: donation for donation in named}
    rest = [row for row in rows if row.reference not in by_name]
    if payments := _words(row.payment_intent_id for row in rest):
        # Said twice, so that the index which leaves out the empty ones is used.
        paid = donations.exclude(payment_intent_id="")
        paid = paid.filter(stripe_account=account, payment_intent_id__in=payments)
        by_name |= {donation.payment_intent_id: donation for donation in paid}
    by_charge = _by_charge(account, rest)
    found = {
        key: by_name.get(movement.reference)
        or by_name.get(movement.payment_intent_id)
        or by_charge.get(movement.charge_id)
        for key, movement in movements.items()
    }
    return {key: donation for key, donation in found.items() if donation}


def _by_charge(account: str, movements: Iterable[Movement]) -> dict[str, Donation]:
    """Of refunds and disputes, which say no more than what they take back."""
    charges = _words(m.charge_id for m in movements if m.charge_id != m.source_id)
    if not charges:
        return {}
    donations = Donation.objects.filter(
        entries__account=account,
        entries__kind=Kind.CHARGE,
        entries__charge_id__in=charges,
    )
    rows = donations.annotate(of_charge=F("entries__charge_id"))
    return {row.of_charge: row for row in rows.only(*OF_AN_OWNER)}


def _words(words: Iterable[str]) -> set[str]:
    return {word for word in words if word}
