"""What an old process rang for, a new worker does: for as long as a release."""

import inspect
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from losers_lounge import schedule
from losers_lounge.celery import app
from tests.release.released import TASKS

ROOT = Path(__file__).resolve().parents[2]
RUNG = re.compile(r"""["']((?:events|donations|guests)\.tasks\.\w+)["']""")


def ours() -> dict[str, Callable]:
    """The tasks a worker of this release knows, by the name in a message."""
    app.loader.import_default_modules()
    packages = tuple(f"{name}." for name in ("events", "donations", "guests"))
    return {
        name: task.run for name, task in app.tasks.items() if name.startswith(packages)
    }


def refusals(known: dict[str, Callable], released: dict[str, int]) -> list[str]:
    """Messages of the release before that nobody would understand any more."""
    found = []
    for name, count in released.items():
        if name not in known:
            found.append(f"{name} is gone")
            continue
        try:
            inspect.signature(known[name]).bind(*range(count))
        except TypeError as error:
            found.append(f"{name}: {error}")
    return found


def test_every_task_of_the_release_before_is_understood() -> None:
    assert refusals(ours(), TASKS) == []


def test_every_task_is_in_the_list_that_the_next_release_will_hold_to() -> None:
    assert sorted(ours()) == sorted(TASKS), "add it to released.TASKS"


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ({}, "is gone"),
        ({"guests.tasks.send": lambda: None}, "too many positional arguments"),
        ({"guests.tasks.send": lambda pk, kind: None}, "missing a required"),
    ],
)
def test_a_task_that_went_or_changed_is_named(known: dict, said: str) -> None:
    (refusal,) = refusals(known, {"guests.tasks.send": 1})
    assert said in refusal


def test_an_argument_more_may_be_added_when_it_may_be_left_out() -> None:
    assert refusals({"a": lambda pk, by="": None}, {"a": 1}) == []


def test_beat_and_bells_ring_only_for_tasks_there_are() -> None:
    """A task is named by a string, which no import checks."""
    rung = set(schedule.SECONDS | schedule.READING_BOUNCES | schedule.IN_A_HURRY)
    for package in ("events", "donations", "guests", "losers_lounge"):
        for path in (ROOT / package).rglob("*.py"):
            rung |= set(RUNG.findall(path.read_text()))
    assert rung - set(ours()) == set()
    assert "events.tasks.deliver_queued" in rung
