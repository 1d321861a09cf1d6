"""Letters that came back, as tests need them."""

from typing import Any

from django.utils import timezone

from events.models import Message
from guests import invitations
from guests.models import Guest


def failed(guest: Guest, state: str = "bounced", **fields: Any) -> Message:
    """The invitation of this guest, come back."""
    invitations.send(guest.event_id, by="Amy", at=timezone.now())
    letters = Message.objects.filter(about=guest.invitation.about, kind="invitation")
    letters.update(state=state, last_error="refused", **fields)
    return letters.get()
