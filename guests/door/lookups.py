"""How many people one phone, or one door account, looks up: a door's worth.

Whoever holds a phone sees whom they look for, one by one; nobody needs the whole list
in ten minutes. A look is on the way of everybody in the queue, so each process counts
by itself and tells the others of every tenth: at most ten times as many processes as
there are see more than the limit says.
"""

import time
from collections.abc import Hashable

from django.utils import timezone
from django.utils.translation import gettext_noop as noop

from events import activity
from events.models import Event
from guests.actors import Actor
from losers_lounge.throttle import Throttle

WINDOW = 600
# Ten a minute through one door is fast; typing a name searches six times or so.
PEOPLE = Throttle("door_people", most=200, seconds=WINDOW)
SEARCHES = Throttle("door_searches", most=600, seconds=WINDOW)
# Somebody who is not there is looked up by a wrong press, or by trying numbers.
NOBODY = Throttle("door_nobody", most=20, seconds=WINDOW)
# What waited in a phone without network comes at once, so this is a night's worth.
SCANS = Throttle("door_scans", most=2_000, seconds=WINDOW)
TOLD_EVERY = 10


class TooMany(Exception):
    """This actor has looked up more than a door lets in; `throttle` says of what."""

    def __init__(self, throttle: Throttle) -> None:
        super().__init__(throttle.purpose)
        self.throttle = throttle


class _Tally:
    """What this process has counted for one actor and not told the others yet."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self.seen: set[Hashable] = set()
        self.untold = 0
        self.is_spent = False


_tallies: dict[tuple[str, str], _Tally] = {}


def note_person(event: Event, by: Actor, guest_id: int) -> None:
    """A card is opened; the same one again is not counted. Raises TooMany."""
    _note(PEOPLE, event, by, guest_id)


def note_search(event: Event, by: Actor, text: str) -> None:
    """A name is looked for; the same letters again are not counted. Raises TooMany."""
    _note(SEARCHES, event, by, text)


def note_nobody(event: Event, by: Actor) -> None:
    """Somebody was asked for who is not on this list. Raises TooMany."""
    _check(NOBODY, by)
    _count(NOBODY, event, by, 1)


def note_scans(event: Event, by: Actor, scans: int, of_nobody: int) -> None:
    """So many scans are handed in, so many of them of nobody here. Raises TooMany.

    Whoever hands in what was handed in before is counted too: it is work all the same.
    """
    _check(SCANS, by)
    _check(NOBODY, by)
    _count(SCANS, event, by, scans)
    if of_nobody:
        _count(NOBODY, event, by, of_nobody)


def _check(throttle: Throttle, by: Actor) -> None:
    if throttle.is_spent(by.key):
        raise TooMany(throttle)


def forget() -> None:
    """Begin to count anew, as a process that has just started does."""
    _tallies.clear()


def _note(throttle: Throttle, event: Event, by: Actor, what: Hashable) -> None:
    key = (throttle.purpose, by.key)
    tally = _tallies.get(key)
    if tally is None or time.monotonic() - tally.began > throttle.seconds:
        tally = _tallies[key] = _Tally()
    if tally.is_spent and throttle.is_spent(by.key):
        raise TooMany(throttle)
    if what in tally.seen:
        return
    tally.seen.add(what)
    tally.untold += 1
    if tally.untold >= TOLD_EVERY:
        _count(throttle, event, by, tally.untold)
        tally.untold = 0
        tally.is_spent = throttle.is_spent(by.key)


def _count(throttle: Throttle, event: Event, by: Actor, more: int) -> None:
    """The last that may be is told to the hosts, once in the window."""
    was_spent = throttle.is_spent(by.key)
    throttle.count(by.key, more)
    if not was_spent and throttle.is_spent(by.key):
        verb = noop("looked up more people than a door lets in")
        activity.record(event, by.logged, verb, at=timezone.now())
