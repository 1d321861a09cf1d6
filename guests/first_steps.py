"""What a host does next: setting the evening up, ending with a letter to oneself."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.models import Category, Event

DONE, CURRENT, AHEAD = "done", "current", "todo"


@dataclass(frozen=True)
class Step:
    """One line of a list of steps, as templates/_partials/steps.html shows it."""

    title: str
    text: str
    url: str
    state: str = AHEAD


@dataclass(frozen=True)
class Steps:
    """Before the evening, and on it; `is_ready` once the first list is done."""

    before: Sequence[Step]
    tonight: Sequence[Step]
    is_ready: bool


def of(event: Event, counts: dict[str, int], waiting: int, inside: int) -> Steps:
    """Both lists, in a constant number of queries; `counts` are people by answer,
    `waiting` the invitations that a press would send."""
    ballot = event.categories.aggregate(
        all=Count("pk"), in_=Count("pk", filter=~Q(state=Category.State.OPEN))
    )
    before = _marked(_before(event, counts["total"], ballot["all"], waiting))
    return Steps(
        before=before,
        tonight=_tonight(event, ballot, inside),
        is_ready=all(step.state == DONE for step in before),
    )


def _before(
    event: Event, people: int, categories: int, waiting: int
) -> list[tuple[bool, Step]]:
    """Whether each is done; a letter to oneself comes before one to everybody."""
    team = event.members.values("user").distinct().count()
    tried = event.messages.filter(kind="test").exists()
    is_open = event.status != Event.Status.DRAFT
    return [
        (True, _step(event, "settings", _("Say when and where"), event.venue)),
        (bool(categories), _step(event, "nominations", *_ballot(categories))),
        (bool(people), _step(event, *_list(people))),
        (team > 1, _step(event, "events:team", *_team(team))),
        (tried, _test_letter(event)),
        (is_open, _opening(event, is_open)),
        (
            bool(people) and is_open and not waiting,
            _step(event, "messages", _("Send the invitations"), _to_send(waiting)),
        ),
    ]


def _tonight(event: Event, ballot: dict[str, int], inside: int) -> list[Step]:
    came = ngettext("%(n)d person is inside.", "%(n)d people are inside.", inside)
    return [
        _step(
            event,
            "readiness",
            _("See that the door is ready"),
            _("Phones, mail, money and lists, each with its light."),
        ),
        _winners(event, ballot),
        _step(event, "door", _("Let people in"), came % {"n": inside}),
        _step(
            event,
            "trophies",
            _("Keep the trophies"),
            _("In under a tag, and home with their owners."),
        ),
        _step(
            event,
            "closing",
            _("Close the night"),
            _("Everybody home, every trophy accounted for, then sign."),
        ),
    ]


def _test_letter(event: Event) -> Step:
    title = _("Send yourself a test invitation")
    text = _("Read it as a guest would, and put it in your own words.")
    return _step(event, "letter_words", title, text, "invitation")


def _opening(event: Event, is_open: bool) -> Step:
    shut = _("Until then nothing is sent and nobody can answer.")
    text = _("Guests can answer.") if is_open else shut
    return _step(event, "settings", _("Open the event"), text, anchor="#id_status")


def _winners(event: Event, ballot: dict[str, int]) -> Step:
    done, every = ballot["in_"], ballot["all"]
    text = _("One person announces, another confirms; what winners owe follows.")
    if done:
        told = _("%(done)d of %(all)d categories have a result.")
        text = told % {"done": done, "all": every}
    step = _step(event, "results", _("Record the winners"), text)
    return replace(step, state=DONE) if every and done == every else step


def _ballot(categories: int) -> tuple[str, str]:
    words = ngettext("%(n)d category", "%(n)d categories", categories)
    unread = _("Then every nominee on your list is known by name.")
    told = words % {"n": categories} if categories else unread
    return _("Import the nominations"), told


def _list(people: int) -> tuple[str, str, str]:
    if not people:
        told = _("Begin with yourself, or bring a whole file.")
        return "import", _("Put people on the list"), told
    told = ngettext("%(n)d person", "%(n)d people", people) % {"n": people}
    return "guest_list", _("Put people on the list"), told


def _team(members: int) -> tuple[str, str]:
    words = ngettext("%(n)d person", "%(n)d people", members) % {"n": members}
    alone = _("A second person confirms results; the charity sees the money.")
    return _("Bring in your team"), words if members > 1 else alone


def _to_send(waiting: int) -> str:
    words = ngettext(
        "%(n)d invitation waits to go out.",
        "%(n)d invitations wait to go out.",
        waiting,
    )
    return words % {"n": waiting}


def _step(
    event: Event, name: str, title: str, text: str, *args: Any, anchor: str = ""
) -> Step:
    room = name if ":" in name else f"guests:{name}"
    return Step(title, text, reverse(room, args=[event.slug, *args]) + anchor)


def _marked(steps: list[tuple[bool, Step]]) -> list[Step]:
    """What is done, and the first that is not: the one to do now."""
    first = next((step for is_done, step in steps if not is_done), None)
    return [
        replace(step, state=DONE if is_done else CURRENT if step is first else AHEAD)
        for is_done, step in steps
    ]
