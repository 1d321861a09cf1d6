"""What people see of the outbox and may do with it: hold, release, send again."""

from datetime import datetime

from django.db import transaction
from django.db.models import Case, Count, F, Q, QuerySet, When
from django.db.models.functions import Now

from events import doorbell
from events.models import Event, Message, SendingHold

State = Message.State


@transaction.atomic
def hold(reason: str, at: datetime) -> int:
    """Let no mail leave until `release`; the number now held. In hand: finished."""
    SendingHold.objects.create(held_at=at, reason=reason)
    return Message.objects.filter(state=State.QUEUED).update(state=State.HELD)


@transaction.atomic
def release() -> int:
    """Let mail leave again; the number released."""
    SendingHold.objects.all().delete()
    released = Message.objects.filter(state=State.HELD).update(state=State.QUEUED)
    transaction.on_commit(doorbell.ring, robust=True)
    return released


def send_again(messages: QuerySet[Message]) -> int:
    """A host's decision about mails that failed or may have arrived; the number."""
    stopped = messages.filter(state__in=[State.FAILED, State.UNKNOWN])
    queued = stopped.update(
        state=State.QUEUED,
        not_before=Now(),
        attempts=0,
        deferrals=0,
        first_tried_at=None,
        claim_id=None,
        copies_possible=Case(
            When(state=State.UNKNOWN, then=F("copies_possible") + 1),
            default=F("copies_possible"),
            output_field=Message._meta.get_field("copies_possible"),
        ),
    )
    transaction.on_commit(doorbell.ring, robust=True)
    return queued


def progress(event: Event, kind: str = "", about: str = "") -> dict[str, int]:
    """How many of the event's mails stand where: every state, zero or not.

    Narrowed to one kind, or to mail whose `about` begins so ("invitation/").
    """
    messages = event.messages.all()
    if kind:
        messages = messages.filter(kind=kind)
    return counts(messages.about(about) if about else messages)


def counts(messages: QuerySet[Message] | None = None) -> dict[str, int]:
    """By state, and `copies_possible`: how many may have arrived more than once."""
    every = Message.objects.all() if messages is None else messages
    repeated = Count("pk", filter=Q(copies_possible__gt=1))
    found = dict.fromkeys([*State.values, "copies_possible"], 0)
    grouped = every.order_by().values("state").annotate(n=Count("pk"), twice=repeated)
    for row in grouped:
        found[row["state"]] = row["n"]
        found["copies_possible"] += row["twice"]
    return found
