"""Take one due mail for one worker."""

from functools import cache
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce, Now

from events.models import Event, Message, Suppression
from events.outbox import pace, window
from events.outbox.holds import is_held
from events.outbox.outcomes import lease_before_the_dot

State = Message.State
Reason = Message.Reason

# What is told even when the evening is off: money that moved, and that it is off.
TOLD_AFTER_CANCELLATION = ("receipt", "refund", "cancellation")
# So that a wave of which every mail must wait for its domain keeps no worker.
MOST_PUT_OFF = 500


def claim() -> Message | None:
    """Take the next due mail for this worker; None if none is due.

    Of two workers at the same moment each gets another row: one that is locked is
    skipped. `attempts` is committed before the work, so a poisonous row stops. After
    many that had to be put off it is None too: the caller looks again.
    """
    for _ in range(MOST_PUT_OFF):
        with transaction.atomic():
            message = _next_due()
            if message is None:
                return None
            if _is_put_off(message):
                continue
            message.claim_id = uuid4()
            Message.objects.filter(pk=message.pk).update(
                state=State.CLAIMED,
                claim_id=message.claim_id,
                attempts=F("attempts") + 1,
                first_tried_at=Coalesce("first_tried_at", Now()),
                lease_until=Now() + lease_before_the_dot(),
            )
            return message
    return None


def _is_put_off(message: Message) -> bool:
    """Whether the locked row was stopped or must wait, which is then written."""
    row = Message.objects.filter(pk=message.pk)
    if reason := _unwanted(message):
        row.update(state=State.SUPPRESSED, last_error=reason)
        return True
    if not message.is_bulk:
        return False
    if message.has_hours and (opening := window.opening_of(message.event_id)):
        window.put_off(message, opening)
        return True
    if not pace.needs_turn(message):
        return False
    turn, at = pace.take_turn(message.recipient_email)
    if is_early := turn > at:
        row.update(not_before=turn, paced_until=turn)
    else:
        row.update(paced_until=turn)
    return is_early


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
        .annotate(
            event_status=F("event__status"),
            is_unsubscribed=Exists(wish),
            has_hours=Q(event__send_from__isnull=False),
        )
    )
    return found[:1].query.sql_with_params()


def _unwanted(message: Message) -> str:
    """Why a mail that is due is not to be sent after all; empty if it is."""
    is_off = message.event_status == Event.Status.CANCELLED
    if is_off and message.kind not in TOLD_AFTER_CANCELLATION:
        return Reason.CANCELLED
    return Reason.UNSUBSCRIBED if message.is_bulk and message.is_unsubscribed else ""
