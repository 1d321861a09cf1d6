"""Play a script on a copy of an event, act by act, and compare the books."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import time as clock
from datetime import timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

from donations.stripe_gateway import StripeError
from events.models import Event
from losers_lounge.rehearsal import acts, books, copying, donor, script
from losers_lounge.rehearsal.script import Act, ScriptError
from losers_lounge.rehearsal.stage import Otherwise, Stage

Say = Callable[[str], Any]
Wait = Callable[[float], Any]


@dataclass(frozen=True)
class Wishes:
    """How the night is played. No speed: nobody waits for anything.

    The seed shuffles what may come in any order: scans that waited in a phone, and
    acts of one minute that are marked so. The books must not care.
    """

    night: Path = script.NIGHT
    speed: float = 0
    seed: int = 0
    # Stop before this time of the night: then the copy stays open, as it stands.
    until: clock | None = None
    is_kept_open: bool = False


@dataclass
class Outcome:
    """The copy, its books, and everything that went otherwise than written."""

    event: Event
    books: dict[str, Any] = field(default_factory=dict)
    otherwise: list[str] = field(default_factory=list)

    def unlike(self, expected: dict[str, Any]) -> list[str]:
        """What differs from the script or from these books; none: the night passed."""
        return [*self.otherwise, *books.differences(expected, self.books)]


def play(source: Event, wishes: Wishes, say: Say, wait: Wait = time.sleep) -> Outcome:
    """Play the whole night; `say` is told each act with its time.

    Raises NoStandIn before anything is written where no stand-in answers, and
    ScriptError for a script that cannot be played on this event.
    """
    donor.find_the_stand_in()
    night = script.read(wishes.night, wishes.until)
    for act in night:
        if act.name not in acts.PLAYS:
            raise ScriptError(f"{act}: there is no such act.")
    stage = _stage(source, night, wishes.seed)
    say(f"{stage.event}: /events/{stage.event.slug}/")
    outcome = Outcome(stage.event)
    for act in _in_order(night, stage):
        at = act.at(stage.event)
        if wishes.speed > 0:
            wait((at - stage.at).total_seconds() / wishes.speed)
        stage.at = at
        _play(stage, act, outcome, say)
    outcome.books = books.of(stage.event, stage.at)
    if not wishes.is_kept_open and wishes.until is None:
        Event.objects.filter(pk=stage.event.pk).update(status=Event.Status.CLOSED)
    return outcome


def _stage(source: Event, night: list[Act], seed: int) -> Stage:
    """The copy is made an hour before the first act."""
    begins = night[0].at(source) - timedelta(hours=1)
    event = copying.copy_of(source, begins)
    chance = random.Random(seed)  # noqa: S311 (repeatable on purpose)
    return Stage(event, night[0].at(event), chance)


def _in_order(night: list[Act], stage: Stage) -> list[Act]:
    """Acts of one minute that are marked `"any_order": true`, as chance has them."""
    ordered = []
    for (_clock, is_free), group in groupby(night, _minute):
        together = list(group)
        if is_free:
            stage.chance.shuffle(together)
        ordered += together
    return ordered


def _minute(act: Act) -> tuple[Any, bool]:
    return act.clock, bool(act.details.get("any_order"))


def _play(stage: Stage, act: Act, outcome: Outcome, say: Say) -> None:
    try:
        words = acts.PLAYS[act.name](stage, act)
    except (Otherwise, StripeError) as problem:
        outcome.otherwise.append(f"{act}: {problem}")
        words = f"OTHERWISE: {problem}"
    say(f"{act.clock:%H:%M}  {words}")
