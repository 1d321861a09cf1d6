"""How the total grew: in steps for a line, by day for the trend."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Q
from django.db.models.functions import TruncDate, TruncMinute

from donations.totals.event import OF_STRIPE, Kind, counted, total
from events.models import Event

# What came, and what of it went back.
KEPT = (Kind.CHARGE, Kind.REFUND, Kind.DISPUTE)
MOST_POINTS = 48
MOST_DAYS = 31
STEPS = (
    *(timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60, 180, 360)),
    *(timedelta(days=days) for days in (1, 7, 30, 90, 365)),
)


@dataclass(frozen=True)
class Point:
    """Cumulative figures at the end of a step of time."""

    at: datetime
    kept_cents: int
    net_cents: int


@dataclass(frozen=True)
class Day:
    """One day of the event's zone: what came, what was kept of it."""

    day: date
    gifts: int
    taken_cents: int
    kept_cents: int
    net_cents: int


def series(event: Event) -> list[Point]:
    """Raised (less what went back) and net as they grew, in at most 49 even steps.

    The first one is empty; the last is the number that is printed.
    """
    minutes = _by_minute(event)
    if not minutes:
        return []
    first, last = minutes[0]["minute"], minutes[-1]["minute"]
    step = next(
        (step for step in STEPS if last - first < step * MOST_POINTS), STEPS[-1]
    )
    points = [Point(first, 0, 0)]
    kept = net = 0
    end = first + step
    for minute in minutes:
        while minute["minute"] >= end:
            points.append(Point(end, kept, net))
            end += step
        kept += minute["kept"]
        net += minute["net"]
    return [*points, Point(end, kept, net)]


def days(event: Event) -> list[Day]:
    """The latest days on which money moved, newest first, as the event's zone dates."""
    rows = (
        counted(event)
        .filter(OF_STRIPE)
        .annotate(day=TruncDate("occurred_at", tzinfo=event.zone))
        .order_by()
        .values("day")
        .annotate(
            gifts=Count("pk", filter=Q(kind=Kind.CHARGE)),
            taken_cents=total("gross_cents", Q(kind=Kind.CHARGE)),
            kept_cents=total("gross_cents", Q(kind__in=KEPT)),
            net_cents=total("net_cents", Q()),
        )
        .order_by("-day")
    )
    return [Day(**row) for row in rows[:MOST_DAYS]]


def _by_minute(event: Event) -> list[dict[str, Any]]:
    return list(
        counted(event)
        .filter(OF_STRIPE)
        .annotate(minute=TruncMinute("occurred_at"))
        .order_by()
        .values("minute")
        .annotate(
            kept=total("gross_cents", Q(kind__in=KEPT)),
            net=total("net_cents", Q()),
        )
        .order_by("minute")
    )
