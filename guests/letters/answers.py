"""Letters that follow from what a guest does."""

from collections.abc import Sequence

from events.outbox import Draft
from guests.letters.drafts import calendar, draft
from guests.models import Guest, Invitation


def answer(row: Invitation, guest: Guest, plus_ones: Sequence[str]) -> Draft:
    """Yes gets a calendar entry and a pass, no gets a door left open."""
    key = f"answer:{row.pk}:{guest.pk}:{row.version}"
    if guest.answer == Guest.Answer.YES:
        return draft(
            row,
            guest,
            kind="confirmation",
            key=key,
            plus_ones=list(plus_ones),
            calendar=calendar(row.event, row),
            qr={"link": ["pass", guest.public_id, row.link_version]},
        )
    if guest.answer == Guest.Answer.WAITLISTED:
        return draft(row, guest, kind="waitlisted", key=key)
    return draft(
        row,
        guest,
        kind="decline",
        key=key,
        calendar=calendar(row.event, row, cancelled=True),
    )


def lost_link(row: Invitation, guest: Guest, hour: str) -> Draft:
    """The same link again; one an hour at the most."""
    return draft(row, guest, kind="link", key=f"link:{row.pk}:{hour}")
