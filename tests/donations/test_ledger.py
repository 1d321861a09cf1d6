"""The ledger only grows, and each movement of money stands in it once."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from donations import ledger
from donations.models import Donation, LedgerEntry
from donations.stripe_gateway import Movement
from tests.copied import migrated
from tests.donations.factories import make_donation
from tests.racing import at_the_same_moment

NOW = timezone.now()
CHARGE = Movement(
    balance_transaction_id="txn_1",
    type="charge",
    reporting_category="charge",
    currency="usd",
    gross_cents=100_000,
    fee_cents=2_930,
    net_cents=97_070,
    source_id="ch_1",
    charge_id="ch_1",
    payment_intent_id="pi_1",
    reference="",
    occurred_at=NOW,
    available_at=NOW,
)
REFUND = replace(
    CHARGE,
    balance_transaction_id="txn_2",
    type="refund",
    reporting_category="refund",
    gross_cents=-100_000,
    fee_cents=0,
    net_cents=-100_000,
    source_id="re_1",
    payment_intent_id="",
)


def booked(*movements: Movement) -> LedgerEntry:
    ledger.book("", movements, at=NOW)
    return LedgerEntry.objects.get(
        balance_transaction_id=movements[-1].balance_transaction_id
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("type", "category", "kind"),
    [
        ("charge", "charge", "charge"),
        ("payment", "charge", "charge"),
        ("refund", "refund", "refund"),
        ("payment_refund", "refund", "refund"),
        ("refund_failure", "refund_failure", "refund"),
        ("adjustment", "dispute", "dispute"),
        ("adjustment", "dispute_reversal", "dispute"),
        ("adjustment", "other_adjustment", "other"),
        ("stripe_fee", "fee", "fee"),
        ("payout", "payout", "payout"),
        ("payout_failure", "payout_reversal", "payout"),
        ("invented_next_year", "", "other"),
    ],
)
def test_every_type_has_its_place_and_an_unknown_one_too(
    type: str, category: str, kind: str
) -> None:
    assert booked(replace(CHARGE, type=type, reporting_category=category)).kind == kind


@pytest.mark.django_db
def test_a_movement_is_booked_once() -> None:
    assert ledger.book("", [CHARGE, REFUND], at=NOW) == 2
    assert ledger.book("", [REFUND, CHARGE], at=NOW) == 0
    assert LedgerEntry.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_eight_book_the_same_at_once_and_none_waits_for_ever() -> None:
    rows = [replace(CHARGE, balance_transaction_id=f"txn_{n}") for n in range(20)]

    outcomes = at_the_same_moment(
        8, lambda n: ledger.book("", rows if n % 2 else rows[::-1], at=NOW)
    )

    assert not [error for error in outcomes if isinstance(error, Exception)]
    assert LedgerEntry.objects.count() == 20


@pytest.mark.django_db
def test_an_entry_finds_its_donation_by_reference_payment_or_charge() -> None:
    donation = make_donation(payment_intent_id="pi_1")

    assert booked(CHARGE).donation == donation
    assert booked(REFUND).donation == donation
    named = replace(CHARGE, balance_transaction_id="txn_3", payment_intent_id="")
    named = replace(named, charge_id="", reference=donation.public_id)
    entry = booked(named)
    assert entry.donation == donation and entry.event == donation.event


@pytest.mark.django_db
def test_a_donation_of_another_account_is_not_found() -> None:
    make_donation(payment_intent_id="pi_1", stripe_account="acct_else")

    assert booked(CHARGE).donation is None


@pytest.mark.django_db
def test_an_entry_learns_later_whose_it_is() -> None:
    entry = booked(CHARGE)
    donation = make_donation(payment_intent_id="pi_1")

    ledger.book("", [CHARGE], at=NOW)

    entry.refresh_from_db()
    assert entry.donation == donation and entry.event == donation.event


CHANGES = {
    "gross_cents": 1,
    "fee_cents": 1,
    "net_cents": 1,
    "currency": "eur",
    "kind": "refund",
    "balance_transaction_id": "txn_9",
    "occurred_at": timezone.now(),
    "donation": None,
    "event": None,
}


@pytest.mark.django_db
@pytest.mark.parametrize("column", CHANGES)
def test_the_database_refuses_to_change_an_entry(column: str) -> None:
    make_donation(payment_intent_id="pi_1")
    entry = booked(CHARGE)

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        LedgerEntry.objects.filter(pk=entry.pk).update(**{column: CHANGES[column]})

    assert LedgerEntry.objects.get(pk=entry.pk).gross_cents == 100_000


@pytest.mark.django_db
def test_the_database_refuses_to_delete_an_entry() -> None:
    entry = booked(CHARGE)

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        entry.delete()

    assert LedgerEntry.objects.filter(balance_transaction_id="txn_1").exists()


@pytest.mark.django_db
def test_when_it_becomes_available_may_change() -> None:
    entry = booked(CHARGE)

    LedgerEntry.objects.filter(pk=entry.pk).update(available_at=timezone.now())


@pytest.mark.django_db
def test_an_entry_whose_net_is_wrong_is_refused() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        booked(replace(CHARGE, net_cents=97_071))


@pytest.mark.django_db
def test_a_donation_with_entries_cannot_be_deleted() -> None:
    donation = make_donation(payment_intent_id="pi_1")
    booked(CHARGE)

    with pytest.raises(IntegrityError), transaction.atomic():
        Donation.objects.filter(pk=donation.pk)._raw_delete("default")
        connection.check_constraints()


SQLITE = """
import django; django.setup()
from django.db import IntegrityError, transaction
from django.utils import timezone
from donations import receipts
from donations.models import LedgerEntry, Receipt
from tests.donations.factories import make_donation
row = LedgerEntry.objects.create(source="stripe", balance_transaction_id="txn_1",
    kind="charge", currency="usd", gross_cents=5, fee_cents=2, net_cents=3,
    occurred_at=timezone.now(), recorded_at=timezone.now())
same = LedgerEntry.objects.filter(pk=row.pk)
for change in (lambda: same.update(gross_cents=6, net_cents=4), same.delete):
    try:
        with transaction.atomic():
            change()
    except IntegrityError as error:
        print(error)
same.update(available_at=timezone.now())
print(same.get().gross_cents)
with transaction.atomic():
    paid = make_donation(state="paid", paid_at=timezone.now())
    receipts.bring_up_to_date(paid, at=timezone.now())
issued = Receipt.objects.all()
for change in (
    lambda: issued.update(number="LL-1"),
    lambda: issued.update(lines=[]),
    lambda: issued._raw_delete("default"),
):
    try:
        with transaction.atomic():
            change()
    except IntegrityError as error:
        print(error)
print(issued.update(void_at=timezone.now(), void_reason="Given back"))
"""


def test_sqlite_refuses_as_well_and_keeps_a_receipt(tmp_path: Path) -> None:
    urls = {
        "DATABASE_URL": f"sqlite:///{tmp_path / 'ledger.sqlite3'}",
        "REDIS_URL": "memory://",
    }
    migrated(urls)
    told = subprocess.run(
        [sys.executable, "-c", SQLITE],
        env={**os.environ, **urls, "DJANGO_SETTINGS_MODULE": "tests.settings"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert told.stdout.splitlines() == [
        *["The ledger is append-only"] * 2,
        "5",
        *["What was issued is not changed"] * 3,
        "1",
    ]
