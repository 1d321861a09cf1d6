"""The script of a night: acts in the order of their times, read and checked.

A file of JSON: {"title": ..., "acts": [{"time": "20:41", "act": "arrive", ...}]}.
Times are the event's own clock on its evening; what is before noon is the morning
after.
"""

import json
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from events.models import Event

DATA = Path(__file__).resolve().parent / "data"
NIGHT = DATA / "night.json"
EXPECTED = DATA / "night.expected.json"
MORNING_ENDS = time(12)


class ScriptError(Exception):
    """The script cannot be played as it is written; the text says where and why."""


@dataclass(frozen=True)
class Act:
    """One line of the script."""

    clock: time
    name: str
    details: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.clock:%H:%M} {self.name}"

    def text(self, key: str, otherwise: str | None = None) -> str:
        """A detail that is a text. Raises ScriptError where it is not."""
        value = self.details.get(key, otherwise)
        if not isinstance(value, str):
            raise ScriptError(f"{self}: {key!r} must be a text.")
        return value

    def texts(self, key: str) -> list[str]:
        """A detail that is a list of texts; none where it is not there."""
        value = self.details.get(key, [])
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            raise ScriptError(f"{self}: {key!r} must be a list of texts.")
        return value

    def number(self, key: str) -> int:
        """A detail that is a whole number, 0 where it is not there."""
        value = self.details.get(key, 0)
        if not isinstance(value, int):
            raise ScriptError(f"{self}: {key!r} must be a number.")
        return value

    def at(self, event: Event) -> datetime:
        """When that is, on the evening of this event."""
        evening = event.doors_at.astimezone(event.zone).date()
        if self.clock < MORNING_ENDS:
            evening += timedelta(days=1)
        return datetime.combine(evening, self.clock, event.zone)


def read(path: Path, until: time | None = None) -> list[Act]:
    """The acts of a file, in the order of their times; those before `until`.

    Raises ScriptError.
    """
    night = content_of(path)
    rows = night.get("acts") if isinstance(night, dict) else None
    if not isinstance(rows, list) or not rows:
        raise ScriptError(f'{path.name}: there are no "acts".')
    acts = [_act(path, number, row) for number, row in enumerate(rows, 1)]
    # The sort is stable: what happens in one minute happens as it is written.
    ordered = sorted(acts, key=lambda act: _in_the_night(act.clock))
    if until is not None:
        ordered = [
            act for act in ordered if _in_the_night(act.clock) < _in_the_night(until)
        ]
    if not ordered:
        raise ScriptError(f"{path.name}: nothing happens before {until:%H:%M}.")
    return ordered


def _in_the_night(clock: time) -> tuple[bool, time]:
    return clock < MORNING_ENDS, clock


def content_of(path: Path) -> Any:
    """What a JSON file holds. Raises ScriptError for one that cannot be read."""
    try:
        return json.loads(path.read_text())
    except OSError as error:
        raise ScriptError(f"{path}: {error.strerror}.") from None
    except ValueError as error:
        raise ScriptError(f"{path.name} is not JSON: {error}.") from None


def _act(path: Path, number: int, row: Any) -> Act:
    where = f"{path.name}, act {number}"
    if not isinstance(row, dict):
        raise ScriptError(f"{where}: write an object.")
    details = dict(row)
    clock, name = details.pop("time", None), details.pop("act", None)
    try:
        return Act(time.fromisoformat(clock), str(name), details)
    except (TypeError, ValueError):
        raise ScriptError(f'{where}: "time" must be like "20:41".') from None
