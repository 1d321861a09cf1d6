"""What Stripe's webhooks said is kept a month; which, when and what came of it stay."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import QuerySet

from donations.models import StripeEvent
from events.forgetting import named

KEPT = timedelta(days=30)
BATCH = 1_000


def due_payloads(at: datetime) -> QuerySet[StripeEvent]:
    """Older than a month and done with; what is still owed keeps its body."""
    return _full().filter(received_at__lt=at - KEPT)


def naming(words: Collection[str]) -> QuerySet[StripeEvent]:
    """Events that are done with and whose body has one of these in it."""
    return _full().filter(named(words, "payload"))


def forget_payloads(rows: QuerySet[StripeEvent]) -> int:
    """Blank these bodies, a batch at a time; the number."""
    done, last = 0, 0
    while True:
        found = rows.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)
        ids = list(found[:BATCH])
        if not ids:
            return done
        done += StripeEvent.objects.filter(pk__in=ids).update(payload="", error="")
        last = ids[-1]


def _full() -> QuerySet[StripeEvent]:
    return StripeEvent.objects.exclude(state__in=StripeEvent.OWED).exclude(payload="")
