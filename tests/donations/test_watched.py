"""The figures for those who look on are those of everybody, and reckoned less often."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from donations import figures, totals
from donations.totals import Scoped
from events.models import Event
from tests.donations import books

pytestmark = pytest.mark.django_db


@pytest.fixture
def reckoned(monkeypatch: pytest.MonkeyPatch) -> list[Event]:
    """The events whose scopes were reckoned, each time."""
    asked: list[Event] = []
    by_scope = totals.by_scope

    def counting(event: Event, *args: Any) -> Scoped:
        asked.append(event)
        return by_scope(event, *args)

    monkeypatch.setattr(totals, "by_scope", counting)
    return asked


def test_whoever_looks_on_sees_what_is_booked_at_once(event: Event) -> None:
    for seed in (1, 2, 3):
        books.random_book(event, seed, donations=5)
        now = timezone.now()
        assert figures.watched(event, now) == figures.of(event, now)


def test_a_room_that_looks_on_has_scopes_reckoned_once(
    event: Event, reckoned: list[Event]
) -> None:
    books.random_book(event, 1, donations=5)
    now = timezone.now()
    seen = [figures.watched(event, now + timedelta(seconds=n)) for n in range(3)]
    assert len(reckoned) == 1
    assert [row.whole.as_of for row in seen] == [
        now + timedelta(seconds=n) for n in range(3)
    ]
    cache.clear()  # As after ten seconds.
    assert figures.watched(event, now) == seen[0]
    assert len(reckoned) == 2


def test_scopes_of_another_moment_are_not_kept(
    event: Event, reckoned: list[Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    books.random_book(event, 1, donations=5)
    for_event = totals.for_event

    def a_moment_ago(*args: Any) -> totals.Totals:
        return replace(for_event(*args), entries=-1)

    monkeypatch.setattr(totals, "for_event", a_moment_ago)
    now = timezone.now()
    for _ in range(2):
        assert figures.watched(event, now) == figures.of(event, now)
    assert len(reckoned) == 4
