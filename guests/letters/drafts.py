"""What every letter has in common: whom it greets, the evening, the way back in."""

from collections.abc import Iterable
from datetime import datetime

from events import outbox
from events.models import Event
from events.outbox import Draft
from guests.models import Guest, Invitation
from losers_lounge.names import clean
from losers_lounge.templatetags.lounge import in_zone


def post(drafts: Iterable[Draft], at: datetime) -> int:
    """Put letters in the outbox; who has no address gets none. Returns new rows."""
    return outbox.create([draft for draft in drafts if draft.recipient_email], at)


def calendar(event: Event, row: Invitation, cancelled: bool = False) -> dict:
    """The .ics of the evening as plain values; its sequence grows with each answer."""
    return {
        "uid": f"invitation-{row.public_id}",
        "sequence": row.version,
        "method": "CANCEL" if cancelled else "PUBLISH",
        "summary": event.name,
        "starts_at": event.doors_at.isoformat(),
        "ends_at": event.ends_at.isoformat(),
        "location": clean(f"{event.venue}, {event.address}".strip(", ")),
        "description": clean(event.welcome),
        "url": {"link": ["invitation", row.public_id, row.link_version]},
    }


def draft(
    row: Invitation,
    guest: Guest,
    kind: str,
    key: str,
    is_bulk: bool = False,
    **values: object,
) -> Draft:
    """A letter of this kind to the invitation's contact, about this guest."""
    contact = row.contact
    context = {
        "event": _facts(row.event),
        "guest": {"name": guest.name},
        "greeting": contact.name,
        "for_others": contact.name != guest.name,
        "link": {"link": ["invitation", row.public_id, row.link_version]},
        **values,
    }
    return Draft(
        kind=kind,
        about=row.about,
        dedupe_key=key,
        event=row.event,
        recipient_name=contact.name,
        recipient_email=contact.email,
        template=f"guests/email/{kind}",
        context=context,
        is_bulk=is_bulk,
    )


def _facts(event: Event) -> dict[str, object]:
    """The evening as every letter tells it, in plain values."""
    return {
        "name": event.name,
        "hosted_by": event.hosted_by,
        "welcome": event.welcome,
        "venue": event.venue,
        "address": event.address,
        "when": in_zone(event.doors_at, event.zone),
        "charity": event.charity.legal_name,
        "amount_cents": event.winner_amount_cents,
    }
