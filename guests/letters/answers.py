"""Letters that follow from what a guest does, and the offer of a freed seat."""

from collections.abc import Sequence

from events import letter_texts
from events.letter_texts import Words
from events.outbox import Draft
from guests.letters.drafts import calendar, draft, moment
from guests.models import Guest, Invitation, SeatOffer


def answer(
    guest: Guest,
    plus_ones: Sequence[str],
    unnamed: int = 0,
    was_coming: bool = False,
    *,
    is_only: bool = True,
    words: Words | None = None,
) -> Draft:
    """Yes gets a calendar entry and a pass, no gets a door left open.

    A yes that only changed has a letter of its own. `is_only` says that nobody else
    of this invitation is coming: the evening leaves the calendar with the last one.
    `words` stand in for the host's own.
    """
    row = guest.invitation
    kind = _kind(guest, was_coming)
    parts = _evening(guest, is_only)
    if guest.answer in (Guest.Answer.YES, Guest.Answer.WAITLISTED):
        parts |= {"plus_ones": list(plus_ones), "unnamed": unnamed}
    return draft(
        row,
        guest,
        kind=kind,
        key=f"answer:{row.pk}:{guest.pk}:{row.version}",
        words=_words(row, kind, words),
        **parts,
    )


def seat_offer(row: Invitation, offer: SeatOffer, words: Words | None = None) -> Draft:
    """A seat is yours until a time; one press takes it or passes it on."""
    return draft(
        row,
        offer.guest,
        kind="offer",
        key=offer_key(offer.pk),
        words=_words(row, "offer", words),
        until=moment(row.event, offer.expires_at),
        heads=offer.heads,
    )


def offer_key(offer_id: int) -> str:
    """What the outbox knows the letter about an offer by."""
    return f"offer:{offer_id}"


def lost_link(row: Invitation, guest: Guest, hour: str) -> Draft:
    """The same link again; one an hour at the most."""
    return draft(row, guest, kind="link", key=f"link:{row.pk}:{hour}")


def _evening(guest: Guest, is_only: bool) -> dict[str, object]:
    """For a yes the calendar and the pass; for a no the calendar without it."""
    row = guest.invitation
    if guest.answer == Guest.Answer.WAITLISTED:
        return {}
    if guest.answer != Guest.Answer.YES:
        return {"calendar": calendar(row.event, row, cancelled=is_only)}
    return {
        "calendar": calendar(row.event, row),
        "calendar_link": {"link": ["calendar", row.public_id, row.link_version]},
        "qr": {"link": ["pass", guest.public_id, row.link_version]},
    }


def _kind(guest: Guest, was_coming: bool) -> str:
    if guest.answer == Guest.Answer.YES:
        return "changed" if was_coming else "confirmation"
    return "waitlisted" if guest.answer == Guest.Answer.WAITLISTED else "decline"


def _words(row: Invitation, kind: str, words: Words | None) -> Words:
    return letter_texts.of(row.event, kind) if words is None else words
