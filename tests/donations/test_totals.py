"""A total says what it counts, and counts nothing else."""

import os
from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from donations import reconciliation, totals
from donations.models import Donation, DonationPart, Payout
from events.models import Event
from losers_lounge.stand_in.server import StandIn
from tests.donations import books
from tests.donations.factories import make_donation, pay, stray_entry
from tests.factories import make_charity, make_event


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
    assert (points[-1].kept_cents, points[-1].net_cents) == (130_000, now.net_cents)
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
    assert points[0].kept_cents == 0 and points[-1].kept_cents == 200


def shares(donation: Donation) -> Counter[str]:
    """The rule of the totals' definition once more, in plain words of Python."""
    parts = list(donation.parts.values_list("purpose", "amount_cents"))
    if not parts:
        whole = donation.amount_cents - donation.fee_cover_cents
        parts = [(donation.purpose, whole)]
    admission = sum(cents for purpose, cents in parts if purpose == "admission")
    gift = donation.amount_cents - admission
    found: Counter[str] = Counter()
    back = 0
    for row in donation.entries.order_by("occurred_at", "pk"):
        fee = abs(row.fee_cents) * admission // donation.amount_cents
        found["fees"] += fee if row.fee_cents > 0 else -fee
        if row.kind == "charge":
            found["raised"] += admission
        elif row.kind == "other":
            found["other"] -= -row.gross_cents * admission // donation.amount_cents
        else:
            before, back = max(back - gift, 0), back - row.gross_cents
            found[row.kind] += max(back - gift, 0) - before
    return found


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(int(os.environ.get("RANDOM_BOOKS", "6"))))
def test_the_scopes_add_up_to_the_whole_to_the_cent(seed: int) -> None:
    event = make_event()
    books.random_book(event, seed)
    at = timezone.now()

    found = totals.by_scope(event, at)

    assert found.whole == totals.for_event(event, at)
    whole, admission, gift = map(vars, (found.whole, found.admission, found.gift))
    assert {name: admission[name] + gift[name] for name in gift} == {
        name: whole[name] for name in gift
    }
    known: Counter[str] = Counter()
    rows = Donation.objects.filter(source="stripe").exclude(entries__kind="payout")
    for donation in rows.distinct():
        known.update(shares(donation))
    entry = found.admission
    assert (entry.raised_cents, entry.refunds_cents, entry.disputes_cents) == (
        known["raised"],
        known["refund"],
        known["dispute"],
    )
    assert (entry.fees_cents, entry.other_cents) == (known["fees"], known["other"])
    for sums in (found.whole, entry, found.gift):
        assert sums.net_cents == sums.kept_cents + sums.other_cents - sums.fees_cents
    assert all(day.taken_cents >= day.kept_cents for day in totals.days(event)[-1:])
    grown = totals.series(event)[-1]
    assert (grown.kept_cents, grown.net_cents) == (
        found.whole.kept_cents,
        found.whole.net_cents,
    )


@pytest.mark.django_db
def test_what_goes_back_comes_out_of_the_free_gift_first() -> None:
    event, at = make_event(), books.START
    donation = make_donation(event, amount_cents=120_500, fee_cover_cents=500)
    books.with_parts(donation, [("admission", 100_000), ("gift", 20_000)])
    books.entry(donation, "charge", 120_500, 3_525, at)
    books.entry(donation, "refund", -20_000, 0, at + timedelta(minutes=1))
    books.entry(donation, "dispute", -60_500, 1_500, at + timedelta(minutes=2))
    books.entry(donation, "dispute", 60_500, 0, at + timedelta(minutes=3))
    books.entry(donation, "refund", -40_500, 0, at + timedelta(minutes=4))

    found = totals.by_scope(event, at)

    assert (found.admission.raised_cents, found.gift.raised_cents) == (100_000, 20_500)
    assert (found.admission.refunds_cents, found.gift.refunds_cents) == (40_000, 20_500)
    assert found.admission.disputes_cents == found.gift.disputes_cents == 0
    assert (found.admission.kept_cents, found.gift.kept_cents) == (60_000, 0)
    assert found.covered_fees_cents == 500
    assert [change.cents for change in totals.changes(event)] == [
        *(-40_500, 60_500, -60_500, -20_000)
    ]


@pytest.mark.django_db
def test_another_currency_another_account_and_promises_enter_no_sum() -> None:
    event, other = make_event(), make_event(charity=make_charity())
    books.noise(event, Random(1), books.START)
    books.promise(event, 100_000)
    books.promise(event, 5_000, currency="eur")
    books.promise(event, 7_000, state="released", ended_at=books.START)
    books.promise(event, 9_000, state="offered", payment_method_id="")
    books.promise(other, 11_000)
    at = timezone.now()

    assert totals.for_event(event, at).entries == 0
    assert totals.by_scope(event, at).whole.raised_cents == 0
    assert totals.promised(event) == totals.Promised(1, 100_000)


@pytest.mark.django_db
def test_a_payout_that_came_back_is_not_paid_out() -> None:
    event, at = make_event(), books.START
    for number, status in enumerate(["paid", "failed", "canceled", "in_transit"]):
        donation = make_donation(event)
        books.entry(donation, "charge", 100_000, 2_930, at, payout_id=f"po_{status}")
        Payout.objects.create(
            payout_id=f"po_{status}",
            currency="usd",
            amount_cents=97_070,
            status=status,
            created_at=at,
            arrives_at=at,
            checked_at=at,
        )
        if number % 2 == 0:
            stray_entry(
                kind="payout",
                balance_transaction_id=f"txn_{status}",
                gross_cents=-97_070,
                net_cents=-97_070,
            )
    stray_entry()

    found, account = totals.by_scope(event, at), totals.of_account("", "usd")

    assert (found.paid_out_cents, found.at_stripe_cents) == (2 * 97_070, 2 * 97_070)
    assert account.account_fees_cents == 500
    assert account.net_cents == 4 * 97_070 - 500
    assert account.paid_out_cents + account.at_stripe_cents == account.net_cents
    assert account.net_cents == (
        account.kept_cents
        + account.other_cents
        - account.fees_cents
        - account.account_fees_cents
    )


@pytest.mark.django_db
def test_a_set_of_figures_is_one_query(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    event = make_event()
    books.random_book(event, 1, donations=3)
    event = Event.objects.get()
    at = timezone.now()
    for ask in (
        lambda: totals.for_event(event, at),
        lambda: totals.by_scope(event, at),
        lambda: totals.promised(event),
        lambda: totals.of_account("", "usd"),
        lambda: totals.changes(event),
        lambda: totals.days(event),
    ):
        with django_assert_num_queries(1):
            ask()


@pytest.mark.django_db
def test_all_sums_by_scope_look_up_a_donations_parts_once() -> None:
    event = make_event()

    with CaptureQueriesContext(connection) as asked:
        totals.by_scope(event, timezone.now())

    assert asked.captured_queries[-1]["sql"].count(DonationPart._meta.db_table) == 1
