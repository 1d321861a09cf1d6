"""Change an event's settings; what winners owe follows in the same transaction."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from events import activity
from events.models import Event, User
from guests import letters, obligations, seats, waiting_list


class RoomTooSmall(Exception):
    """More seats are taken or offered than the room is to hold: so many `heads`."""

    def __init__(self, heads: int) -> None:
        super().__init__(f"{heads} heads")
        self.heads = heads


@transaction.atomic
def save(event: Event, changed: Sequence[str], *, by: User | str, at: datetime) -> None:
    """Save an event whose named fields have changed. Raises RoomTooSmall."""
    # The lock that seats are given out under: nobody says yes meanwhile.
    Event.objects.select_for_update(of=("self",), no_key=True).get(pk=event.pk)
    if "capacity" in changed:
        taken = seats.of(event)
        if taken.heads + taken.offered > event.capacity:
            raise RoomTooSmall(taken.heads + taken.offered)
    event.save()
    if "capacity" in changed:
        waiting_list.offer_free_seats(event, at)
    brought = obligations.bring_up_to_date(event, at)
    letters.post(letters.fresh_wins(brought), at)
    activity.record(event, by, "changed settings", ", ".join(changed), at=at)
