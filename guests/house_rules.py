"""Change an event's settings; what winners owe follows in the same transaction."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop as noop

from events import activity
from events.models import Event, User
from guests import letters, obligations, seats, surplus, waiting_list
from guests.privacy import retention
from losers_lounge import edit_conflict

VERB = noop("changed settings")


class RoomTooSmall(Exception):
    """More seats are taken or offered than the room is to hold: so many `heads`."""

    def __init__(self, heads: int) -> None:
        super().__init__(f"{heads} heads")
        self.heads = heads


class SavedMeanwhile(Exception):
    """Another host, `by`, saved since the page was drawn; `now` is what stands."""

    def __init__(self, now: Event, by: str) -> None:
        super().__init__(now.slug)
        self.now, self.by = now, by


class WouldForget(Exception):
    """By the new days the clock forgets so many `people` within the hour."""

    def __init__(self, people: int) -> None:
        super().__init__(f"{people} people")
        self.people = people


def mark(event: Event) -> str:
    """What a page of settings was drawn from: another one for any other column."""
    columns = [field.attname for field in event._meta.concrete_fields]
    return edit_conflict.mark(*[(name, getattr(event, name)) for name in columns])


@transaction.atomic
def save(
    event: Event,
    changed: Sequence[str],
    *,
    by: User | str,
    at: datetime,
    seen: str = "",
    words: str = "",
    forgets: bool = False,
) -> None:
    """Save an event whose named fields have changed; `words` names them for the log.

    Raises RoomTooSmall, SavedMeanwhile when `seen` marks what no longer stands, and
    WouldForget unless that is meant (`forgets`).
    """
    # The lock that seats are given out under: nobody says yes meanwhile.
    now = Event.objects.locked().get(pk=event.pk)
    if seen and mark(now) != seen:
        raise SavedMeanwhile(now, _last_saved_by(now))
    if not forgets:
        _check_clock(event, now, at)
    if "capacity" in changed:
        _check_room(event)
    event.save()
    if "capacity" in changed:
        waiting_list.offer_free_seats(event, at)
    _follow(event, at)
    activity.record(event, by, VERB, words, at=at)


def _last_saved_by(event: Event) -> str:
    """The name in the log; empty where settings were changed by another way."""
    line = event.activities.filter(verb=VERB).first()
    return line.actor_name if line else ""


def _check_clock(event: Event, now: Event, at: datetime) -> None:
    """Raises WouldForget where `event` is due at once, and was not as it stands."""
    if retention.is_due(event, at) and not retention.is_due(now, at):
        people = event.guests.filter(erased_at=None).count()
        if people:
            raise WouldForget(people)


def _check_room(event: Event) -> None:
    taken = seats.of(event)
    if taken.heads + taken.offered > event.capacity:
        raise RoomTooSmall(taken.heads + taken.offered)


def _follow(event: Event, at: datetime) -> None:
    """What winners owe by the new rules, their letters, and what was paid too much."""
    brought = obligations.bring_up_to_date(event, at)
    letters.post(letters.fresh_wins(brought), at)
    touched = (*brought.fallen_due, *brought.voided)
    surplus.bring_up_to_date({row.guest_id for row in touched}, at)
