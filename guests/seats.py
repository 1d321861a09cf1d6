"""Seats: how many there are, who sits on them, for whom they are kept.

Heads are yes-guests with their plus-ones, but for those who went home for good. What
is offered to the waiting list counts as taken until the offer is closed. The event row
is the lock: whoever takes or frees seats holds it, looks, and only then writes (DESIGN
rule 6).

Nobody counts the guests for it: a hundred thousand would make each answer wait.
Triggers write down each seat as it is taken or given back (SeatMove), so that heads
are the sum of a few rows, and who gives a seat back waits for nobody.
"""

from dataclasses import dataclass

from django.db import connection

from events.models import Event
from guests.models import SeatMove
from losers_lounge import tally
from losers_lounge.compiled_rows import insert

# Written out, since every yes waits for it.
COUNTED = """
    SELECT coalesce(sum(heads), 0), count(*),
        (SELECT coalesce(sum(offer.heads), 0) FROM guests_seatoffer AS offer
            JOIN guests_guest AS guest ON guest.id = offer.guest_id
            WHERE offer.event_id = %(event)s AND offer.state = 'open'
            AND guest.answer = 'waitlisted' AND guest.removed_at IS NULL)
    FROM guests_seatmove WHERE event_id = %(event)s
"""
FOLD = "DELETE FROM guests_seatmove WHERE event_id = %s RETURNING heads"
# More rows than this are made one by the next who takes a seat.
MOST_MOVES = 100


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
    heads, _moves, offered = _counted(event)
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
    heads, moves, offered = _counted(event)
    left = Seats(event.capacity, heads, offered).left
    if wanted - held > left:
        tally.count("seats.full")
        raise EventFull(left, held)
    if moves > MOST_MOVES:
        fold(event)


def fold(event: Event) -> None:
    """Make one row of all that moved so far. Needs the event's lock.

    What somebody has not committed yet stays a row of its own.
    """
    with connection.cursor() as cursor:
        cursor.execute(FOLD, [event.pk])
        heads = sum(moved for (moved,) in cursor.fetchall())
    insert(SeatMove(event=event, heads=heads))


def _counted(event: Event) -> tuple[int, int, int]:
    """Heads, in how many rows they stand, and heads that are offered."""
    with connection.cursor() as cursor:
        cursor.execute(COUNTED, {"event": event.pk})
        return cursor.fetchone()
