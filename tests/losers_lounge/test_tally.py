"""What leaves no row is counted, without a write per request."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Any
from unittest.mock import patch

import pytest
from django.db import OperationalError
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from events.models import Event, Tally
from losers_lounge import tally
from tests.racing import at_the_same_moment

pytestmark = pytest.mark.django_db
MINUTE = datetime(2013, 9, 22, 20, 33, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _own_counts() -> Iterator[None]:
    with patch.object(tally, "_counts", tally.Counts()):
        yield


def test_a_count_costs_no_query_and_writing_them_costs_one(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_num_queries(0):
        for _ in range(100):
            tally.count("a")
        tally.count("b")
        tally.time_taken("door", 0.12)
    with django_assert_num_queries(1):
        tally.write()
    with django_assert_num_queries(0):
        tally.write()
    tally.count("a")
    tally.write()
    assert Tally.objects.totals() == {
        "a": 101,
        "b": 1,
        "door.took.0.15": 1,
        "door.microseconds": 120_000,
    }


def test_what_could_not_be_written_is_written_later() -> None:
    tally.count("a")
    with patch.object(type(Tally.objects.all()), "add", side_effect=OperationalError):
        tally.write()
    assert Tally.objects.totals() == {}
    tally.write()
    assert Tally.objects.totals() == {"a": 1}


@pytest.mark.django_db(transaction=True)
def test_processes_that_count_the_same_lose_nothing() -> None:
    def add(number: int) -> None:
        for _ in range(5):
            Tally.objects.add({"a": 1, "b": 2}, MINUTE)

    at_the_same_moment(4, add)
    assert Tally.objects.totals() == {"a": 20, "b": 40}


def test_old_minutes_are_folded_and_no_sum_shrinks() -> None:
    for minutes in range(0, 300, 60):
        Tally.objects.add({"a": 1, "b": 3}, MINUTE - timedelta(minutes=minutes))
    for _ in range(2):
        Tally.objects.fold(MINUTE)
        assert Tally.objects.totals() == {"a": 5, "b": 15}
        assert Tally.objects.filter(name="a").count() == 4
    assert Tally.objects.most_in_a_minute("b", MINUTE - timedelta(minutes=5)) == 3


def test_errors_throttles_and_the_door_are_seen_by_their_answers(
    anonymous: Client,
) -> None:
    with patch("events.views.home.render", side_effect=ZeroDivisionError):
        anonymous.raise_request_exception = False
        assert anonymous.get("/").status_code == 500
    assert anonymous.get("/").status_code == 200
    assert tally._counts.take() == {"answers.5xx": 1}


def test_a_press_at_the_door_is_timed(host: Client, event: Event) -> None:
    host.post(f"/events/{event.slug}/door/code/", {"code": "nothing"})
    taken = tally._counts.take()
    assert sum(n for name, n in taken.items() if name.startswith("door.took")) == 1
    assert taken["door.microseconds"] > 0


def test_a_server_writes_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    assert tally._counts.thread is None, "no test's process writes behind its back"
    monkeypatch.setattr(tally, "_is_written", True)
    monkeypatch.setattr(tally.Counts, "run", lambda self: None)
    tally.count("a")
    assert tally._counts.thread is not None
    assert tally._counts.thread.daemon


@pytest.mark.django_db(transaction=True)
def test_presses_that_count_first_together_start_one_writer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[Thread] = []

    def slowly(**options: Any) -> Thread:
        made.append(Thread(**options))
        time.sleep(0.05)
        return made[-1]

    monkeypatch.setattr(tally, "_is_written", True)
    monkeypatch.setattr(tally.Counts, "run", lambda self: None)
    monkeypatch.setattr("losers_lounge.tally.threading.Thread", slowly)
    assert at_the_same_moment(4, lambda _number: tally.count("a")) == [None] * 4
    assert len(made) == 1
    assert tally._counts.take() == {"a": 4}


def test_a_minute_is_found_by_its_own_time() -> None:
    Tally.objects.add({"a": 1}, MINUTE)
    assert Tally.objects.filter(minute=MINUTE).exists()
