"""Every figure of /metrics. What has rows is counted in them; the rest is tallied.

Nothing here names a person, an event or a link.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Avg, Count, F, Min, Q

from donations import reconciliation
from donations.models import Discrepancy, Reconciliation, StripeEvent
from events import health, heartbeats, outbox
from events.models import Message, Tally
from losers_lounge import tally
from losers_lounge.operations.exposition import (
    Metric,
    Sample,
    gauge,
    histogram,
    number,
)

LATELY = timedelta(hours=1)
COUNTED = {
    "answers.5xx": ("lounge_errors_total", "Answers of 500 and above."),
    "answers.throttled": ("lounge_throttled_total", "Answers of 429."),
    "seats.full": ("lounge_seats_refused_total", "A yes for which no seat was left."),
}
RESULTS = ("accepted", "duplicate", "ignored", "wrong_mode", "forged", "stale")


def read(at: datetime) -> Iterator[Metric]:
    """All of them now; a constant number of queries for each Stripe account."""
    yield from _of_mail(at)
    yield from _of_webhooks(at)
    yield from _of_books(at)
    yield from _of_answers()
    yield from _of_the_house()


def _of_mail(at: datetime) -> Iterator[Metric]:
    states = dict.fromkeys(Message.State.values, 0)
    codes: dict[str, int] = {}
    rows = Message.objects.order_by().values("state", "smtp_code")
    for row in rows.annotate(n=Count("pk")):
        states[row["state"]] += row["n"]
        if row["smtp_code"]:
            code = str(row["smtp_code"])
            codes[code] = codes.get(code, 0) + row["n"]
    yield gauge("lounge_mails", "Mails by where they stand.", "state", states)
    yield gauge("lounge_smtp_codes", "The relay's last word, by mail.", "code", codes)
    oldest = outbox.due().order_by().aggregate(at=Min("not_before"))["at"]
    words = "Since when the first mail in the queue could have left."
    yield number("lounge_mail_oldest_seconds", words, _since(oldest, at))
    sent = Message.objects.filter(sent_at__gte=at - LATELY).aggregate(
        waited=Avg(F("sent_at") - F("not_before")),
        handed=Avg(F("sent_at") - F("handover_at")),
    )
    seconds = {name: _seconds(value) for name, value in sent.items()}
    words = "Of mails sent within the hour: the mean wait, and hand-over to the relay."
    yield gauge("lounge_mail_seconds", words, "part", seconds)


def _of_webhooks(at: datetime) -> Iterator[Metric]:
    totals = _tallied()
    rows = [Sample(totals.get(f"webhooks.{r}", 0), {"result": r}) for r in RESULTS]
    words = "Webhooks of Stripe, by what became of them at the door."
    yield Metric("lounge_webhooks_total", "counter", words, rows)
    states = dict.fromkeys(StripeEvent.State.values, 0)
    stored = StripeEvent.objects.order_by().values_list("state")
    states.update(stored.annotate(n=Count("pk")))
    yield gauge("lounge_stripe_events", "Stored events of Stripe.", "state", states)
    owed = StripeEvent.objects.filter(state__in=StripeEvent.OWED)
    oldest = owed.aggregate(at=Min("received_at"))["at"]
    words = "Since when the oldest event waits to be followed."
    yield number("lounge_webhook_lag_seconds", words, _since(oldest, at))


def _of_books(at: datetime) -> Iterator[Metric]:
    newest = [
        Reconciliation.objects.filter(account=account).order_by("-pk").first()
        for account in reconciliation.accounts()
    ]
    runs = [run for run in newest if run]
    cents = {run.account or "own": run.difference_cents for run in runs}
    words = "The ledger less Stripe's books at the last comparison."
    yield gauge("lounge_ledger_difference_cents", words, "account", cents)
    ages = {run.account or "own": _since(run.finished_at, at) for run in runs}
    words = "Since the ledger was last compared."
    yield gauge("lounge_reconciliation_age_seconds", words, "account", ages)
    strays = Q(kind=Discrepancy.Kind.CHARGE_WITHOUT_DONATION)
    strays |= Q(kind=Discrepancy.Kind.UNMATCHED_MONEY)
    found = Discrepancy.objects.open().aggregate(
        open=Count("pk"), unmatched=Count("pk", filter=strays)
    )
    yield gauge("lounge_discrepancies", "Open ones.", "which", found)


def _of_answers() -> Iterator[Metric]:
    totals = _tallied()
    for name, (metric, words) in COUNTED.items():
        yield number(metric, words, totals.get(name, 0), "counter")
    ends = [*map(str, tally.SECONDS), tally.LONGER]
    took = {end: totals.get(f"door.took.{end}", 0) for end in ends}
    words = "How long the door's presses took on the server."
    seconds = totals.get("door.microseconds", 0) / 1_000_000
    yield histogram("lounge_door_seconds", words, took, seconds)


def _of_the_house() -> Iterator[Metric]:
    ages = {name: age.total_seconds() for name, age in heartbeats.ages().items()}
    words = "Since work was last seen done."
    yield gauge("lounge_heartbeat_age_seconds", words, "name", ages)
    found = health.check()
    ready = {name: float(holds) for name, holds in found.checks.items()}
    yield gauge("lounge_ready", "What /readyz says.", "check", ready)
    yield number("lounge_held", "A restored database nobody released.", found.is_held)
    yield number("lounge_broker_up", "Redis answers.", found.hears_bell)
    if connection.vendor == "postgresql":
        yield gauge(
            "lounge_database_connections",
            "Connections to this database, and how many there may be.",
            "which",
            _connections(),
        )


def _connections() -> dict[str, float]:
    with connection.cursor() as cursor:
        cursor.execute("""
            SELECT count(*), current_setting('max_connections')::int
            FROM pg_stat_activity WHERE datname = current_database()
        """)
        open_, most = cursor.fetchone()
    return {"open": open_, "most": most}


def _tallied() -> dict[str, int]:
    return Tally.objects.totals()


def _since(moment: datetime | None, at: datetime) -> float:
    return max(0.0, (at - moment).total_seconds()) if moment else 0.0


def _seconds(span: timedelta | None) -> float:
    return span.total_seconds() if span else 0.0
