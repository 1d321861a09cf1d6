"""Every letter a guest gets, as drafts for the outbox; the words are templates."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from events import outbox
from events.models import Category, Event
from events.outbox import Draft
from guests.models import Guest, Invitation, Obligation
from losers_lounge.names import clean
from losers_lounge.templatetags.lounge import in_zone


def post(drafts: Iterable[Draft], at: datetime) -> int:
    """Put letters in the outbox; who has no address gets none. Returns new rows."""
    return outbox.create([draft for draft in drafts if draft.recipient_email], at)


def invitation(row: Invitation, guests: Sequence[Guest]) -> Draft:
    """The first letter; the wave in its key lets a later wave write again."""
    return _draft(
        row,
        guests[0],
        kind="invitation",
        key=f"invitation:{row.pk}:{row.wave}",
        is_bulk=True,
        guest_names=[guest.name for guest in guests],
        plus_ones=row.plus_ones,
        is_nominee=any(guest.nominee_id for guest in guests),
        calendar=calendar(row.event, row),
    )


def answer(row: Invitation, guest: Guest, plus_ones: Sequence[str]) -> Draft:
    """Yes gets a calendar entry and a pass, no gets a door left open."""
    key = f"answer:{row.pk}:{guest.pk}:{row.version}"
    if guest.answer == Guest.Answer.YES:
        return _draft(
            row,
            guest,
            kind="confirmation",
            key=key,
            plus_ones=list(plus_ones),
            calendar=calendar(row.event, row),
            qr={"link": ["pass", guest.public_id, row.link_version]},
        )
    if guest.answer == Guest.Answer.WAITLISTED:
        return _draft(row, guest, kind="waitlisted", key=key)
    return _draft(
        row,
        guest,
        kind="decline",
        key=key,
        calendar=calendar(row.event, row, cancelled=True),
    )


def wins(rows: Iterable[Obligation]) -> list[Draft]:
    """We're sorry about your win."""
    return [
        _draft(
            row.guest.invitation,
            row.guest,
            kind="win",
            key=f"win:{row.pk}",
            why=row.why,
            amount_cents=row.amount_cents,
        )
        for row in rows
    ]


def losses(guests: Iterable[Guest]) -> list[Draft]:
    """You lost. Come on in."""
    return [
        _draft(guest.invitation, guest, kind="loss", key=f"loss:{guest.pk}")
        for guest in guests
        if guest.answer != Guest.Answer.NO
    ]


def corrections(rows: Iterable[Obligation], category: Category) -> list[Draft]:
    """A gentle word to somebody who had won for a while."""
    return [
        _draft(
            row.guest.invitation,
            row.guest,
            kind="correction",
            key=f"correction:{row.pk}",
            category=category.name,
        )
        for row in rows
        if row.due_at is not None
    ]


def lost_link(row: Invitation, guest: Guest, hour: str) -> Draft:
    """The same link again; one an hour at the most."""
    return _draft(row, guest, kind="link", key=f"link:{row.pk}:{hour}")


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


def _draft(
    row: Invitation,
    guest: Guest,
    kind: str,
    key: str,
    is_bulk: bool = False,
    **values: object,
) -> Draft:
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
