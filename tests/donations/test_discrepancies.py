"""Every disagreement with Stripe's books has a name, until it is explained."""

from datetime import timedelta

import pytest
from django.utils import timezone

from donations import ledger, reconciliation, truth
from donations.models import Discrepancy, Donation, Reconciliation
from losers_lounge.stand_in.faults import Fault
from losers_lounge.stand_in.server import StandIn
from tests.donations.factories import (
    make_donation,
    open_page,
    pay,
    reconcile,
    stray_entry,
)

Kind = Discrepancy.Kind


def open_kinds() -> list[str]:
    rows = Discrepancy.objects.open().differences().order_by("kind")
    return list(rows.values_list("kind", flat=True))


@pytest.mark.django_db
def test_an_entry_stripe_does_not_know_is_named(stand_in: StandIn) -> None:
    stray_entry()

    run = reconcile()

    assert run.verdict == Reconciliation.Verdict.DIFFERS
    assert run.difference_cents == -500
    row = Discrepancy.objects.differences().get()
    assert (row.kind, row.subject) == (Kind.UNKNOWN_AT_STRIPE, "txn_stray")
    assert row.cents == -500


@pytest.mark.django_db
def test_a_movement_that_could_not_be_booked_is_named(
    stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    pay(stand_in, make_donation())
    monkeypatch.setattr(ledger, "book", lambda *_, **__: 0)

    run = reconcile()

    assert run.difference_cents == -run.stripe_net_cents
    assert Kind.UNKNOWN_HERE in open_kinds()


@pytest.mark.django_db
def test_an_entry_of_another_amount_is_named(stand_in: StandIn) -> None:
    donation = make_donation()
    pay(stand_in, donation)
    said = truth.fetch(donation)
    assert said.payment is not None
    movement = said.payment.movements[0]
    stray_entry(
        balance_transaction_id=movement.balance_transaction_id,
        kind="charge",
        gross_cents=movement.gross_cents + 1,
        fee_cents=movement.fee_cents,
        net_cents=movement.net_cents + 1,
        donation=donation,
        event=donation.event,
    )

    run = reconcile()

    assert run.difference_cents == 1
    assert open_kinds() == [Kind.AMOUNT_DIFFERS, Kind.DONATION_AMOUNT_DIFFERS]


@pytest.mark.django_db
def test_a_payment_that_no_donation_explains_is_named(stand_in: StandIn) -> None:
    donation = make_donation()
    pay(stand_in, donation)
    donation.attempts.all().delete()
    donation.delete()
    make_donation()

    run = reconcile()

    assert run.stripe_gross_cents == run.ledger_gross_cents == 100_000
    assert run.verdict == Reconciliation.Verdict.DIFFERS
    assert open_kinds() == [Kind.CHARGE_WITHOUT_DONATION]


@pytest.mark.django_db
def test_one_donation_paid_twice_is_named(stand_in: StandIn) -> None:
    donation = make_donation()
    first = open_page(donation)
    donation.attempts.update(state="failed")
    second = open_page(donation)
    stand_in.pay(first)
    stand_in.pay(second)

    run = reconcile()

    row = Discrepancy.objects.differences().get()
    assert run.verdict == Reconciliation.Verdict.DIFFERS
    assert (row.kind, row.cents) == (Kind.CHARGED_TWICE, 100_000)


@pytest.mark.django_db
def test_another_amount_than_agreed_is_named(stand_in: StandIn) -> None:
    donation = make_donation()
    pay(stand_in, donation)
    Donation.objects.filter(pk=donation.pk).update(amount_cents=99_000)

    reconcile()

    donation.refresh_from_db()
    assert donation.state == Donation.State.REVIEW
    assert open_kinds() == [Kind.DONATION_AMOUNT_DIFFERS]


@pytest.mark.django_db
def test_a_paid_donation_without_its_payment_is_named(stand_in: StandIn) -> None:
    donation = make_donation(state="paid", paid_at=timezone.now())

    run = reconcile()

    row = Discrepancy.objects.differences().get()
    assert run.verdict == Reconciliation.Verdict.DIFFERS
    assert (row.kind, row.subject) == (Kind.PAYMENT_NOT_BOOKED, donation.public_id)
    assert row.cents == donation.amount_cents


@pytest.mark.django_db
def test_a_refund_that_the_donation_does_not_know_is_named(stand_in: StandIn) -> None:
    donation = make_donation()
    pay(stand_in, donation)
    reconcile()
    donation.refresh_from_db()
    stand_in.refund(donation.payment_intent_id, 25_000)
    stand_in.fail(Fault.RATE_LIMIT, path="/v1/payment_intents")

    assert reconcile().verdict == Reconciliation.Verdict.DIFFERS

    row = Discrepancy.objects.differences().get()
    assert (row.kind, row.cents) == (Kind.REFUND_DIFFERS, 25_000)
    assert reconcile().verdict == Reconciliation.Verdict.MATCHED


@pytest.mark.django_db
def test_a_discrepancy_is_listed_once_and_closes_with_a_reason(
    stand_in: StandIn,
) -> None:
    stray_entry(gross_cents=0, net_cents=0)
    reconcile()
    assert reconcile().verdict == Reconciliation.Verdict.DIFFERS

    row = Discrepancy.objects.differences().get()
    reconciliation.close(row.pk, "A test of the till.", at=timezone.now())
    reconciliation.close(row.pk, "Another reason.", at=timezone.now())

    row.refresh_from_db()
    assert row.reason == "A test of the till."
    assert reconcile().verdict == Reconciliation.Verdict.MATCHED


@pytest.mark.django_db
def test_a_discrepancy_older_than_the_window_stays_open(stand_in: StandIn) -> None:
    long_ago = timezone.now() - timedelta(days=10)
    stray_entry(occurred_at=long_ago, recorded_at=long_ago)
    reconcile(since=long_ago - timedelta(days=1))

    run = reconcile()

    assert run.ledger_entries == 0
    assert open_kinds() == [Kind.UNKNOWN_AT_STRIPE]
    assert run.verdict == Reconciliation.Verdict.DIFFERS
