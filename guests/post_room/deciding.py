"""What hosts decide about the event's mail as a whole, written down with who did."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop as noop

from events import activity, outbox
from events.models import Event, Message, User


@transaction.atomic
def hold(event: Event, *, by: User, at: datetime) -> int:
    """Let none of this event's mail leave until it is released; how many wait."""
    reason = noop("Held by %(name)s") % {"name": by}
    held = outbox.hold(reason[:200], at, event=event)
    activity.record(event, by, noop("held the mail"), at=at)
    return held


@transaction.atomic
def release(event: Event, *, by: User, at: datetime) -> int:
    """Let this event's mail leave again; how many go out."""
    released = outbox.release(event=event)
    activity.record(event, by, noop("released the mail"), at=at)
    return released


@transaction.atomic
def send_again(event: Event, letter: Message, *, by: User, at: datetime) -> bool:
    """Send a letter that failed or may have arrived once more, to the same address.

    False, and nothing is done, when it is on its way or has arrived.
    """
    if not outbox.send_again(event.messages.filter(pk=letter.pk)):
        return False
    activity.record(
        event, by, noop("sent a letter again"), letter.recipient_name, at=at
    )
    return True
