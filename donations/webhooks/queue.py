"""The stored events are a queue: each is taken by one worker, until it is done."""

import json
from datetime import datetime, timedelta

import structlog
from django.db.models import F, QuerySet
from django.utils import timezone

from donations.log_and_continue import log_and_continue
from donations.models import StripeEvent
from donations.stripe_gateway import StripeError
from donations.webhooks import routing
from losers_lounge import doorbell
from losers_lounge.compiled import compiled
from losers_lounge.compiled_rows import Changes, compiled_update, save, stored

logger = structlog.get_logger(__name__)

State = StripeEvent.State

PROCESS_OWED = "donations.tasks.process_owed_events"
# A worker that takes an event has it for so long; then it is owed again.
IN_HAND = timedelta(minutes=2)
MOST_ATTEMPTS = 12
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=1)
BATCH = 200


def process(pk: int, *, at: datetime | None = None) -> None:
    """Do what a stored event asks for; quietly nothing if it is done or in hand."""
    at = at or timezone.now()
    # Of two workers holding the same id, the database lets one take it. The attempt
    # is committed before the work: an event that kills its workers comes to an end.
    taken = _take(pk, at, at + IN_HAND)
    if not taken:
        return
    [(account, payload, attempts)] = taken
    event = StripeEvent(pk=pk, account=account, payload=payload, attempts=attempts)
    if event.attempts > MOST_ATTEMPTS:
        _put_off(event, "every worker that took it stopped", at)
        return
    try:
        named = json.loads(event.payload)["data"]["object"]
        is_ours = routing.follow(event.account, named, at=at)
    except StripeError as error:
        _put_off(event, str(error), at)
        return
    event.state = State.DONE if is_ours else State.IGNORED
    event.processed_at = at
    event.error = ""
    save(event, "state", "processed_at", "error")


def process_owed(at: datetime) -> int:
    """Process what is owed, oldest first; how many were looked at."""
    owed = _owed(stored(at))
    for pk in owed:
        with log_and_continue("stripe_event_broke", event_pk=pk):
            process(pk, at=at)
    return len(owed)


def given_up(account: str) -> int:
    """How many events of an account no attempt could process."""
    return StripeEvent.objects.filter(account=account, state=State.DEAD).count()


def try_again(account: str, *, at: datetime | None = None) -> int:
    """Owe the events that were given up once more; how many."""
    at = at or timezone.now()
    # One whose body was forgotten (donations/forgetting) cannot be read again.
    dead = StripeEvent.objects.filter(account=account, state=State.DEAD)
    dead = dead.exclude(payload="")
    owed = dead.update(state=State.NEW, attempts=0, not_before=at)
    doorbell.ring(PROCESS_OWED)
    return owed


@compiled_update("account", "payload", "attempts")
def _take(pk: int, at: datetime, until: datetime) -> Changes:
    owed = StripeEvent.objects.owed(at).filter(pk=pk)
    return owed, {"not_before": until, "attempts": F("attempts") + 1}


@compiled
def _owed(at: datetime) -> QuerySet[StripeEvent]:
    return StripeEvent.objects.owed(at).values_list("pk", flat=True)[:BATCH]


def _put_off(event: StripeEvent, error: str, at: datetime) -> None:
    """Try it later, each time after a longer wait, until it is given up in sight."""
    is_dead = event.attempts >= MOST_ATTEMPTS
    event.state = State.DEAD if is_dead else State.FAILED
    event.error = error[:300]
    event.not_before = at + min(FIRST_WAIT * 2**event.attempts, LONGEST_WAIT)
    event.save(update_fields=["state", "error", "not_before"])
    logger.warning("stripe_event_failed", event_pk=event.pk, attempts=event.attempts)
