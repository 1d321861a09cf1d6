"""Letters a host sends to many: the invitation and what belongs to it."""

from collections.abc import Sequence

from events.outbox import Draft
from guests.letters.drafts import calendar, draft
from guests.models import Guest, Invitation


def invitation(row: Invitation, guests: Sequence[Guest]) -> Draft:
    """The first letter; the wave in its key lets a later wave write again."""
    return draft(
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
