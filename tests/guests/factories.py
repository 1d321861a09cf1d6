"""People by need: a contact, its invitation, the guests on it."""

from datetime import timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from events.models import Event
from guests.models import (
    Contact,
    Guest,
    Invitation,
    Mailing,
    NameRequest,
    SeatOffer,
)
from tests.factories import make_event

_numbers = count(1)


def make_contact(event: Event, name: str = "", **fields: Any) -> Contact:
    number = next(_numbers)
    defaults = {"email": f"guest{number}@guests.example"}
    name = name or f"Contact {number}"
    return Contact.objects.create(event=event, name=name, **defaults | fields)


def make_invitation(
    event: Event | None = None, contact: Contact | None = None, **fields: Any
) -> Invitation:
    """An invitation without guests; see make_guest for one with its guest."""
    event = event or (contact.event if contact else make_event())
    contact = contact or make_contact(event)
    return Invitation.objects.create(event=event, contact=contact, **fields)


def make_guest(
    event: Event | None = None,
    name: str = "",
    invitation: Invitation | None = None,
    **fields: Any,
) -> Guest:
    """A guest on an invitation of their own, or on the one given.

    Any answer but waiting is given a time, as the database asks.
    """
    event = event or (invitation.event if invitation else make_event())
    name = name or f"Guest {next(_numbers)}"
    if invitation is None:
        plus_ones = fields.pop("plus_ones", 0)
        contact = make_contact(event, name)
        invitation = make_invitation(event, contact, plus_ones=plus_ones)
    if fields.get("answer", Guest.Answer.WAITING) != Guest.Answer.WAITING:
        fields.setdefault("answered_at", timezone.now())
    named = Guest.named(name, fields.pop("aliases", ()))
    return Guest.objects.create(event=event, invitation=invitation, **named | fields)


def make_mailing(event: Event, **fields: Any) -> Mailing:
    """An invitation mailing to everybody, planned for now."""
    now = timezone.now()
    defaults = {"kind": Mailing.Kind.INVITATION, "send_at": now, "created_at": now}
    nonce = f"mailing-{next(_numbers)}"
    return Mailing.objects.create(event=event, nonce=nonce, **defaults | fields)


def make_offer(guest: Guest, **fields: Any) -> SeatOffer:
    """A seat kept for this guest, for a day from now."""
    now = timezone.now()
    defaults = {"heads": 1, "offered_at": now, "expires_at": now + timedelta(days=1)}
    return SeatOffer.objects.create(event=guest.event, guest=guest, **defaults | fields)


def ask_for_a_name(guest: Guest, name: str = "Ann", **fields: Any) -> NameRequest:
    """A name this guest asks for, of somebody new unless a plus-one is given."""
    return NameRequest.objects.create(
        event=guest.event,
        principal=guest,
        name=name,
        asked_at=timezone.now(),
        **fields,
    )
