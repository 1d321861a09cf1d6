"""A mailing in one call, people who were invited, and who was written to."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from events.models import Event
from guests import mailings
from guests.models import Guest, Invitation, Mailing
from tests.guests.factories import make_guest
from tests.guests.people import AT

Kind, State = Mailing.Kind, Mailing.State
LATER = AT + timedelta(hours=3)


def plan(event: Event, kind: str = Kind.INVITATION, **options: Any) -> Mailing:
    press = {"at": AT, "by": "test", "nonce": uuid4().hex}
    press |= {name: options.pop(name) for name in press if name in options}
    return mailings.plan(event, mailings.Plan(kind, **options), **press)


def invited(event: Event, **fields: Any) -> Guest:
    guest = make_guest(event, **fields)
    Invitation.objects.filter(pk=guest.invitation_id).update(invited_at=AT)
    guest.invitation.refresh_from_db()
    return guest


def written_to(event: Event, kind: str) -> set[str]:
    return set(event.messages.filter(kind=kind).values_list("about", flat=True))
