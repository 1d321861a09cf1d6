"""One press or many: one donation for what a winner owes."""

import pytest
from django.db import transaction

from donations import checkout
from donations.models import Donation
from events.models import Event
from guests import obligations, payments
from guests.models import Guest
from tests.factories import (
    make_category,
    make_event,
    make_nomination,
    make_nominee,
)
from tests.guests.factories import make_guest
from tests.guests.people import AT
from tests.racing import at_the_same_moment, seen_to_fail_without_lock


def make_winner(event: Event | None = None, wins: int = 1, **fields: object) -> Guest:
    """Somebody who has won and owes for it."""
    event = event or make_event()
    nominee = make_nominee(event)
    for _ in range(wins):
        category = make_category(event, state="official", official_at=AT)
        make_nomination(category, nominee, outcome="won")
    guest = make_guest(event, nominee=nominee, **fields)
    with transaction.atomic():
        obligations.bring_up_to_date(event, AT, {nominee.pk})
    return guest


def set_state(donation: Donation, state: Donation.State) -> None:
    donation.state = state
    donation.paid_at = AT if state in Donation.MONEY_MOVED else None
    donation.save()


@pytest.mark.django_db
def test_a_winner_has_one_donation_for_all_they_owe() -> None:
    guest = make_winner(make_event(charge_per="win"), wins=2, name="Tina Fey")
    donation = payments.donation_for(guest.pk)
    assert donation.amount_cents == 200_000
    assert donation.donor_name == "Tina Fey"
    assert donation.donor_email == guest.invitation.contact.email
    assert donation.purpose == Donation.Purpose.ADMISSION
    assert [row.amount_cents for row in donation.settlements.all()] == [100_000] * 2


@pytest.mark.django_db
def test_a_second_press_finds_the_same_donation() -> None:
    guest = make_winner()
    assert payments.donation_for(guest.pk) == payments.donation_for(guest.pk)
    assert Donation.objects.count() == 1


@pytest.mark.django_db
def test_who_lost_owes_nothing() -> None:
    guest = make_guest()
    with pytest.raises(payments.NothingOwed):
        payments.donation_for(guest.pk)
    assert not Donation.objects.exists()


@pytest.mark.django_db
def test_who_has_paid_owes_nothing() -> None:
    guest = make_winner()
    set_state(payments.donation_for(guest.pk), Donation.State.PAID)
    with pytest.raises(payments.NothingOwed):
        payments.donation_for(guest.pk)


@pytest.mark.django_db
def test_while_the_bank_works_nobody_is_asked_again() -> None:
    guest = make_winner()
    set_state(payments.donation_for(guest.pk), Donation.State.PROCESSING)
    with pytest.raises(payments.PaymentPending):
        payments.donation_for(guest.pk)


@pytest.mark.django_db
def test_after_a_refund_a_new_donation_is_asked_for() -> None:
    guest = make_winner()
    first = payments.donation_for(guest.pk)
    set_state(first, Donation.State.REFUNDED)
    second = payments.donation_for(guest.pk)
    assert second != first
    assert second.amount_cents == 100_000


@pytest.mark.django_db
def test_another_win_is_asked_for_without_what_is_paid() -> None:
    event = make_event(charge_per="win")
    guest = make_winner(event)
    set_state(payments.donation_for(guest.pk), Donation.State.PAID)
    category = make_category(event, state="official", official_at=AT)
    make_nomination(category, guest.nominee, outcome="won")
    obligations.bring_up_to_date(event, AT, {guest.nominee_id})
    assert payments.donation_for(guest.pk).amount_cents == 100_000


def correct_and_win_again(guest: Guest) -> None:
    """The win was a wrong envelope's, and then it was theirs after all."""
    for outcome in ("lost", "won"):
        guest.nominee.nominations.update(outcome=outcome)
        obligations.bring_up_to_date(guest.event, AT, {guest.nominee_id})


@pytest.mark.django_db
def test_a_page_that_is_open_across_a_correction_is_found_again() -> None:
    guest = make_winner()
    first = payments.donation_for(guest.pk)
    set_state(first, Donation.State.CHECKOUT_OPEN)
    correct_and_win_again(guest)
    assert payments.donation_for(guest.pk) == first


def ask_stripe(donation: Donation) -> None:
    """The press is on its way to Stripe: what it wants is committed, no more."""
    checkout.claim(donation.pk, "http://testserver/", "http://testserver/", AT)


@pytest.mark.django_db
def test_so_is_one_that_is_just_being_opened() -> None:
    guest = make_winner()
    first = payments.donation_for(guest.pk)
    ask_stripe(first)
    correct_and_win_again(guest)
    assert payments.donation_for(guest.pk) == first


@pytest.mark.django_db
def test_money_that_is_free_again_does_not_pay_what_a_page_opens_for() -> None:
    event = make_event(charge_per="win")
    guest = make_winner(event)
    set_state(payments.donation_for(guest.pk), Donation.State.PAID)
    category = make_category(event, state="official", official_at=AT)
    second = make_nomination(category, guest.nominee, outcome="won")
    obligations.bring_up_to_date(event, AT, {guest.nominee_id})
    page = payments.donation_for(guest.pk)
    ask_stripe(page)

    guest.nominee.nominations.exclude(pk=second.pk).update(outcome="lost")
    obligations.bring_up_to_date(event, AT, {guest.nominee_id})
    set_state(page, Donation.State.PAID)

    [owed] = guest.obligations.due().with_paid_cents()
    assert owed.paid_cents == owed.amount_cents


@pytest.mark.django_db
def test_a_page_for_two_wins_is_not_the_one_for_the_win_that_is_left() -> None:
    event = make_event(charge_per="win")
    guest = make_winner(event, wins=2)
    both = payments.donation_for(guest.pk)
    set_state(both, Donation.State.CHECKOUT_OPEN)
    guest.nominee.nominations.filter(category=event.categories.first()).update(
        outcome="lost"
    )
    obligations.bring_up_to_date(event, AT, {guest.nominee_id})
    left = payments.donation_for(guest.pk)
    assert (left.amount_cents, left != both) == (100_000, True)


def two_tabs_race() -> None:
    guest = make_winner()
    found = at_the_same_moment(4, lambda _: payments.donation_for(guest.pk))
    assert len({donation.pk for donation in found}) == 1
    assert Donation.objects.filter(event=guest.event).count() == 1


@pytest.mark.django_db(transaction=True)
def test_presses_at_once_make_one_donation_by_the_lock_on_the_guest() -> None:
    two_tabs_race()
    seen_to_fail_without_lock(two_tabs_race, Guest)
