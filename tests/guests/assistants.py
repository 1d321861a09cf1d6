"""Dana, who answers for others, and her browser."""

from django.test import Client
from django.urls import reverse

from events.models import Event, Message
from guests.models import Contact, Guest
from losers_lounge.links import make_token
from tests.guests.factories import make_contact, make_guest, make_invitation


def make_dana(event: Event) -> Contact:
    return make_contact(event, "Dana", email="dana@agency.example", is_assistant=True)


def make_principal(dana: Contact, name: str = "", **fields: object) -> Guest:
    """Somebody Dana answers for, on an invitation of their own."""
    allowed = {"plus_ones": fields.pop("plus_ones", 0)}
    row = make_invitation(contact=dana, **allowed)
    return make_guest(name=name, invitation=row, **fields)


def link_of(contact: Contact) -> str:
    token = make_token("contact", contact.public_id, contact.link_version)
    return reverse("guests:contact_link", args=[token])


def desk_of(contact: Contact) -> Client:
    """A browser that came in by the assistant's present link."""
    client = Client()
    client.get(link_of(contact))
    return client


def page_for(contact: Contact, name: str = "") -> str:
    full = f"guests:contact_{name}" if name else "guests:contact"
    return reverse(full, args=[contact.public_id])


def ways_in(letter: Message) -> set[tuple[str, str]]:
    """What the links in a letter open, by purpose and lookup.

    Passes and dates are left out: they open no page.
    """
    found, left = set(), [letter.context]
    while left:
        value = left.pop()
        if isinstance(value, dict):
            left += value.values()
            link = value.get("link")
            if isinstance(link, list) and link[0] not in ("pass", "calendar"):
                found.add((link[0], link[1]))
    return found
