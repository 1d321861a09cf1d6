"""A total says what it counts, and counts nothing else."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from donations import reconciliation, totals
from losers_lounge.stand_in.server import StandIn
from tests.donations.factories import make_donation, pay, stray_entry
from tests.factories import make_event


def reconcile() -> None:
    reconciliation.reconcile("", at=timezone.now())


@pytest.mark.django_db
def test_totals_count_what_belongs_to_the_event(stand_in: StandIn) -> None:
    event, other = make_event(), make_event()
    first, second = make_donation(event), make_donation(event, amount_cents=50_000)
    for donation in (first, second, make_donation(other)):
        pay(stand_in, donation)
    reconcile()
    second.refresh_from_db()
    stand_in.refund(second.payment_intent_id, 20_000)
    reconcile()
    stray_entry(kind="payout", event=event, gross_cents=-1, net_cents=-1)

    now = totals.for_event(event, timezone.now())

    assert (now.raised_cents, now.refunds_cents, now.gifts) == (150_000, 20_000, 2)
    assert now.fees_cents > 0
    assert now.net_cents == now.raised_cents - now.refunds_cents - now.fees_cents
    points = totals.series(event)
    assert (points[-1].raised_cents, points[-1].net_cents) == (150_000, now.net_cents)
    assert all(type(point.net_cents) is int for point in points)


@pytest.mark.django_db
def test_an_event_without_money_is_all_zero() -> None:
    now = totals.for_event(make_event(), timezone.now())

    assert now.raised_cents == now.net_cents == now.entries == 0


@pytest.mark.django_db
@pytest.mark.parametrize("days", [0, 1, 400, 20_000])
def test_a_series_is_short_however_long_the_evening(days: int) -> None:
    event = make_event()
    start = datetime(2013, 9, 22, tzinfo=UTC)
    for number, at in enumerate([start, start + timedelta(days=days)]):
        stray_entry(
            event=event,
            kind="charge",
            balance_transaction_id=f"txn_{number}",
            gross_cents=100,
            net_cents=100,
            occurred_at=at,
        )

    points = totals.series(event)

    assert 2 <= len(points) <= 100
    assert points[0].raised_cents == 0 and points[-1].raised_cents == 200
