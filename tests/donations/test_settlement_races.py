"""Many bring Stripe's word at the same moment; each race fails without its lock."""

import time

import pytest
from django.db import connection, transaction
from django.utils import timezone

from donations import ledger, settlement, truth
from donations.models import Donation, Receipt, ReceiptSeries
from donations.models.donation import DonationQuerySet
from donations.receipts import numbers
from events.models import Message
from losers_lounge.stand_in.server import StandIn
from tests.donations.factories import make_donation, pay
from tests.factories import make_event
from tests.racing import (
    ATTEMPTS,
    WINDOW_SECONDS,
    at_the_same_moment,
    seen_to_fail,
    seen_to_fail_without_lock,
)

State = Donation.State


def race_to_settle(stand_in: StandIn) -> None:
    donation = make_donation()
    pay(stand_in, donation)
    said = truth.fetch(donation)

    outcomes = at_the_same_moment(
        8, lambda _: settlement.apply(donation.pk, said, at=said.asked_at)
    )

    assert not [error for error in outcomes if isinstance(error, Exception)]
    assert donation.entries.count() == donation.receipts.count() == 1
    assert Message.objects.filter(about=f"donation/{donation.pk}").count() == 1


@pytest.mark.django_db(transaction=True)
def test_eight_settle_at_once_and_one_does(stand_in: StandIn) -> None:
    race_to_settle(stand_in)


def race_of_old_and_new(stand_in: StandIn) -> None:
    donation = make_donation()
    pay(stand_in, donation)
    early = truth.fetch(donation)
    assert early.payment is not None
    stand_in.refund(early.payment.payment_intent_id)
    late = truth.fetch(donation)

    def bring(number: int) -> None:
        is_late = number % 2 == 0
        # The old answers come last, while the new ones are being written.
        time.sleep(0 if is_late else WINDOW_SECONDS / 2)
        said = late if is_late else early
        settlement.apply(donation.pk, said, at=said.asked_at)

    at_the_same_moment(8, bring)

    donation.refresh_from_db()
    assert donation.state == State.REFUNDED
    assert not donation.receipts.valid().exists()


@pytest.mark.django_db(transaction=True)
def test_old_and_new_answers_at_once_end_with_the_new(stand_in: StandIn) -> None:
    race_of_old_and_new(stand_in)


@pytest.mark.django_db(transaction=True)
def test_settling_needs_the_lock(stand_in: StandIn) -> None:
    def race() -> None:
        race_of_old_and_new(stand_in)

    seen_to_fail_without_lock(race, Donation)


def race_of_two_bookings(stand_in: StandIn) -> list[object]:
    """Whoever settles holds the donation and books; the reconciliation only books."""
    donation = make_donation()
    pay(stand_in, donation)
    said = truth.fetch(donation)

    def book(number: int) -> None:
        with transaction.atomic():
            mine = None if number else Donation.objects.locked().get(pk=donation.pk)
            # The other books in the middle of this.
            time.sleep(WINDOW_SECONDS / 2 if number else WINDOW_SECONDS)
            movements = said.payment.movements
            ledger.book("", movements, donation=mine, at=timezone.now())

    outcomes = at_the_same_moment(2, book)
    assert donation.entries.count() == 1
    return [error for error in outcomes if error is not None]


@pytest.mark.django_db(transaction=True)
def test_two_who_book_the_same_never_wait_for_each_other(stand_in: StandIn) -> None:
    assert race_of_two_bookings(stand_in) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite has one lock, and no knot"
)
def test_a_lock_that_keeps_entries_out_ties_them_in_a_knot(
    stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def shut(rows: DonationQuerySet) -> DonationQuerySet:
        return rows.select_for_update(of=("self",))

    monkeypatch.setattr(DonationQuerySet, "locked", shut)
    for _ in range(ATTEMPTS):
        if errors := race_of_two_bookings(stand_in):
            break
    assert "deadlock detected" in str(errors)


def race_for_numbers(stand_in: StandIn) -> None:
    event = make_event()
    donations = [make_donation(event) for _ in range(6)]
    for donation in donations:
        pay(stand_in, donation)
    truths = [truth.fetch(donation) for donation in donations]

    at_the_same_moment(
        6, lambda n: settlement.apply(donations[n].pk, truths[n], at=truths[n].asked_at)
    )

    year = timezone.now().astimezone(event.zone).year
    issued = Receipt.objects.filter(donation__event=event).order_by("number")
    assert list(issued.values_list("number", flat=True)) == [
        f"LL-{year}-{n:06d}" for n in range(1, 7)
    ]


@pytest.mark.django_db(transaction=True)
def test_six_receipts_at_once_leave_no_gap(stand_in: StandIn) -> None:
    race_for_numbers(stand_in)


@pytest.mark.django_db(transaction=True)
def test_numbering_is_one_step_or_six_receipts_share_a_number(
    stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def look_then_count(charity: int, year: int) -> list[tuple[int]]:
        rows = ReceiptSeries.objects.filter(charity=charity, year=year)
        series = rows.first()
        if series is None:
            return []
        time.sleep(WINDOW_SECONDS)
        rows.update(last_number=series.last_number + 1)
        return [(series.last_number + 1,)]

    monkeypatch.setattr(numbers, "_count_on", look_then_count)
    seen_to_fail(lambda: race_for_numbers(stand_in))
