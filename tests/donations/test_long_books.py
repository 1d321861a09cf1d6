"""Books of any length: one call a page, memory as for one page, and quickly.

LONG_BOOKS=100000 makes them as long as the promise says.
"""

import os
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from donations import reconciliation, settlement, stripe_gateway
from donations.models import (
    Discrepancy,
    Donation,
    LedgerEntry,
    ReconciledDay,
    Reconciliation,
)
from losers_lounge import planner
from losers_lounge.stand_in.exchanges import Exchanges
from losers_lounge.stand_in.server import StandIn
from tests.donations.factories import make_donation, pay

ROWS = int(os.environ.get("LONG_BOOKS", "700"))
# Of the machine that holds all of it: the app, its PostgreSQL and the stand-in.
LEAST_ROWS_A_SECOND = 2_000
MOST_GROWTH_MB = 40


@pytest.fixture(autouse=True)
def wire_witness(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody judges the wire here: a page is like the next, and time is measured."""
    monkeypatch.setattr(Exchanges, "witness", None)


def rss_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024**2


def fill(stand_in: StandIn, rows: int, *, spread_days: int = 20) -> None:
    """So many donations, paid, whose movements the ledger does not have yet."""
    first = make_donation(amount_cents=5_000)
    pay(stand_in, first)
    settlement.settle(first.pk)
    entry = LedgerEntry.objects.get()
    # Stripe lists by time, and the first one is of now: the others follow it.
    begun = timezone.now() + timedelta(seconds=1)
    step = timedelta(days=spread_days) / rows
    late = begun + timedelta(days=spread_days + 1)
    donations = [
        Donation(
            event_id=first.event_id,
            donor_name="Tina Fey",
            donor_email="tina@guest.example",
            purpose=Donation.Purpose.GIFT,
            amount_cents=5_000,
            state=Donation.State.PAID,
            payment_intent_id=f"pi_{number}",
            paid_at=begun + step * number,
            created_at=begun + step * number,
            # Settled long since: it is the ledger alone that was lost.
            checked_at=late,
        )
        for number in range(rows - 1)
    ]
    Donation.objects.bulk_create(donations, batch_size=1_000)
    planner.analyze(Donation)
    stand_in.bank.repeat(
        entry.charge_id,
        (
            {
                "payment_intent": row.payment_intent_id,
                "metadata": {"donation_id": row.public_id},
                "created": int(row.created_at.timestamp()),
            }
            for row in donations
        ),
    )


@pytest.fixture
def calls(stand_in: StandIn, monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each address of Stripe was asked."""
    counted: Counter[str] = Counter()
    answer = stand_in.answer

    def counting(incoming):
        counted[incoming.path] += 1
        return answer(incoming)

    monkeypatch.setattr(stand_in, "answer", counting)
    return counted


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Resident megabytes after each page."""
    seen: list[float] = []
    pages = stripe_gateway.pages

    def watched(*args, **options) -> Iterator:
        for page in pages(*args, **options):
            seen.append(rss_mb())
            yield page

    monkeypatch.setattr(stripe_gateway, "pages", watched)
    return seen


def compare() -> tuple[Reconciliation, float]:
    since = timezone.now() - timedelta(days=1)
    started, worked = time.perf_counter(), time.process_time()
    run = reconciliation.reconcile("", at=timezone.now(), since=since)
    worked, waited = time.process_time() - worked, time.perf_counter() - started
    print(f"{ROWS / waited:.0f} rows a second, {ROWS / worked:.0f} a second of work")
    return run, ROWS / waited


@pytest.mark.django_db
def test_long_books_are_entered_and_compared_a_page_at_a_time(
    stand_in: StandIn, calls: Counter[str], memory: list[float]
) -> None:
    fill(stand_in, ROWS)
    calls.clear()

    run, entered = compare()

    assert run.verdict == Reconciliation.Verdict.MATCHED, list(
        Discrepancy.objects.values_list("kind", "subject", "cents")[:5]
    )
    assert run.imported == ROWS - 1
    assert run.stripe_entries == run.ledger_entries == ROWS
    assert run.stripe_gross_cents == run.ledger_gross_cents == ROWS * 5_000
    assert calls == {"/v1/balance_transactions": -(-ROWS // 100), "/v1/balance": 1}
    assert not LedgerEntry.objects.filter(donation=None).exists()
    assert sum(day.stripe_entries for day in ReconciledDay.objects.all()) == ROWS
    growth = max(memory) - memory[len(memory) // 10]

    again, compared = compare()

    assert again.verdict == Reconciliation.Verdict.MATCHED
    assert again.imported == 0
    print(f"{growth:.1f} MB more at the last page than at the first")
    if "LONG_BOOKS" in os.environ:
        assert growth < MOST_GROWTH_MB
        assert min(entered, compared) > LEAST_ROWS_A_SECOND


@pytest.mark.django_db
def test_a_page_costs_the_same_queries_wherever_it_stands(stand_in: StandIn) -> None:
    counts = []
    fill(stand_in, 150)
    for _ in range(2):
        with CaptureQueriesContext(connection) as asked:
            compare()
        counts.append(len(asked))
    first, again = counts
    # Two pages entered, then two pages compared.
    assert first <= 52 and again <= 40
