"""The rooms of one event, in the groups that people think of them: tabs, and their own.

Thirteen tabs fit no phone. Seven do, and the rooms that belong together stand below the
one that is open. Names of URLs are all this knows of the apps.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import lru_cache

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

EVERYBODY = ("host", "results", "door", "finance")


@dataclass(frozen=True)
class Room:
    """A page of the event with a link of its own, for some roles."""

    name: str  # of its URL
    words: str  # lazy: said in the reader's language
    roles: tuple[str, ...]
    exact: bool = False  # the pages below it belong to somebody else


@dataclass(frozen=True)
class Group:
    """Rooms that belong together; `also` are pages of theirs without a link."""

    words: str
    rooms: tuple[Room, ...]
    also: tuple[str, ...] = ()

    def open_to(self, roles: Collection[str]) -> list[Room]:
        return [room for room in self.rooms if not set(room.roles).isdisjoint(roles)]


@dataclass(frozen=True)
class Tab:
    """A link as it is drawn: for a group the first of its rooms that is open."""

    words: str
    url: str
    current: str  # what aria-current says: "page", "true" below it, or nothing


@dataclass(frozen=True)
class Shown:
    """What one person sees of it, on one page."""

    groups: tuple[Tab, ...]
    words: str  # of the group that is open
    inner: tuple[Tab, ...]  # its rooms, when there are several


HOST, MONEY = ("host",), ("host", "finance")
DOOR, DESK = ("host", "door"), ("host", "results")
GROUPS = (
    Group(_("Overview"), (Room("guests:overview", _("Overview"), EVERYBODY, True),)),
    Group(
        _("Guests"),
        (
            Room("guests:guest_list", _("Guest list"), HOST),
            Room("guests:waiting", _("Waiting list"), HOST),
            Room("guests:names", _("Names asked for"), HOST),
            Room("guests:doubles", _("Anybody twice?"), HOST),
        ),
    ),
    Group(_("Post room"), (Room("guests:messages", _("Post room"), HOST),)),
    Group(
        _("Results"),
        (
            Room("guests:results", _("Results desk"), DESK),
            Room("guests:nominations", _("Nominations"), HOST),
            Room("guests:results_official", _("Official list"), DESK),
            Room("guests:undecided", _("Undecided"), ("results",)),
        ),
    ),
    Group(
        _("Door"),
        (
            Room("guests:door", _("Search"), DOOR, True),
            Room("guests:trophies", _("Trophies"), DOOR),
            Room("guests:door_requests", _("Requests"), HOST),
            Room("guests:settle", _("To settle"), DOOR),
            Room("guests:undecided", _("Undecided"), DOOR),
            Room("guests:door_exceptions", _("To look at"), DOOR),
            Room("guests:devices", _("Phones"), HOST),
            Room("guests:door_pin", _("Your PIN"), HOST),
            Room("guests:readiness", _("Readiness"), DOOR),
            Room("guests:closing", _("Closing"), HOST),
        ),
        also=("guests:door",),
    ),
    Group(
        _("Money"),
        (
            Room("donations:dashboard", _("Dashboard"), MONEY, True),
            Room("donations:gifts", _("Donations"), MONEY),
            Room("guests:obligations", _("Who owes"), HOST),
            Room("donations:pledges", _("Pledges"), MONEY),
            Room("donations:manual", _("By hand"), MONEY),
            Room("donations:receipts", _("Receipts"), MONEY),
            Room("donations:rewards", _("Bottles"), MONEY),
            Room("donations:payouts", _("Payouts"), MONEY),
            Room("donations:reconciliation", _("Reconciliation"), MONEY),
            Room("donations:statements", _("Statements"), MONEY),
        ),
        also=("donations:dashboard", "guests:pledge_review"),
    ),
    Group(
        _("Settings"),
        (
            Room("guests:settings", _("The evening"), HOST),
            Room("events:team", _("Team"), HOST),
            Room("guests:activity", _("Activity"), HOST),
            Room("guests:forgetting", _("How long guests are kept"), HOST),
        ),
        also=("events:event_duplicate",),
    ),
)


def rooms_of(slug: str, roles: Collection[str], path: str) -> Shown:
    """The groups open to these roles, and the rooms of the one that `path` is in."""
    return _shown(slug, frozenset(roles), path)


@lru_cache(maxsize=512)
def _shown(slug: str, roles: frozenset[str], path: str) -> Shown:
    """Kept, since it is on every page and the same for all of a role."""
    urls = _addresses(slug)
    groups = [(group, rooms) for group in GROUPS if (rooms := group.open_to(roles))]
    near = [_nearness(group, rooms, urls, path) for group, rooms in groups]
    nearest = near.index(max(near)) if any(near) else None
    tabs = []
    for number, (group, rooms) in enumerate(groups):
        url = urls[rooms[0].name]
        current = "page" if path == url else "true"
        tabs.append(Tab(group.words, url, current if number == nearest else ""))
    if nearest is None:
        return Shown(tuple(tabs), "", ())
    group, rooms = groups[nearest]
    inner = _inner(rooms, urls, path) if len(rooms) > 1 else ()
    return Shown(tuple(tabs), group.words, inner)


@lru_cache(maxsize=256)
def _addresses(slug: str) -> dict[str, str]:
    """Of every room: worked out once for an event, not once for each page."""
    names = {room.name for group in GROUPS for room in group.rooms}
    names |= {name for group in GROUPS for name in group.also}
    return {name: reverse(name, args=[slug]) for name in names}


def _standing(room: Room, url: str, path: str) -> str:
    if path == url:
        return "page"
    return "true" if not room.exact and path.startswith(url) else ""


def _nearness(group: Group, rooms: list[Room], urls: dict[str, str], path: str) -> int:
    """How much of the path the group's nearest page explains; 0 when none does."""
    named = [room.name for room in rooms if _standing(room, urls[room.name], path)]
    found = [urls[name] for name in (*named, *group.also)]
    return max((len(url) for url in found if path.startswith(url)), default=0)


def _inner(rooms: list[Room], urls: dict[str, str], path: str) -> tuple[Tab, ...]:
    """A page below two rooms is in the deeper one."""
    found = [(room, urls[room.name]) for room in rooms]
    tabs = [Tab(room.words, url, _standing(room, url, path)) for room, url in found]
    deepest = max((len(tab.url) for tab in tabs if tab.current), default=0)
    return tuple(
        replace(tab, current="") if len(tab.url) < deepest else tab for tab in tabs
    )
