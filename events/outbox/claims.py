"""Take one due mail for one worker."""

from datetime import timedelta
from functools import cache
from typing import Any
from uuid import uuid4

from django.db.models import Case, Exists, F, OuterRef, QuerySet, Subquery, When
from django.db.models.functions import Coalesce, Now

from events.models import Event, Message, Suppression
from events.outbox import epoch, pace, window
from events.outbox.holds import is_held
from events.outbox.outcomes import claimed, lease_before_the_dot
from events.outbox.statements import NO_CLAIM, Returning, update_returning
from losers_lounge.compiled import compiled
from losers_lounge.planner import Written

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
        message = _take_next()
        if message is None or _may_leave(message):
            return message
    return None


def _take_next() -> Message | None:
    """One statement: with its claim committed, and why it might not leave after all."""
    return _taking(lease_before_the_dot(), epoch.mark()).first(claim_id=uuid4())


@cache
def _taking(lease: timedelta, mark: str) -> Returning:
    """Compiled once for each database: its mark is among the parameters."""
    changes = {
        "state": State.CLAIMED,
        "claim_id": NO_CLAIM,
        "attempts": F("attempts") + 1,
        "first_tried_at": Coalesce("first_tried_at", Now()),
        "lease_until": Now() + lease,
    }
    evening = Event.objects.filter(pk=OuterRef("event_id"))
    wish = Suppression.objects.filter(address_mac=OuterRef("address_mac"))
    told = Message.objects.annotate(
        event_status=Subquery(evening.values("status")),
        has_hours=Exists(evening.filter(send_from__isnull=False)),
        is_unsubscribed=Exists(wish),
    )
    locked = due().select_for_update(skip_locked=True, of=("self",))
    return update_returning(locked, changes, told)


def _may_leave(message: Message) -> bool:
    """Whether the mail just claimed may leave now; else it is stopped or put back."""
    if reason := _unwanted(message):
        stopped = {"state": State.SUPPRESSED, "last_error": reason}
        claimed(message).update(**stopped, lease_until=None)
        return False
    if not message.is_bulk:
        return True
    if message.has_hours and (opening := window.opening_of(message.event_id)):
        claimed(message).update(**_unclaimed())
        window.put_off(message, opening)
        return False
    if not pace.needs_turn(message):
        return True
    turn, at = pace.take_turn(message.recipient_email)
    is_early = turn > at
    back = _unclaimed() | {"not_before": turn} if is_early else {}
    claimed(message).update(paced_until=turn, **back)
    return not is_early


def _unclaimed() -> dict[str, Any]:
    """For an UPDATE: as if it had not been claimed."""
    return {
        "state": State.QUEUED,
        "attempts": F("attempts") - 1,
        "first_tried_at": Case(
            When(attempts__gt=1, then=F("first_tried_at")), default=None
        ),
        "claim_id": None,
        "lease_until": None,
    }


def is_due() -> bool:
    """Whether a worker would find something to send now."""
    return bool(_any_due(epoch.mark()))


@compiled
def _any_due(mark: str) -> QuerySet[Message]:
    return due(mark).order_by().values_list("pk")[:1]


def due(mark: str = "") -> QuerySet[Message]:
    """What may leave now, in the order in which it leaves; `mark` as in `is_held`."""
    return Message.objects.filter(
        ~is_held(mark), state=Written(State.QUEUED), not_before__lte=Now()
    ).order_by("is_bulk", "not_before", "pk")


def _unwanted(message: Message) -> str:
    """Why a mail that is due is not to be sent after all; empty if it is."""
    is_off = message.event_status == Event.Status.CANCELLED
    if is_off and message.kind not in TOLD_AFTER_CANCELLATION:
        return Reason.CANCELLED
    return Reason.UNSUBSCRIBED if message.is_bulk and message.is_unsubscribed else ""
