"""The ledger equals Stripe's books to the cent, or says by name why not."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.utils import timezone

from donations import reconciliation, settlement, totals
from donations.models import Discrepancy, Donation, Reconciliation
from losers_lounge.stand_in.faults import Fault
from losers_lounge.stand_in.server import StandIn
from tests.donations.factories import (
    make_donation,
    pay,
    reconcile,
)
from tests.factories import make_charity, make_event

Kind = Discrepancy.Kind


@pytest.mark.django_db
def test_nothing_equals_nothing(stand_in: StandIn) -> None:
    run = reconcile()

    assert run.verdict == Reconciliation.Verdict.MATCHED
    assert (run.stripe_entries, run.ledger_entries) == (0, 0)


@pytest.mark.django_db
def test_payments_no_webhook_told_of_are_booked_and_settled(
    stand_in: StandIn,
) -> None:
    donations = [make_donation() for _ in range(3)]
    for donation in donations:
        pay(stand_in, donation)

    run = reconcile()

    assert run.verdict == Reconciliation.Verdict.MATCHED
    assert run.imported == 3
    assert run.stripe_gross_cents == run.ledger_gross_cents == 300_000
    assert run.difference_cents == 0
    assert Donation.objects.filter(state="paid").count() == 3
    assert [donation.receipts.count() for donation in donations] == [1, 1, 1]


@pytest.mark.django_db
def test_more_than_a_page_is_read_to_the_end(stand_in: StandIn) -> None:
    event = make_event()
    for _ in range(120):
        donation = make_donation(event, amount_cents=1_000)
        pay(stand_in, donation)

    run = reconcile()

    assert run.imported == run.stripe_entries == 120
    assert totals.for_event(event, timezone.now()).raised_cents == 120_000


@pytest.mark.django_db
def test_a_refund_made_at_stripe_reaches_the_donation(stand_in: StandIn) -> None:
    donation = make_donation()
    pay(stand_in, donation)
    reconcile()
    donation.refresh_from_db()
    stand_in.refund(donation.payment_intent_id, 25_000)

    run = reconcile()

    donation.refresh_from_db()
    assert run.verdict == Reconciliation.Verdict.MATCHED
    assert donation.state == Donation.State.PARTIALLY_REFUNDED
    assert donation.refunded_cents == 25_000
    assert donation.receipts.valid().get().amount_cents == 75_000


@pytest.mark.django_db
def test_when_all_agrees_no_donation_is_asked_about_again(
    stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    donation = make_donation()
    pay(stand_in, donation)
    settlement.settle(donation.pk)
    reconcile()
    asked: list[int] = []
    monkeypatch.setattr(settlement, "settle", lambda pk, **_: asked.append(pk))

    reconcile()

    assert asked == []


@pytest.mark.django_db
def test_the_standing_says_whether_anything_is_newer(stand_in: StandIn) -> None:
    assert not reconciliation.standing("").equals_stripe
    donation = make_donation()
    pay(stand_in, donation)
    reconcile()
    assert reconciliation.standing("").equals_stripe

    other = make_donation()
    pay(stand_in, other)
    settlement.settle(other.pk)

    now = reconciliation.standing("")
    assert not now.equals_stripe and not now.differs
    reconcile()
    assert reconciliation.standing("").equals_stripe


@pytest.mark.django_db
def test_an_answer_cut_off_gives_no_verdict_and_moves_no_checkpoint(
    stand_in: StandIn,
) -> None:
    pay(stand_in, make_donation())
    stand_in.fail(Fault.RATE_LIMIT, path="/v1/balance_transactions")

    with pytest.raises(Exception, match="too often"):
        reconcile()

    assert not Reconciliation.objects.exists()
    assert reconcile().imported == 1


@pytest.mark.django_db
def test_the_checkpoint_looks_three_days_back_and_since_further(
    stand_in: StandIn,
) -> None:
    reconcile()
    first = Reconciliation.objects.get()

    second = reconcile()
    third = reconcile(since=datetime(2026, 1, 1, tzinfo=UTC))

    # Whole days are compared, as Stripe counts them.
    three_days_before = first.high_water_at.astimezone(UTC) - timedelta(days=3)
    assert second.since == datetime.combine(three_days_before, time(), UTC)
    assert third.since == datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.django_db
def test_each_account_has_its_own_verdict(stand_in: StandIn) -> None:
    connected = make_event(charity=make_charity(stripe_account_id="acct_orphans"))
    pay(stand_in, make_donation(connected))
    pay(stand_in, make_donation(amount_cents=5_000))

    runs = reconciliation.reconcile_all(at=timezone.now())

    assert [run.account for run in runs] == ["", "acct_orphans"]
    assert [run.stripe_gross_cents for run in runs] == [5_000, 100_000]
    assert totals.for_event(connected, timezone.now()).raised_cents == 100_000


@pytest.mark.django_db
def test_one_account_that_fails_does_not_keep_the_others_waiting(
    stand_in: StandIn,
) -> None:
    make_event()
    make_event(charity=make_charity(stripe_account_id="acct_orphans"))
    stand_in.fail(Fault.RATE_LIMIT, path="/v1/balance_transactions")

    assert len(reconciliation.reconcile_all(at=timezone.now())) == 1
