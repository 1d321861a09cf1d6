"""What a total is. Every page, mail, export and command asks here and nowhere else.

    raised    gross of the payments that Stripe took, before anything was given back
    refunds   what was given back to donors, less refunds that failed
    disputes  what banks took back, less what was won again
    fees      what Stripe kept, of payments and disputes
    net       raised - refunds - disputes - fees (+ other movements): what is left

Only entries of the ledger that belong to the event are counted; payouts move the
charity's money to its bank and are no part of any total. Amounts are minor units.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import BigIntegerField, Count, Q, Sum
from django.db.models.functions import Cast, Coalesce, TruncMinute

from donations.models import LedgerEntry
from events.models import Event

Kind = LedgerEntry.Kind
MOST_POINTS = 48
STEPS = (
    *(timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60, 180, 360)),
    *(timedelta(days=days) for days in (1, 7, 30, 90, 365)),
)


@dataclass(frozen=True)
class Totals:
    """The figures of one event, from one query, as of the moment it was asked."""

    event: Event
    as_of: datetime
    raised_cents: int
    refunds_cents: int
    disputes_cents: int
    other_cents: int
    fees_cents: int
    net_cents: int
    manual_cents: int
    gifts: int
    entries: int


@dataclass(frozen=True)
class Point:
    """Cumulative figures at the end of a step of time."""

    at: datetime
    raised_cents: int
    net_cents: int


def for_event(event: Event, at: datetime) -> Totals:
    """The event's totals as they stand in the ledger at this moment."""
    stripe = Q(source=LedgerEntry.Source.STRIPE) & ~Q(kind=Kind.PAYOUT)
    sums = LedgerEntry.objects.for_event(event).aggregate(
        raised=_sum("gross_cents", stripe & Q(kind=Kind.CHARGE)),
        refunds=_sum("gross_cents", stripe & Q(kind=Kind.REFUND)),
        disputes=_sum("gross_cents", stripe & Q(kind=Kind.DISPUTE)),
        other=_sum("gross_cents", stripe & Q(kind__in=[Kind.OTHER, Kind.FEE])),
        fees=_sum("fee_cents", stripe),
        net=_sum("net_cents", stripe),
        manual=_sum("gross_cents", Q(source=LedgerEntry.Source.MANUAL)),
        gifts=Count("pk", filter=stripe & Q(kind=Kind.CHARGE)),
        entries=Count("pk", filter=stripe),
    )
    return Totals(
        event=event,
        as_of=at,
        raised_cents=sums["raised"],
        refunds_cents=-sums["refunds"],
        disputes_cents=-sums["disputes"],
        other_cents=sums["other"],
        fees_cents=sums["fees"],
        net_cents=sums["net"],
        manual_cents=sums["manual"],
        gifts=sums["gifts"],
        entries=sums["entries"],
    )


def series(event: Event) -> list[Point]:
    """Raised and net as they grew, in at most 49 even steps, the first one empty."""
    minutes = _by_minute(event)
    if not minutes:
        return []
    first, last = minutes[0]["minute"], minutes[-1]["minute"]
    step = next(
        (step for step in STEPS if last - first < step * MOST_POINTS), STEPS[-1]
    )
    points = [Point(first, 0, 0)]
    raised = net = 0
    end = first + step
    for minute in minutes:
        while minute["minute"] >= end:
            points.append(Point(end, raised, net))
            end += step
        raised += minute["raised"]
        net += minute["net"]
    return [*points, Point(end, raised, net)]


def _by_minute(event: Event) -> list[dict[str, Any]]:
    return list(
        LedgerEntry.objects.for_event(event)
        .from_stripe()
        .exclude(kind=Kind.PAYOUT)
        .annotate(minute=TruncMinute("occurred_at"))
        .order_by()
        .values("minute")
        .annotate(
            raised=_sum("gross_cents", Q(kind=Kind.CHARGE)),
            net=_sum("net_cents", Q()),
        )
        .order_by("minute")
    )


def _sum(column: str, condition: Q) -> Cast:
    # PostgreSQL sums bigints to a decimal.
    return Cast(Coalesce(Sum(column, filter=condition), 0), BigIntegerField())
