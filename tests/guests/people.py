"""Guests as their browsers know them, and files as hosts send them."""

from datetime import UTC, datetime

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from guests import rsvp
from guests.models import Guest, Invitation
from losers_lounge.links import make_token

AT = datetime(2013, 9, 1, 12, tzinfo=UTC)
YES, NO = Guest.Answer.YES, Guest.Answer.NO
WAITLISTED = Guest.Answer.WAITLISTED


def token_of(invitation: Invitation) -> str:
    return make_token("invitation", invitation.public_id, invitation.link_version)


def browser_of(invitation: Invitation) -> Client:
    """A browser that came in by the invitation's present link."""
    client = Client()
    client.get(reverse("guests:link", args=[token_of(invitation)]))
    return client


def page_of(invitation: Invitation, name: str = "invitation") -> str:
    return reverse(f"guests:{name}", args=[invitation.public_id])


def say(
    guest: Guest, reply: str = YES, *names: str, version: int | None = None
) -> Guest:
    """One answer, given now in the tests' own time."""
    said = rsvp.Reply(Guest.Answer(reply), names, version=version)
    return rsvp.answer(guest.pk, said, at=AT)


def party_of(guest: Guest) -> list[str]:
    """Who comes with this guest, by name."""
    rows = guest.plus_one_guests.filter(removed_at=None).order_by("pk")
    return [row.name for row in rows if row.is_coming]


def csv_file(data: bytes | str, name: str = "guests.csv") -> SimpleUploadedFile:
    content = data.encode() if isinstance(data, str) else data
    return SimpleUploadedFile(name, content, content_type="text/csv")
