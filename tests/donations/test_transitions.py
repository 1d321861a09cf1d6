"""A donation moves by the table, and by nothing else: every pair of states."""

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest
from django.utils import timezone

from donations import checkout, settlement, transitions
from donations.models import Discrepancy, Donation, Receipt
from donations.stripe_gateway import Session
from donations.truth import Truth
from events.models import Activity, Member
from losers_lounge.stand_in.server import StandIn
from tests.donations.factories import charged, make_donation, open_page, pay
from tests.factories import make_member

State = Donation.State
NOW = timezone.now()
BEFORE_MONEY = (
    State.CREATED,
    State.CHECKOUT_OPEN,
    State.PROCESSING,
    State.EXPIRED,
    State.CANCELED,
    State.FAILED,
)
CHARGED = charged(1000, at=NOW)
PAYMENTS = [
    None,
    CHARGED,
    *(replace(CHARGED, refunded_cents=cents) for cents in (1, 1000, 1001)),
    *(replace(CHARGED, dispute=word) for word in ("open", "won", "lost", "new")),
    replace(CHARGED, dispute="lost", lost_cents=1000),
    replace(CHARGED, amount_cents=999),
    replace(CHARGED, livemode=True),
    *(
        replace(CHARGED, is_charged=False, status=status)
        for status in (
            "processing",
            "requires_payment_method",
            "requires_action",
            "canceled",
            "a_word_of_tomorrow",
        )
    ),
]
PAGES = [
    (),
    *(
        (Session("cs_1", status, "", "", "gift", 1, NOW + timedelta(hours=1)),)
        for status in ("open", "complete", "expired", "a_word_of_tomorrow")
    ),
]


def reached(before: State) -> set[State]:
    """Everywhere that any answer of Stripe leads from here."""
    donation = Donation(
        public_id="gift", amount_cents=1000, currency="usd", state=before
    )
    if before in Donation.MONEY_MOVED:
        donation.payment_intent_id = "pi_1"
    return {
        transitions.next_state(donation, Truth(NOW, pages, payment))
        for payment, pages in product(PAYMENTS, PAGES)
    }


def test_the_table_knows_every_state() -> None:
    assert transitions.ALLOWED.keys() == set(State)


@pytest.mark.parametrize(("before", "after"), list(product(State, State)))
def test_no_answer_moves_a_donation_beside_the_table(
    before: State, after: State
) -> None:
    is_allowed = after == before or after in transitions.ALLOWED[before]

    assert is_allowed or after not in reached(before)
    if before in Donation.MONEY_MOVED:
        assert after not in BEFORE_MONEY or not is_allowed


@pytest.mark.parametrize("before", list(State))
def test_wherever_it_is_money_that_is_there_is_heard(before: State) -> None:
    expected = {State.REVIEW} if before == State.REVIEW else set()
    wanted = {State.PAID, State.REFUNDED, State.CHARGED_BACK, State.REVIEW}

    assert reached(before) >= (expected or wanted)


def test_a_move_that_the_table_lacks_is_not_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(transitions.ALLOWED, State.CREATED, frozenset())

    assert reached(State.CREATED) == {State.CREATED}


@pytest.mark.django_db
def test_money_that_comes_late_is_kept(stand_in: StandIn) -> None:
    donation = make_donation()
    open_page(donation)
    donation.attempts.update(state="expired")
    Donation.objects.filter(pk=donation.pk).update(state=State.EXPIRED)
    stand_in.pay(donation.attempts.get().session_id)
    intent = stand_in_intent(donation)

    settled = settlement.settle(donation.pk, payment_intent_id=intent)

    assert settled.state == State.PAID and settled.payment_intent_id == intent


@pytest.mark.django_db
def test_a_donation_whose_two_pages_were_paid_keeps_both_for_a_person(
    stand_in: StandIn,
) -> None:
    donation = make_donation()
    first = open_page(donation)
    donation.attempts.update(state="expired")
    second = open_page(donation)
    for page in (first, second):
        stand_in.pay(page)
    intents = [stand_in_intent(donation, page) for page in (first, second)]

    for intent in (*intents, *intents):
        settlement.settle(donation.pk, payment_intent_id=intent)

    donation.refresh_from_db()
    assert donation.state == State.PAID
    assert donation.entries.count() == 2
    assert Receipt.objects.get(donation=donation, void_at=None).amount_cents == (
        donation.amount_cents
    )
    twice = Discrepancy.objects.get(kind=Discrepancy.Kind.CHARGED_TWICE)
    assert (twice.subject, twice.cents) == (donation.public_id, 100_000)


@pytest.mark.django_db
@pytest.mark.parametrize(("pays", "ends"), [(True, State.PAID), (False, State.FAILED)])
def test_a_bank_that_answers_when_nobody_listens_is_heard_by_the_sweep(
    stand_in: StandIn, pays: bool, ends: State
) -> None:
    donation = make_donation()
    page = open_page(donation)
    stand_in.debit(page)
    # The page's end was stored, and the process died before it was understood.
    donation.attempts.update(state="completed")

    checkout.sweep(NOW + timedelta(hours=1))
    donation.refresh_from_db()
    assert donation.state == State.PROCESSING and not donation.settles
    stand_in.bank_answers(page, pays=pays)
    checkout.sweep(timezone.now() + timedelta(hours=1))

    donation.refresh_from_db()
    assert donation.state == ends
    assert donation.is_payable == (not pays)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "parts"),
    [(150_000, [100_000]), (60_000, [60_000, 40_000])],
)
def test_a_person_leads_a_donation_out_of_review(
    stand_in: StandIn, asked: int, parts: list[int]
) -> None:
    donation = make_donation()
    pay(stand_in, donation)
    Donation.objects.filter(pk=donation.pk).update(amount_cents=asked)
    donation.parts.update(amount_cents=asked)
    assert settlement.settle(donation.pk).state == State.REVIEW
    treasurer = make_member(donation.event, Member.Role.FINANCE).user

    resolved = settlement.resolve_review(
        donation.pk, treasurer, "Agreed on the phone", timezone.now()
    )

    assert resolved.state == State.PAID and resolved.amount_cents == 100_000
    assert list(donation.parts.values_list("amount_cents", flat=True)) == parts
    line = Activity.objects.get(about=f"donation/{donation.pk}", actor=treasurer)
    assert "Agreed on the phone" in line.object_name
    assert settlement.settle(donation.pk).state == State.PAID


@pytest.mark.django_db
def test_money_of_another_currency_stays_in_review(stand_in: StandIn) -> None:
    donation = make_donation()
    pay(stand_in, donation)
    Donation.objects.filter(pk=donation.pk).update(currency="eur")
    settlement.settle(donation.pk)
    treasurer = make_member(donation.event, Member.Role.FINANCE).user

    kept = settlement.resolve_review(donation.pk, treasurer, "Looked", timezone.now())

    assert kept.state == State.REVIEW
    assert Activity.objects.filter(actor=treasurer).exists()


def stand_in_intent(donation: Donation, session_id: str = "") -> str:
    session_id = session_id or donation.attempts.get().session_id
    session = settlement.truth.stripe_gateway.fetch_session(session_id, account="")
    return session.payment_intent_id
