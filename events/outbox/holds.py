"""Let no mail leave, of one event or of all, and let it leave again."""

from datetime import datetime

from django.db import transaction
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When
from django.utils.timezone import now
from django.utils.translation import gettext as _

from events import doorbell
from events.models import Event, Message, SendingHold
from events.outbox import epoch

State = Message.State


@transaction.atomic
def hold(reason: str, at: datetime, event: Event | None = None) -> int:
    """Let no mail leave until `release`; the number now held. In hand: finished.

    With an event only its own mail waits. Twice is once, and keeps the first reason.
    """
    if not SendingHold.objects.filter(event=event).exists():
        SendingHold.objects.create(event=event, held_at=at, reason=reason)
    waiting = _of(event).filter(state=State.QUEUED)
    return waiting.update(state=State.HELD)


@transaction.atomic
def release(event: Event | None = None, at: datetime | None = None) -> int:
    """End that one hold; the number released.

    Mail stays where it is while another hold stands over it: everybody's, or its
    event's own. Everybody's includes that of a database brought back from a backup.
    """
    if event is None:
        epoch.begin(at or now())
    SendingHold.objects.filter(event=event).delete()
    waiting = _of(event).filter(~is_held(), state=State.HELD)
    # Turns that passed meanwhile are void: all of them would come at once.
    released = waiting.update(state=State.QUEUED, paced_until=None)
    transaction.on_commit(doorbell.ring, robust=True)
    return released


def is_held(mark: str = "") -> Q:
    """In a query of messages: whether a hold stands over this one.

    `mark` as in `epoch.is_another`.
    """
    over_it = Q(event=None) | Q(event=OuterRef("event_id"))
    return Q(Exists(SendingHold.objects.filter(over_it))) | Q(epoch.is_another(mark))


def holds_mail_of(event: Event) -> bool:
    """Whether this event's mail waits for somebody to let it go."""
    over_it = Q(event=None) | Q(event=event)
    held = Q(Exists(SendingHold.objects.filter(over_it))) | Q(epoch.is_another())
    return Event.objects.filter(held, pk=event.pk).exists()


def why_nothing_leaves() -> str:
    """Why no mail of any event leaves, in a host's words; empty when it may."""
    if epoch.is_held():
        return _(
            "This server was restored from a backup. Until the person who "
            "runs it has looked, no mail leaves, no saved card is charged "
            "and no refund is sent."
        )
    everybodys = SendingHold.objects.filter(event=None).first()
    return everybodys.reason if everybodys else ""


def waiting_state() -> Case:
    """For an UPDATE of messages that are to wait: held under a hold, else queued."""
    held = When(is_held(), then=Value(State.HELD))
    return Case(held, default=Value(State.QUEUED))


def _of(event: Event | None) -> QuerySet[Message]:
    return Message.objects.all() if event is None else event.messages.all()
