"""What Stripe says is applied once, whoever brings it and however often."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from donations import receipts, settlement, stripe_gateway, transitions, truth
from donations.models import (
    Donation,
    DonationAttempt,
    LedgerEntry,
    Receipt,
    Reward,
)
from donations.stripe_gateway import Payment, Session, StripeUnavailable
from donations.truth import Truth
from events.models import Message
from losers_lounge.stand_in.server import StandIn
from tests.donations.factories import charged, make_donation, open_page, pay

State = Donation.State
NOW = timezone.now()


def paid(stand_in: StandIn, **fields: Any) -> Donation:
    donation = make_donation(**fields)
    pay(stand_in, donation)
    return settlement.settle(donation.pk)


@pytest.mark.django_db
def test_a_payment_is_booked_thanked_and_receipted(stand_in: StandIn) -> None:
    donation = paid(stand_in)

    assert donation.state == State.PAID and donation.settles
    entry = donation.entries.get()
    assert entry.event == donation.event
    assert entry.gross_cents == 100_000
    assert entry.net_cents == entry.gross_cents - entry.fee_cents
    assert donation.attempts.get().state == DonationAttempt.State.COMPLETED
    assert donation.receipts.get().amount_cents == 100_000
    assert donation.rewards.get().engraving == "Tina Fey"
    message = Message.objects.get(about=f"donation/{donation.pk}")
    assert message.recipient_email == "tina@guest.example"


@pytest.mark.django_db
def test_told_three_times_it_is_applied_once(stand_in: StandIn) -> None:
    donation = paid(stand_in)

    settlement.settle(donation.pk)
    settlement.confirm_return(donation.pk)

    assert LedgerEntry.objects.count() == 1
    assert Receipt.objects.count() == Reward.objects.count() == 1
    assert Message.objects.filter(kind="receipt").count() == 1


@pytest.mark.django_db
def test_an_open_page_is_not_a_payment(stand_in: StandIn) -> None:
    donation = make_donation()
    open_page(donation)

    donation = settlement.settle(donation.pk)

    assert donation.state == State.CHECKOUT_OPEN and not donation.settles


@pytest.mark.django_db
def test_a_declined_card_leaves_the_page_open(stand_in: StandIn) -> None:
    donation = make_donation()
    session_id = open_page(donation)
    stand_in.decline(session_id)

    assert settlement.settle(donation.pk).state == State.CHECKOUT_OPEN
    stand_in.pay(session_id)
    assert settlement.settle(donation.pk).state == State.PAID


@pytest.mark.django_db
def test_coming_back_while_stripe_is_down_changes_nothing(stand_in: StandIn) -> None:
    donation = make_donation()
    pay(stand_in, donation)
    stand_in.stop()

    assert settlement.confirm_return(donation.pk).state == State.CHECKOUT_OPEN
    with pytest.raises(StripeUnavailable):
        settlement.settle(donation.pk)

    stand_in.start()
    assert settlement.confirm_return(donation.pk).state == State.PAID


@pytest.mark.django_db
def test_a_refund_voids_the_receipt_and_stops_the_bottle(stand_in: StandIn) -> None:
    donation = paid(stand_in)
    stand_in.refund(donation.payment_intent_id)

    donation = settlement.settle(donation.pk)

    assert donation.state == State.REFUNDED and not donation.settles
    assert donation.refunded_cents == 100_000
    assert sum(donation.entries.values_list("gross_cents", flat=True)) == 0
    assert donation.receipts.get().is_void
    assert donation.rewards.get().state == Reward.State.STOPPED


@pytest.mark.django_db
def test_a_refund_in_part_is_acknowledged_by_another_receipt(
    stand_in: StandIn,
) -> None:
    donation = paid(stand_in)
    stand_in.refund(donation.payment_intent_id, 30_000)

    donation = settlement.settle(donation.pk)

    first, second = donation.receipts.order_by("pk")
    assert donation.state == State.PARTIALLY_REFUNDED
    assert first.is_void and not second.is_void
    assert second.replaces == first and second.amount_cents == 70_000
    assert Message.objects.filter(kind="receipt").count() == 2


@pytest.mark.django_db
def test_another_amount_is_for_a_person_to_look_at(stand_in: StandIn) -> None:
    donation = make_donation()
    pay(stand_in, donation)
    Donation.objects.filter(pk=donation.pk).update(amount_cents=200_000)

    donation = settlement.settle(donation.pk)

    assert donation.state == State.REVIEW and not donation.settles
    assert donation.entries.get().gross_cents == 100_000
    assert not Receipt.objects.exists() and not Reward.objects.exists()


@pytest.mark.django_db
def test_somebody_elses_payment_pays_nothing(stand_in: StandIn) -> None:
    mine, other = make_donation(), make_donation()
    session_id = pay(stand_in, other)
    intent = stripe_gateway.fetch_session(session_id, account="").payment_intent_id

    settlement.settle(mine.pk, session_id=session_id, payment_intent_id=intent)

    mine.refresh_from_db()
    assert mine.state == State.CREATED
    assert not mine.entries.exists()


@pytest.mark.django_db
def test_somebody_elses_page_closes_no_page_of_mine(stand_in: StandIn) -> None:
    mine = make_donation()
    page = open_page(mine)
    paid_by_another = pay(stand_in, make_donation())

    settlement.settle(mine.pk, session_id=paid_by_another)

    attempt = mine.attempts.get()
    assert (attempt.state, attempt.session_id) == (DonationAttempt.State.OPEN, page)


@pytest.mark.django_db
@pytest.mark.parametrize("state", [State.DISPUTED, State.REVIEW])
def test_a_question_that_is_open_leaves_the_receipt_valid(
    stand_in: StandIn, state: Donation.State
) -> None:
    donation = paid(stand_in)
    donation.state = state

    assert receipts.bring_up_to_date(donation, at=NOW) is None

    assert not donation.receipts.get().is_void


@pytest.mark.django_db
def test_an_older_answer_that_comes_later_is_not_applied(stand_in: StandIn) -> None:
    donation = paid(stand_in)
    early = truth.fetch(donation)
    stand_in.refund(donation.payment_intent_id)
    settlement.settle(donation.pk)

    settlement.apply(donation.pk, early, at=timezone.now())

    donation.refresh_from_db()
    assert donation.state == State.REFUNDED


CHARGED = charged(100_000, at=NOW)
LOST = replace(CHARGED, dispute="lost", lost_cents=100_000)
WAITING = replace(CHARGED, is_charged=False, status="requires_payment_method")
PAGE = Session("cs_1", "open", "https://x", "", "gift", 1, NOW + timedelta(hours=1))
CLOSED = replace(PAGE, status="expired")
DONE = replace(PAGE, status="complete")


@pytest.mark.parametrize(
    ("state", "payment", "sessions", "after"),
    [
        (State.CREATED, None, (), State.CREATED),
        (State.CREATED, None, (PAGE,), State.CHECKOUT_OPEN),
        (State.CHECKOUT_OPEN, None, (CLOSED,), State.EXPIRED),
        (State.EXPIRED, None, (PAGE, CLOSED), State.CHECKOUT_OPEN),
        (State.CHECKOUT_OPEN, WAITING, (PAGE,), State.CHECKOUT_OPEN),
        (
            State.CHECKOUT_OPEN,
            replace(WAITING, status="processing"),
            (),
            State.PROCESSING,
        ),
        (State.CHECKOUT_OPEN, replace(WAITING, status="canceled"), (), State.CANCELED),
        (State.CREATED, replace(WAITING, status="canceled"), (), State.CREATED),
        (State.CREATED, None, (CLOSED,), State.EXPIRED),
        (State.CHECKOUT_OPEN, WAITING, (DONE,), State.FAILED),
        (State.PROCESSING, WAITING, (), State.FAILED),
        (State.PROCESSING, CHARGED, (), State.PAID),
        (State.EXPIRED, CHARGED, (CLOSED,), State.PAID),
        (State.PAID, None, (CLOSED,), State.PAID),
        (State.PAID, WAITING, (PAGE,), State.PAID),
        (State.PAID, replace(CHARGED, dispute="open"), (), State.DISPUTED),
        (State.DISPUTED, replace(CHARGED, dispute="won"), (), State.PAID),
        (State.DISPUTED, LOST, (), State.CHARGED_BACK),
        (State.DISPUTED, replace(LOST, lost_cents=1), (), State.PARTIALLY_REFUNDED),
        (State.PAID, replace(LOST, refunded_cents=1), (), State.CHARGED_BACK),
        (State.PAID, replace(CHARGED, refunded_cents=100_000), (), State.REFUNDED),
        (State.PAID, replace(CHARGED, refunded_cents=1), (), State.PARTIALLY_REFUNDED),
        (State.REFUNDED, CHARGED, (), State.PAID),
        (State.PAID, replace(CHARGED, amount_cents=99_999), (), State.REVIEW),
        (State.PAID, replace(CHARGED, currency="eur"), (), State.REVIEW),
        (State.PAID, replace(CHARGED, livemode=True), (), State.REVIEW),
        (State.PAID, replace(CHARGED, reference="other"), (), State.REVIEW),
        (State.PAID, replace(CHARGED, payment_intent_id="pi_2"), (), State.REVIEW),
        (State.REVIEW, CHARGED, (), State.REVIEW),
    ],
)
def test_where_each_answer_leads(
    state: State,
    payment: Payment | None,
    sessions: tuple[Session, ...],
    after: State,
) -> None:
    donation = Donation(
        public_id="gift", amount_cents=100_000, currency="usd", state=state
    )
    if state in Donation.MONEY_MOVED:
        donation.payment_intent_id = "pi_1"

    assert transitions.next_state(donation, Truth(NOW, sessions, payment)) == after
