"""One thing happens between two statements of another: between every two of them.

A race by threads may be won by luck on a fast machine. Here the other one comes at a
chosen moment, on a connection of its own, and each moment has its turn:

    for moment in every_moment():
        guest = make_winner()
        with moment.brings(lambda: heard_of(guest)):
            press(guest)
        assert ...

Needs committed rows, and PostgreSQL, where a statement sees what was committed before.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

from django.db import connection

PATIENCE_SECONDS = 30
LOOKS_EACH_SECONDS = 0.002
# Not pg_stat_activity: a transaction goes on seeing who was there at its first look.
WAITS_FOR_US = """
    SELECT EXISTS (
        SELECT FROM pg_locks
        WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))
    )
"""


class Moment:
    """After the `number`-th statement of whoever acts inside `brings`."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.passed = 0
        self.is_here = False
        self._errors: list[BaseException] = []

    @contextmanager
    def brings(self, act: Callable[[], object]) -> Iterator[None]:
        """Inside, `act` comes at this moment; outside, it is done.

        It is waited for until it is done, or waits for a lock of ours: then it goes
        on when we let it. What it raises is raised at the end.
        """
        other = Thread(target=self._run, args=[act], daemon=True)

        def look(execute: Callable[..., Any], *question: Any) -> Any:
            answer = execute(*question)
            if not self.is_here:
                self.passed += 1
                if self.passed == self.number:
                    self.is_here = True
                    other.start()
                    _wait_for(other)
            return answer

        with connection.execute_wrapper(look):
            yield
        if self.is_here:
            other.join(PATIENCE_SECONDS)
            assert not other.is_alive(), "it still waits, and nobody holds a lock"
        if self._errors:
            raise self._errors[0]

    def _run(self, act: Callable[[], object]) -> None:
        try:
            act()
        except BaseException as error:
            self._errors.append(error)
        finally:
            connection.close()


def every_moment() -> Iterator[Moment]:
    """The moments of an act, one after the other, until it has no more statements."""
    moment = Moment(1)
    while True:
        yield moment
        if not moment.is_here:
            assert moment.number > 1, "nothing was asked of the database at all"
            return
        moment = Moment(moment.number + 1)


def _wait_for(other: Thread) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while other.is_alive() and not waits_for_us():
        assert time.monotonic() < deadline, "it neither ends nor waits for us"
        time.sleep(LOOKS_EACH_SECONDS)


def waits_for_us() -> bool:
    """Whether another connection waits for a lock that this one holds."""
    with connection.cursor() as cursor:
        cursor.execute(WAITS_FOR_US)
        return cursor.fetchone()[0]
