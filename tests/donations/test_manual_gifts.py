"""Cash and cheques count when two people have seen them, and never as Stripe's."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from donations import checkout, manual_gifts, settlement, totals
from donations.donor import Donor
from donations.manual_gifts import Taken
from donations.models import Donation, LedgerEntry, ManualGift, Reward
from events.models import Event, User
from tests.donations.bottles import picture
from tests.factories import make_event, make_user
from tests.racing import at_the_same_moment, seen_to_fail_without_lock

NOW = timezone.now()
State = Donation.State


def take_cash(event: Event, by: User, cents: int = 100_000, **said: Any) -> ManualGift:
    taken = Taken(kind="cash", photo=picture(), **{"nonce": "press", **said})
    part = checkout.Part("Tina Fey", Donation.Purpose.ADMISSION, cents)
    donor = Donor("Tina Fey", "tina@guest.example")
    return manual_gifts.enter(event, donor, [part], taken, by=by, at=NOW)


@pytest.mark.django_db
def test_cash_counts_from_the_second_name_on_and_apart_from_stripe() -> None:
    event, first, second = make_event(), make_user(), make_user()
    later = NOW + timedelta(minutes=5)

    gift = take_cash(event, first)
    assert take_cash(event, first).pk == gift.pk, "one press, one gift"
    assert settlement.settle(gift.donation_id).state == State.PROCESSING
    assert checkout.sweep(NOW + timedelta(hours=1)) == 0, "Stripe has nothing to tell"
    assert "second" in gift.donation.get_state_display()
    assert not LedgerEntry.objects.exists()
    with pytest.raises(manual_gifts.SamePerson):
        manual_gifts.sign(gift.pk, by=first, at=later)

    manual_gifts.sign(gift.pk, by=second, at=later)
    manual_gifts.sign(gift.pk, by=make_user(), at=later)

    gift.refresh_from_db()
    assert gift.confirmed_by == second
    donation = Donation.objects.get()
    assert (donation.state, donation.paid_at) == (State.PAID, NOW)
    entry = LedgerEntry.objects.get()
    assert entry.balance_transaction_id == f"manual_{donation.public_id}"
    assert (entry.source, entry.net_cents, entry.fee_cents) == ("manual", 100_000, 0)
    total = totals.for_event(event, later)
    assert (total.raised_cents, total.manual_cents) == (0, 100_000)
    assert not Donation.objects.for_account(donation.stripe_account).exists()
    assert donation.receipts.get().amount_cents == 100_000
    assert donation.rewards.get().state == Reward.State.REQUESTED
    # Each line of the log is told and forgotten with whom it names.
    lines = event.activities.values_list("about", flat=True)
    assert set(lines) == {f"donation/{donation.pk}"} and len(lines) == 2


@pytest.mark.django_db
def test_a_gift_taken_back_is_a_second_entry_and_a_void_receipt() -> None:
    event, by = make_event(), make_user()
    gift = take_cash(event, by)
    second = make_user()
    manual_gifts.sign(gift.pk, by=second, at=NOW)
    with pytest.raises(manual_gifts.SamePerson):
        manual_gifts.void(gift.pk, "There was none", by=by, at=NOW)
    assert totals.for_event(event, NOW).manual_cents == 100_000
    for _twice in range(2):
        manual_gifts.void(gift.pk, "Counted twice", by=second, at=NOW)

    assert totals.for_event(event, NOW).manual_cents == 0
    rows = LedgerEntry.objects.order_by("pk").values_list("gross_cents", flat=True)
    assert list(rows) == [100_000, -100_000]
    donation = Donation.objects.get()
    assert donation.state == State.REFUNDED
    assert donation.receipts.get().is_void
    assert donation.rewards.get().state == Reward.State.STOPPED

    early = take_cash(event, by, nonce="another")
    manual_gifts.void(early.pk, "It was a banner", by=by, at=NOW)
    assert LedgerEntry.objects.count() == 2
    with pytest.raises(manual_gifts.IsVoid):
        manual_gifts.sign(early.pk, by=make_user(), at=NOW)


def race() -> None:
    """Four people sign, while four others take it back."""
    event = make_event()
    gift = take_cash(event, make_user(), nonce=event.slug)
    people = [make_user() for _number in range(8)]

    def act(number: int) -> object:
        if number % 2:
            return manual_gifts.void(gift.pk, "Oops", by=people[number], at=NOW)
        return manual_gifts.sign(gift.pk, by=people[number], at=NOW)

    at_the_same_moment(8, act)

    donation = Donation.objects.get(event=event)
    booked = sum(row.gross_cents for row in donation.entries.all())
    assert booked == 0, "taken back in the end"
    assert donation.state in (State.CANCELED, State.REFUNDED)
    assert donation.entries.count() == (2 if donation.state == State.REFUNDED else 0)


@pytest.mark.django_db(transaction=True)
def test_signed_and_taken_back_at_once_is_one_of_both() -> None:
    race()


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_money_would_be_left_over() -> None:
    seen_to_fail_without_lock(race)
