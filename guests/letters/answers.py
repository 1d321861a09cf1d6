"""Letters that follow from what a guest does, and the offer of a freed seat."""

from collections.abc import Sequence

from events.outbox import Draft
from guests.letters.drafts import calendar, draft
from guests.models import Guest, Invitation, SeatOffer
from losers_lounge.templatetags.lounge import in_zone


def answer(
    guest: Guest,
    plus_ones: Sequence[str],
    unnamed: int = 0,
    was_coming: bool = False,
    *,
    is_only: bool = True,
) -> Draft:
    """Yes gets a calendar entry and a pass, no gets a door left open.

    A yes that only changed has a letter of its own. `is_only` says that nobody else
    of this invitation is coming: the evening leaves the calendar with the last one.
    """
    row = guest.invitation
    key = f"answer:{row.pk}:{guest.pk}:{row.version}"
    party = {"plus_ones": list(plus_ones), "unnamed": unnamed}
    if guest.answer == Guest.Answer.YES:
        return draft(
            row,
            guest,
            kind="changed" if was_coming else "confirmation",
            key=key,
            calendar=calendar(row.event, row),
            qr={"link": ["pass", guest.public_id, row.link_version]},
            **party,
        )
    if guest.answer == Guest.Answer.WAITLISTED:
        return draft(row, guest, kind="waitlisted", key=key, **party)
    return draft(
        row,
        guest,
        kind="decline",
        key=key,
        calendar=calendar(row.event, row, cancelled=is_only),
    )


def seat_offer(row: Invitation, offer: SeatOffer) -> Draft:
    """A seat is yours until a time; one press takes it or passes it on."""
    return draft(
        row,
        offer.guest,
        kind="offer",
        key=offer_key(offer.pk),
        until=in_zone(offer.expires_at, row.event.zone),
        heads=offer.heads,
    )


def offer_key(offer_id: int) -> str:
    """What the outbox knows the letter about an offer by."""
    return f"offer:{offer_id}"


def lost_link(row: Invitation, guest: Guest, hour: str) -> Draft:
    """The same link again; one an hour at the most."""
    return draft(row, guest, kind="link", key=f"link:{row.pk}:{hour}")
