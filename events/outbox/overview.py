"""What people see of the outbox: how many mails stand where."""

from django.db.models import Count, Q, QuerySet

from events.models import Event, Message

State = Message.State


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
