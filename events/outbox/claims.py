"""Take one due mail for one worker."""

from functools import cache
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.functions import Coalesce, Now

from events.models import Event, Message, Suppression
from events.outbox.holds import is_held
from events.outbox.outcomes import lease_before_the_dot

State = Message.State
Reason = Message.Reason

# What is told even when the evening is off: money that moved, and that it is off.
TOLD_AFTER_CANCELLATION = ("receipt", "refund", "cancellation")


def claim() -> Message | None:
    """Take the next due mail for this worker; None if none is due.

    Of two workers at the same moment each gets another row: one that is locked is
    skipped. `attempts` is committed before the work, so a poisonous row stops.
    """
    while True:
        with transaction.atomic():
            message = _next_due()
            if message is None:
                return None
            row = Message.objects.filter(pk=message.pk)
            if reason := _unwanted(message):
                row.update(state=State.SUPPRESSED, last_error=reason)
                continue
            message.claim_id = uuid4()
            row.update(
                state=State.CLAIMED,
                claim_id=message.claim_id,
                attempts=F("attempts") + 1,
                first_tried_at=Coalesce("first_tried_at", Now()),
                lease_until=Now() + lease_before_the_dot(),
            )
            return message


def is_due() -> bool:
    """Whether a worker would find something to send now."""
    return due().exists()


def due() -> QuerySet[Message]:
    """What may leave now, in the order in which it leaves."""
    return Message.objects.filter(
        ~is_held(), state=State.QUEUED, not_before__lte=Now()
    ).order_by("is_bulk", "not_before", "pk")


def _next_due() -> Message | None:
    return next(iter(Message.objects.raw(*_next_due_sql())), None)


@cache
def _next_due_sql() -> tuple[str, tuple[Any, ...]]:
    """Compiled once, in a transaction: it is asked for every mail."""
    wish = Suppression.objects.filter(address_mac=OuterRef("address_mac"))
    found = (
        due()
        .select_for_update(skip_locked=True, of=("self",))
        .annotate(event_status=F("event__status"), is_unsubscribed=Exists(wish))
    )
    return found[:1].query.sql_with_params()


def _unwanted(message: Message) -> str:
    """Why a mail that is due is not to be sent after all; empty if it is."""
    is_off = message.event_status == Event.Status.CANCELLED
    if is_off and message.kind not in TOLD_AFTER_CANCELLATION:
        return Reason.CANCELLED
    return Reason.UNSUBSCRIBED if message.is_bulk and message.is_unsubscribed else ""
