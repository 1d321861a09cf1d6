"""Real threads on real connections, and the switch that takes a lock away."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Barrier, Thread
from typing import Any
from unittest.mock import patch

from django.db import connection
from django.db.models import Model, QuerySet

from losers_lounge.compiled import Compiled

PATIENCE_SECONDS = 120
# How long an unlocked reader waits before it writes what it decided.
WINDOW_SECONDS = 0.05
ATTEMPTS = 20


def at_the_same_moment(count: int, act: Callable[[int], Any]) -> list[Any]:
    """Run act(0) ... act(count - 1) together; what each returned or raised, in order.

    Every thread has its own open connection before the barrier lifts. The test
    needs committed rows: `@pytest.mark.django_db(transaction=True)`.
    """
    outcomes: list[Any] = [None] * count
    barrier = Barrier(count)

    def run(number: int) -> None:
        try:
            connection.ensure_connection()
            barrier.wait(PATIENCE_SECONDS)
            outcomes[number] = act(number)
        except Exception as error:  # whatever it is, the caller wants to see it
            outcomes[number] = error
        finally:
            connection.close()

    threads = [
        Thread(target=run, args=[number], daemon=True) for number in range(count)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
    if any(thread.is_alive() for thread in threads):
        raise AssertionError(f"A thread still waits after {PATIENCE_SECONDS} seconds")
    return outcomes


@contextmanager
def without_lock(*models: type[Model]) -> Iterator[None]:
    """Inside, select_for_update() locks nothing (for these models, or for any).

    A row read that way is held for a moment before it is returned, so that others
    read it too: the race that the lock prevents is then nearly certain.
    """
    lock, fetch = QuerySet.select_for_update, QuerySet._fetch_all

    def look_only(self: QuerySet, *args: Any, **options: Any) -> QuerySet:
        if models and self.model not in models:
            return lock(self, *args, **options)
        rows = self._chain()
        rows.query.is_unlocked = True
        return rows

    def fetch_slowly(self: QuerySet) -> None:
        is_new = self._result_cache is None
        fetch(self)
        if is_new and getattr(self.query, "is_unlocked", False):
            time.sleep(WINDOW_SECONDS)

    def ask_anew(self: Compiled, *values: str | int) -> list[Any]:
        return list(self.ask(*values))

    with (
        patch.object(Compiled, "__call__", ask_anew),
        patch.object(QuerySet, "select_for_update", look_only),
        patch.object(QuerySet, "_fetch_all", fetch_slowly),
    ):
        yield


def seen_to_fail_without_lock(race: Callable[[], None], *models: type[Model]) -> None:
    """Fail unless `race`, which holds with its lock, fails once without it."""
    with without_lock(*models):
        seen_to_fail(race)


def seen_to_fail(race: Callable[[], None]) -> None:
    """Fail unless `race` does, whose protection the caller has taken away.

    `race` sets up its own rows and asserts; it is tried a few times, since a race
    may be won by luck.
    """
    for _ in range(ATTEMPTS):
        try:
            race()
        except Exception:  # an assertion, or the database's own last defence
            return
    raise AssertionError(
        f"{race.__name__} also held without its lock: it shows nothing"
    )
