"""Seats: how many there are, who sits on them, for whom they are kept.

Heads are yes-guests with their plus-ones, but for those who went home for good. What
is offered to the waiting list counts as taken until the offer is closed. The event row
is the lock: whoever takes or frees seats holds it, looks, and only then writes (DESIGN
rule 6).
"""

from dataclasses import dataclass

from django.db import connection

from events.models import Event
from losers_lounge import tally

# Written out, since every yes waits for it: heads as `attending()` has them, counted
# from an index alone, less the few who went home.
COUNTED = """
    SELECT
        (SELECT count(*) FROM guests_guest
            WHERE event_id = %(event)s AND answer = 'yes' AND removed_at IS NULL)
        - (SELECT count(*) FROM guests_guest
            WHERE event_id = %(event)s AND gone_at IS NOT NULL
            AND answer = 'yes' AND removed_at IS NULL),
        (SELECT coalesce(sum(heads), 0) FROM guests_seatoffer AS offer
            JOIN guests_guest AS guest ON guest.id = offer.guest_id
            WHERE offer.event_id = %(event)s AND offer.state = 'open'
            AND guest.answer = 'waitlisted' AND guest.removed_at IS NULL)
"""


class EventFull(Exception):
    """Too few seats: so many are free, so many the guest's own party holds."""

    def __init__(self, seats_left: int, seats_held: int) -> None:
        super().__init__(f"{seats_left} seats left, {seats_held} held")
        self.seats_left = seats_left
        self.seats_held = seats_held


@dataclass(frozen=True)
class Seats:
    capacity: int
    heads: int
    offered: int

    @property
    def left(self) -> int:
        return max(0, self.capacity - self.heads - self.offered)


def of(event: Event) -> Seats:
    """Seats of the event as the rows have them now; one query, no lock.

    An offer keeps seats only for somebody who is still waiting: nothing that happens
    to a guest can leave seats kept for nobody.
    """
    with connection.cursor() as cursor:
        cursor.execute(COUNTED, {"event": event.pk})
        heads, offered = cursor.fetchone()
    return Seats(event.capacity, heads, offered)


def is_full(event: Event) -> bool:
    """Whether who says yes now finds no seat; not said of an event that takes none."""
    return event.takes_answers() and not of(event).left


def take(event: Event, wanted: int, held: int) -> None:
    """Make sure that a party which holds some seats can have so many in all.

    Needs the event's lock. Raises EventFull.
    """
    if wanted <= held:
        return
    left = of(event).left
    if wanted - held > left:
        tally.count("seats.full")
        raise EventFull(left, held)
