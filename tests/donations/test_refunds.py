"""Money goes back once, within what is left, whoever asks and whatever breaks."""

from datetime import timedelta
from itertools import count

import pytest
from django.utils import timezone

from donations import reconciliation, refunds, settlement, webhooks
from donations.models import Discrepancy, Donation, Refund
from donations.stripe_gateway import StripeUnavailable
from events.models import User
from losers_lounge.stand_in.faults import Fault
from losers_lounge.stand_in.server import StandIn
from tests.donations.factories import make_donation, pay
from tests.factories import make_event, make_user
from tests.racing import at_the_same_moment, seen_to_fail_without_lock

pytestmark = pytest.mark.django_db(transaction=True)
State = Refund.State
nonces = count()


def paid(stand_in: StandIn) -> Donation:
    donation = make_donation(make_event())
    pay(stand_in, donation)
    return settlement.settle(donation.pk)


def ask(donation: Donation, cents: int, by: User, nonce: str = "") -> Refund:
    nonce = nonce or f"n{next(nonces)}"
    return refunds.request(
        donation.pk, cents, "why", by=by, nonce=nonce, at=timezone.now()
    )


def test_two_people_at_once_give_back_no_more_than_there_is(stand_in: StandIn) -> None:
    def race() -> None:
        donation, by = paid(stand_in), make_user()
        outcomes = at_the_same_moment(
            2, lambda number: ask(donation, 60_000, by, f"{donation.pk}-{number}")
        )
        assert sum(isinstance(o, Refund) for o in outcomes) == 1, outcomes
        assert sum(isinstance(o, refunds.RefundRefused) for o in outcomes) == 1

    race()
    seen_to_fail_without_lock(race, Donation)


def test_the_log_names_the_donor_and_forgets_the_name_with_the_donation(
    stand_in: StandIn,
) -> None:
    donation, by = paid(stand_in), make_user()
    ask(donation, 40_000, by)
    line = donation.event.activities.latest("pk")
    assert line.object_name == f"{donation.donor_name}, $400.00"
    assert line.about == f"donation/{donation.pk}", "what an erasure looks for"


def test_one_press_of_many_is_one_refund_at_stripe(stand_in: StandIn) -> None:
    donation, by = paid(stand_in), make_user()
    asked = at_the_same_moment(4, lambda _: ask(donation, 40_000, by, "same"))
    refund = Refund.objects.get()
    at_the_same_moment(4, lambda _: refunds.carry_out(refund.pk, timezone.now()))
    refunds.sweep(timezone.now() + timedelta(minutes=5))

    donation.refresh_from_db()
    refund.refresh_from_db()
    assert {row.pk for row in asked} == {refund.pk}
    assert (refund.state, donation.refunded_cents) == (State.SUCCEEDED, 40_000)
    assert donation.entries.filter(kind="refund").count() == 1


@pytest.mark.parametrize(
    "fault",
    [
        Fault.ERROR_500,
        Fault.ERROR_500_AFTER,
        Fault.DROP_BEFORE,
        Fault.DROP_AFTER,
        Fault.TRUNCATE_AFTER,
        Fault.RATE_LIMIT,
        Fault.HTML_502,
    ],
)
def test_whatever_breaks_the_money_goes_back_once(
    stand_in: StandIn, fault: Fault
) -> None:
    donation, by = paid(stand_in), make_user()
    refund = ask(donation, 40_000, by)
    stand_in.fail(fault, path="/v1/refunds", method="POST", count=3)
    first = refunds.carry_out(refund.pk, timezone.now())
    stand_in.clear_faults()
    # A day later, when Stripe has forgotten the key.
    refunds.sweep(timezone.now() + timedelta(days=1))

    refund.refresh_from_db()
    donation.refresh_from_db()
    assert first.state in (*Refund.OWED, State.SUCCEEDED)
    assert refund.state == State.SUCCEEDED
    assert (donation.state, donation.refunded_cents) == ("partially_refunded", 40_000)
    assert reconciliation.reconcile("", at=timezone.now()).verdict == "matched"


def test_a_worker_that_died_after_the_call_leaves_one_refund(
    stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    donation, by = paid(stand_in), make_user()
    refund = ask(donation, 40_000, by)
    gateway = refunds.carrying_out.stripe_gateway
    give_back = gateway.give_back

    def die_after(*args: object, **options: object) -> object:
        give_back(*args, **options)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(gateway, "give_back", die_after)
        with pytest.raises(KeyboardInterrupt):
            refunds.carry_out(refund.pk, timezone.now())
    refunds.sweep(timezone.now() + timedelta(days=2))

    refund.refresh_from_db()
    donation.refresh_from_db()
    assert (refund.state, donation.refunded_cents) == (State.SUCCEEDED, 40_000)
    assert Refund.objects.count() == 1


def test_a_refund_in_stripes_dashboard_is_shown_and_asked_about(
    stand_in: StandIn,
) -> None:
    donation = paid(stand_in)
    stand_in.refund(donation.payment_intent_id, 10_000)
    # No webhook came: the events are read again.
    webhooks.catch_up(timezone.now())
    webhooks.process_owed(timezone.now())
    refunds.sweep(timezone.now())
    refunds.sweep(timezone.now())

    refund = Refund.objects.get()
    assert (refund.origin, refund.state) == (Refund.Origin.STRIPE, State.SUCCEEDED)
    found = Discrepancy.objects.get(kind="refunded_outside")
    assert (found.subject, found.cents) == (refund.refund_id, -10_000)
    donation.refresh_from_db()
    assert donation.kept_cents == 90_000
    assert donation.receipts.valid().get().amount_cents == 90_000


@pytest.mark.parametrize("fate", ["pending", "waiting"])
@pytest.mark.parametrize("end", ["succeeded", "failed", "canceled", "brand_new"])
def test_a_refund_on_its_way_arrives_or_comes_back(
    stand_in: StandIn, fate: str, end: str
) -> None:
    donation, by = paid(stand_in), make_user()
    stand_in.issuer.hold_refunds(donation.payment_intent_id, fate)
    refund = refunds.carry_out(ask(donation, 40_000, by).pk, timezone.now())
    donation.refresh_from_db()
    left_meanwhile = refunds.left_cents(donation)
    stand_in.issuer.end_refund(refund.refund_id, end)
    settlement.settle(donation.pk)

    donation.refresh_from_db()
    refund.refresh_from_db()
    is_back = end in ("failed", "canceled")
    is_gone = not is_back and (end == "succeeded" or fate == "pending")
    assert left_meanwhile == 60_000
    assert donation.refunded_cents == (40_000 if is_gone else 0)
    assert refund.state == {
        "succeeded": State.SUCCEEDED,
        "failed": State.FAILED,
        "canceled": State.FAILED,
    }.get(end, State.PENDING)
    assert refund.needs_a_look == is_back
    assert sum(e.gross_cents for e in donation.entries.all()) == donation.kept_cents
    assert refunds.left_cents(donation) == (100_000 if is_back else 60_000)


def test_stripes_no_is_final_and_the_money_stays(stand_in: StandIn) -> None:
    donation, by = paid(stand_in), make_user()
    refund = ask(donation, 40_000, by)
    # Somebody was quicker in Stripe's dashboard.
    stand_in.refund(donation.payment_intent_id)
    refunds.carry_out(refund.pk, timezone.now())
    again = refunds.carry_out(refund.pk, timezone.now())

    donation.refresh_from_db()
    assert again.state == State.REFUSED and again.needs_a_look
    assert (donation.state, donation.refunded_cents) == ("refunded", 100_000)
    with pytest.raises(refunds.RefundRefused):
        ask(donation, 1, by)


def test_what_cannot_go_back_is_refused(stand_in: StandIn) -> None:
    donation, by = paid(stand_in), make_user()
    other = paid(stand_in)
    manual = make_donation(
        source=Donation.Source.MANUAL, state="paid", paid_at=timezone.now()
    )
    ask(donation, 1, by, "taken")

    for wrong in (0, -1, 100_000, 1_000_000):
        with pytest.raises(refunds.RefundRefused):
            ask(donation, wrong, by)
    with pytest.raises(refunds.RefundRefused):
        ask(other, 1, by, "taken")
    with pytest.raises(refunds.RefundRefused):
        ask(manual, 1, by)
    with pytest.raises(refunds.RefundRefused):
        ask(make_donation(), 1, by)
    assert Refund.objects.count() == 1


def test_what_went_back_is_gone_before_the_donation_was_looked_at(
    stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    donation, by = paid(stand_in), make_user()
    first = ask(donation, 60_000, by)

    def is_down(_donation_id: int) -> None:
        raise StripeUnavailable("down")

    with monkeypatch.context() as patched:
        patched.setattr(refunds.carrying_out.settlement, "settle", is_down)
        assert refunds.carry_out(first.pk, timezone.now()).state == State.SUCCEEDED
    donation.refresh_from_db()
    assert donation.refunded_cents == 0

    assert refunds.left_cents(donation) == 40_000
    with pytest.raises(refunds.RefundRefused):
        ask(donation, 60_000, by)
    assert refunds.left_cents(settlement.settle(donation.pk)) == 40_000
