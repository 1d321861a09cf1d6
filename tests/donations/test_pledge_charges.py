"""A saved card is charged once, whatever happens to the answers."""

from datetime import timedelta
from unittest.mock import patch

import pytest
from django.utils import timezone

from donations import checkout, pledges, settlement
from donations.models import Donation, DonationAttempt, Pledge
from donations.pledges import NotChargeable, charging
from donations.stripe_gateway import StripeUnavailable, client
from losers_lounge.stand_in.faults import Fault
from losers_lounge.stand_in.server import StandIn
from tests import racing
from tests.donations.factories import RETURN_URL, make_donation
from tests.donations.pledging import (
    charge,
    charges,
    donation_of,
    kept,
    save_card,
    saved,
)

pytestmark = pytest.mark.django_db(transaction=True)
State = Pledge.State
LATER = charging.IN_FLIGHT + timedelta(minutes=1)
# Seconds that Stripe's client waits at most between two tries (its MAX_DELAY, which
# tests shorten).
BETWEEN_CALLS = 5
DAY = timedelta(hours=24)


def test_a_win_charges_the_card_once_and_the_card_is_forgotten(
    stand_in: StandIn,
) -> None:
    pledge = charge(saved(stand_in))

    donation = donation_of(pledge)
    assert (pledge.state, donation.state) == (State.PAID, Donation.State.PAID)
    (attempt,) = donation.attempts.all()
    assert attempt.kind == DonationAttempt.Kind.OFF_SESSION
    assert attempt.state == DonationAttempt.State.COMPLETED
    (taken,) = charges(stand_in)
    assert taken["metadata"]["pledge_id"] == pledge.public_id
    with pytest.raises(NotChargeable):
        charge(pledge)

    assert kept(stand_in, pledge)
    pledges.forget_owed(timezone.now())
    assert not kept(stand_in, pledge)
    assert pledges.pledged(pledge.event) == (0, 0)


def test_a_charge_begun_at_the_last_moment_is_over_before_it_is_given_up() -> None:
    calls = 2  # what a backup forgot is asked for first
    call = sum(client.TIMEOUT_SECONDS) * (client.RETRIES + 1)
    call += BETWEEN_CALLS * client.RETRIES
    longest = charging.LATEST_START + timedelta(seconds=calls * call)
    assert longest < charging.IN_FLIGHT


def test_a_bank_that_asks_for_its_customer_leads_to_a_page_for_the_same_donation(
    stand_in: StandIn,
) -> None:
    pledge = charge(saved(stand_in, "authenticate"))

    assert (pledge.state, pledge.tries) == (State.NEEDS_ACTION, 1)
    donation = donation_of(pledge)
    attempt = donation.attempts.get()
    assert attempt.decline_code == "authentication_required"
    intent = stand_in._store.get("", "payment_intent", attempt.payment_intent_id)
    assert intent["status"] == "canceled", "it can never be paid beside the page"

    url = checkout.open_checkout(
        donation.pk, success_url=RETURN_URL, cancel_url=RETURN_URL, at=timezone.now()
    )
    stand_in.pay(url.rsplit("/", 1)[1])
    settlement.confirm_return(donation.pk)

    pledge.refresh_from_db()
    donation.refresh_from_db()
    assert (pledge.state, donation.state) == (State.PAID, Donation.State.PAID)
    assert len(charges(stand_in)) == 1


@pytest.mark.parametrize("choice", ["decline", "expired"])
def test_a_refused_card_is_tried_three_times_a_day_apart_and_never_again(
    stand_in: StandIn, choice: str
) -> None:
    pledge, at = saved(stand_in, choice), timezone.now()
    for number in (1, 2, 3):
        pledge = charge(pledge, at)
        assert (pledge.state, pledge.tries) == (State.DECLINED, number)
        with pytest.raises(NotChargeable):
            charge(pledge, at + DAY - timedelta(seconds=1))
        at += DAY
    with pytest.raises(NotChargeable):
        charge(pledge, at + DAY)
    assert charges(stand_in) == []


def test_another_card_takes_the_refused_one_s_place(stand_in: StandIn) -> None:
    pledge, at = saved(stand_in, "decline"), timezone.now()
    pledge = charge(pledge, at)
    refused = Pledge.objects.get(pk=pledge.pk)

    pledge = save_card(stand_in, pledge)

    assert (pledge.state, pledge.card_last4) == (State.CARD_SAVED, "4242")
    assert not kept(stand_in, refused)
    assert charge(pledge, at + DAY).state == State.PAID


def test_a_card_that_is_gone_is_no_try_and_another_is_asked_for(
    stand_in: StandIn,
) -> None:
    pledge = saved(stand_in)
    stand_in.forget_card(pledge.payment_method_id)

    pledge = charge(pledge)

    assert (pledge.state, pledge.tries) == (State.DECLINED, 0)
    assert donation_of(pledge).attempts.get().decline_code == "card_gone"
    assert charge(save_card(stand_in, pledge)).state == State.PAID


@pytest.mark.parametrize(
    "fault",
    [
        Fault.DROP_AFTER,
        Fault.TRUNCATE_AFTER,
        Fault.ERROR_500,
        Fault.ERROR_500_AFTER,
        Fault.HTML_502,
        Fault.RATE_LIMIT,
        Fault.DROP_BEFORE,
    ],
)
@pytest.mark.parametrize("count", [1, 9])
def test_whatever_happens_to_the_answer_the_card_is_charged_once(
    stand_in: StandIn, fault: Fault, count: int
) -> None:
    pledge, at = saved(stand_in), timezone.now()
    stand_in.fail(fault, path="/v1/payment_intents", method="POST", count=count)
    pledge = charge(pledge, at)
    stand_in.clear_faults()

    if pledge.state == State.CHARGING:
        pledges.sweep(at + LATER)
        pledge.refresh_from_db()
    if pledge.state == State.CARD_SAVED:  # it never reached Stripe
        assert charges(stand_in) == []
        pledge = charge(pledge, at)

    assert pledge.state == State.PAID
    assert len(charges(stand_in)) == 1
    assert not DonationAttempt.objects.live().exists()


@pytest.mark.parametrize("choice", ["authenticate", "decline"])
def test_a_refusal_whose_answer_is_lost_is_looked_up(
    stand_in: StandIn, choice: str
) -> None:
    pledge, at = saved(stand_in, choice), timezone.now()
    stand_in.fail(Fault.DROP_AFTER, path="/v1/payment_intents", count=9)
    pledge = charge(pledge, at)
    assert pledge.state == State.CHARGING
    stand_in.clear_faults()

    pledges.sweep(at + LATER)

    pledge.refresh_from_db()
    wanted = State.NEEDS_ACTION if choice == "authenticate" else State.DECLINED
    assert (pledge.state, pledge.tries) == (wanted, 1)
    with stand_in._store.transaction():
        (intent,) = stand_in._store.rows("", "payment_intent")
    assert intent["status"] == "canceled"


def test_a_worker_killed_between_commit_and_call_costs_a_sweep(
    stand_in: StandIn,
) -> None:
    pledge, at = saved(stand_in), timezone.now()
    pledges.claim(pledge.pk, make_donation(pledge.event).pk, at)

    assert pledges.sweep(at) == 0, "it may still be on its way"
    pledges.sweep(at + LATER)

    pledge.refresh_from_db()
    assert (pledge.state, pledge.tries) == (State.CARD_SAVED, 0)
    assert charge(pledge).state == State.PAID
    assert len(charges(stand_in)) == 1


def test_a_late_worker_charges_nothing(stand_in: StandIn) -> None:
    pledge, at = saved(stand_in), timezone.now() - LATER
    attempt = pledges.claim(pledge.pk, make_donation(pledge.event).pk, at)

    assert pledges.charge(attempt.pk, at).state == State.CHARGING
    assert charges(stand_in) == []


def test_a_status_that_does_not_exist_yet_is_looked_up_again(
    stand_in: StandIn,
) -> None:
    pledge, at = saved(stand_in), timezone.now()
    attempt = pledges.claim(pledge.pk, make_donation(pledge.event).pk, at)
    new_word = charging.TriedCharge("pi_new", "pondering", "")
    with patch.object(charging.stripe_gateway, "charge_card", return_value=new_word):
        pledge = pledges.charge(attempt.pk, at)

    assert pledge.state == State.CHARGING
    attempt.refresh_from_db()
    assert attempt.state == DonationAttempt.State.UNKNOWN


def test_eight_presses_charge_one_card_once(stand_in: StandIn) -> None:
    def race() -> None:
        pledge, before = saved(stand_in), len(charges(stand_in))
        donations = [make_donation(pledge.event) for _ in range(4)]

        def press(number: int) -> None:
            attempt = pledges.claim(pledge.pk, donations[number].pk, timezone.now())
            pledges.charge(attempt.pk, timezone.now())

        racing.at_the_same_moment(4, press)
        assert len(charges(stand_in)) == before + 1

    race()
    racing.seen_to_fail_without_lock(race, Pledge)


def test_more_than_was_pledged_and_an_open_page_are_not_charged(
    stand_in: StandIn,
) -> None:
    pledge, at = saved(stand_in), timezone.now()
    too_much = make_donation(pledge.event, amount_cents=100_001)
    with pytest.raises(NotChargeable):
        pledges.claim(pledge.pk, too_much.pk, at)
    other = make_donation(pledge.event)
    checkout.open_checkout(
        other.pk, success_url=RETURN_URL, cancel_url=RETURN_URL, at=at
    )
    with pytest.raises(NotChargeable):
        pledges.claim(pledge.pk, other.pk, at)
    with pytest.raises(NotChargeable):
        pledges.claim(pledge.pk, make_donation(pledge.event).pk, pledge.last_charge_at)
    # And while the card is being charged, no page opens for the same money.
    donation = make_donation(pledge.event)
    pledges.claim(pledge.pk, donation.pk, at)
    with pytest.raises(checkout.CheckoutUnavailable):
        checkout.open_checkout(
            donation.pk, success_url=RETURN_URL, cancel_url=RETURN_URL, at=at
        )


def test_stripe_s_trouble_with_the_question_is_not_the_donor_s(
    stand_in: StandIn,
) -> None:
    pledge = saved(stand_in)
    Pledge.objects.filter(pk=pledge.pk).update(customer_id="cus_mistaken")

    pledge = charge(pledge)

    assert (pledge.state, pledge.tries) == (State.CARD_SAVED, 0)
    with pytest.raises(NotChargeable):
        charge(pledge)


def test_a_settlement_that_finds_no_answer_is_made_good_by_the_sweep(
    stand_in: StandIn,
) -> None:
    pledge, at = saved(stand_in), timezone.now()
    with patch.object(
        charging.settlement, "settle", side_effect=StripeUnavailable("no answer")
    ):
        pledge = charge(pledge, at)
    assert pledge.state == State.CHARGING

    pledges.sweep(at + LATER)

    pledge.refresh_from_db()
    assert pledge.state == State.PAID
    assert len(charges(stand_in)) == 1
