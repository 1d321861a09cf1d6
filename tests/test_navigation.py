"""An event's tabs: few enough for a phone, and each leads where one may go."""

import pytest

from losers_lounge import navigation
from tests.security.policy import POLICY

SLUG = "losers-lounge"
ROLES = {"host", "results", "door", "finance"}
SHOWN: dict[str, set[str]] = {}
for group in navigation.GROUPS:
    for room in group.rooms:
        SHOWN.setdefault(room.name, set()).update(room.roles)


def shown_to(roles: set[str], path: str = "/") -> navigation.Shown:
    return navigation.rooms_of(SLUG, roles, path)


def test_navigation_shows_a_room_only_to_its_roles() -> None:
    assert [group.words for group in shown_to({"finance"}).groups] == [
        "Overview",
        "Money",
    ]
    assert [group.words for group in shown_to({"door"}).groups] == ["Overview", "Door"]
    assert shown_to(set()).groups == ()
    event = f"/events/{SLUG}"
    inner = [room.words for room in shown_to({"results"}, f"{event}/results/").inner]
    assert inner == ["Results desk", "Official list", "Undecided"]


def test_a_hosts_tabs_fit_a_phone() -> None:
    assert len(shown_to({"host"}).groups) <= 7


@pytest.mark.parametrize(
    ("path", "tab", "room", "how"),
    [
        ("/events/{}/", "Overview", "", "page"),
        ("/events/{}/guests/", "Guests", "Guest list", "page"),
        ("/events/{}/guests/7/", "Guests", "Guest list", "true"),
        ("/events/{}/guests/doubles/", "Guests", "Anybody twice?", "page"),
        ("/events/{}/messages/new/", "Post room", "", "true"),
        ("/events/{}/results/official/3/", "Results", "Official list", "true"),
        ("/events/{}/door/7/", "Door", "", "true"),
        ("/events/{}/obligations/", "Money", "Who owes", "page"),
        ("/donations/{}/", "Money", "Dashboard", "page"),
        ("/donations/{}/press/", "Money", "", "true"),
        ("/events/{}/duplicate/", "Settings", "", "true"),
    ],
)
def test_navigation_marks_the_room_one_stands_in(
    path: str, tab: str, room: str, how: str
) -> None:
    shown = shown_to({"host"}, path.format(SLUG))
    assert [group.words for group in shown.groups if group.current] == [tab]
    marked = [(inner.words, inner.current) for inner in shown.inner if inner.current]
    assert marked == ([(room, how)] if room else [])
    if not shown.inner:
        assert next(group.current for group in shown.groups if group.current) == how


@pytest.mark.parametrize("name", SHOWN)
def test_a_room_has_a_tab_for_whoever_may_enter_and_for_nobody_else(name: str) -> None:
    assert SHOWN[name] == POLICY[name].people & ROLES
