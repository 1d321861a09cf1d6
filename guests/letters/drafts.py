"""What every letter has in common: whom it greets, the evening, the way back in."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format

from events import letter_texts, outbox
from events.letter_texts import Words
from events.models import Event
from events.models.cover import GROUNDS
from events.outbox import Draft
from guests.models import Contact, Guest, Invitation
from losers_lounge.moments import in_zone, short_time
from losers_lounge.names import clean
from losers_lounge.telling import told_cents

OUR_WORDS = Words()


def post(drafts: Iterable[Draft], at: datetime) -> int:
    """Put letters in the outbox; who has no address gets none. Returns new rows."""
    return outbox.create([draft for draft in drafts if draft.recipient_email], at)


def calendar(event: Event, row: Invitation, cancelled: bool = False) -> dict:
    """The .ics of the evening as plain values; its sequence grows with each answer.

    Calendars are shared and entries passed on: it names the page, which only a
    browser that came in by the link can open, and never the link.
    """
    return {
        "uid": f"invitation-{row.public_id}",
        "sequence": row.version,
        "method": "CANCEL" if cancelled else "PUBLISH",
        "summary": event.name,
        "starts_at": event.doors_at.isoformat(),
        "ends_at": event.ends_at.isoformat(),
        "location": clean(f"{event.venue}, {event.address}".strip(", ")),
        "description": clean(event.welcome),
        "url": page_of(row),
    }


def draft(
    row: Invitation,
    guest: Guest,
    kind: str,
    key: str,
    is_bulk: bool = False,
    words: Words = OUR_WORDS,
    **values: object,
) -> Draft:
    """A letter of this kind to the invitation's contact, about this guest."""
    contact = row.contact
    return Draft(
        kind=kind,
        about=row.about,
        dedupe_key=key,
        event=row.event,
        recipient_name=contact.name,
        recipient_email=contact.email,
        template=f"guests/email/{kind}",
        context={
            **_addressed(row.event, contact, words),
            "guest": {"name": guest.name},
            "for_others": contact.name != guest.name,
            "link": way_in(row),
            **values,
        },
        is_bulk=is_bulk,
    )


def digest(
    rows: Sequence[Invitation],
    kind: str,
    key: str,
    words: Words = OUR_WORDS,
    **values: object,
) -> Draft:
    """One letter to a contact about all of these, her own invitations."""
    contact, event = rows[0].contact, rows[0].event
    return Draft(
        kind=kind,
        about=contact.about,
        dedupe_key=key,
        event=event,
        recipient_name=contact.name,
        recipient_email=contact.email,
        template=f"guests/email/{kind}",
        context={
            **_addressed(event, contact, words),
            "for_others": True,
            "is_digest": True,
            "link": way_in(rows[0]),
            **values,
        },
        is_bulk=True,
    )


def moment(event: Event, at: datetime) -> str:
    """A moment as the event's letters tell it, in its zone and its language."""
    with translation.override(event.language):
        return in_zone(at, event.zone)


def clock(event: Event, at: datetime | None) -> str:
    """The same, the time alone."""
    with translation.override(event.language):
        return short_time(at, event.zone)


def way_in(row: Invitation) -> dict[str, list]:
    """Where a letter's button leads: an assistant has a page for all her guests."""
    contact = row.contact
    if contact.is_assistant:
        return {"link": ["contact", contact.public_id, contact.link_version]}
    return {"link": ["invitation", row.public_id, row.link_version]}


def page_of(row: Invitation) -> str:
    """The plain address of where `way_in` leads; it opens nothing by itself."""
    if row.contact.is_assistant:
        path = reverse("guests:contact", args=[row.contact.public_id])
    else:
        path = reverse("guests:invitation", args=[row.public_id])
    return settings.SITE_URL + path


def _addressed(event: Event, contact: Contact, words: Words) -> dict[str, Any]:
    with translation.override(event.language):
        return _told(event, contact, words)


def _told(event: Event, contact: Contact, words: Words) -> dict[str, Any]:
    facts = _facts(event)
    context = {"event": facts, "greeting": contact.name}
    if words:
        context["words"] = letter_texts.filled(
            words,
            {
                "name": contact.name,
                "event": event.name,
                "when": facts["when"],
                "where": clean(f"{event.venue}, {event.address}".strip(", ")),
                "deadline": facts["deadline"] or facts["when"],
                "amount": told_cents(event.winner_amount_cents),
                "charity": facts["charity"],
                "hosts": event.hosted_by or event.name,
            },
        )
    return context


def _facts(event: Event) -> dict[str, Any]:
    """The evening as every letter tells it, in plain values."""
    return {
        "name": event.name,
        "cover": event.cover,
        "ground": GROUNDS[event.cover],
        "hosted_by": event.hosted_by,
        "welcome": event.welcome,
        "venue": event.venue,
        "address": event.address,
        "when": in_zone(event.doors_at, event.zone),
        "deadline": in_zone(event.rsvp_deadline_at, event.zone),
        "charity": event.charity.legal_name,
        "amount_cents": event.winner_amount_cents,
        "kept_until": date_format(
            event.guests_kept_until.astimezone(event.zone), "CALENDAR_DAY"
        ),
    }
