"""Many bring Stripe's word at the same moment; each race fails without its lock."""

import time

import pytest
from django.utils import timezone

from donations import settlement, truth
from donations.models import Donation, Receipt, ReceiptSeries
from events.models import Message
from losers_lounge.stand_in.server import StandIn
from tests.donations.factories import make_donation, pay
from tests.factories import make_event
from tests.racing import WINDOW_SECONDS, at_the_same_moment, seen_to_fail_without_lock

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
    numbers = Receipt.objects.filter(donation__event=event).order_by("number")
    assert list(numbers.values_list("number", flat=True)) == [
        f"LL-{year}-{n:06d}" for n in range(1, 7)
    ]


@pytest.mark.django_db(transaction=True)
def test_six_receipts_at_once_leave_no_gap(stand_in: StandIn) -> None:
    race_for_numbers(stand_in)


@pytest.mark.django_db(transaction=True)
def test_numbering_needs_the_lock(stand_in: StandIn) -> None:
    def race() -> None:
        race_for_numbers(stand_in)

    seen_to_fail_without_lock(race, ReceiptSeries)
