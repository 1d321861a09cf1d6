"""Count what leaves no row behind: errors, refusals, how long the door took.

A count costs no query: each process adds up in memory, and a thread of it writes the
sums four times a minute, in one statement. Who is killed loses a quarter minute of
figures that nobody's money or evening depends on.
"""

import atexit
import os
import threading
import time
from bisect import bisect_left
from collections import Counter
from datetime import UTC, datetime

from django.apps import apps
from django.conf import settings
from django.db import Error, connection

WRITE_EVERY_SECONDS = 15
# Upper ends of what is counted of a time; the last holds all that took longer.
SECONDS = (0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0, 3.0)
LONGER = "+Inf"


class Counts:
    """Those of one process. A forked child begins with none and its own thread."""

    def __init__(self) -> None:
        self.pid = os.getpid()
        self.lock = threading.Lock()
        self.added: Counter[str] = Counter()
        self.thread: threading.Thread | None = None

    def add(self, name: str, more: float) -> None:
        with self.lock:
            self.added[name] += more

    def take(self) -> Counter[str]:
        with self.lock:
            taken, self.added = self.added, Counter()
        return taken

    def begin(self) -> None:
        """Start the thread that writes, once, whoever counts first."""
        with self.lock:
            if self.thread is None:
                thread = threading.Thread(target=self.run, name="tally", daemon=True)
                self.thread = thread
                thread.start()

    def run(self) -> None:
        while True:
            time.sleep(WRITE_EVERY_SECONDS)
            write()


_counts = Counts()
_is_written = False


def begin() -> None:
    """From now on this process, and what is forked from it, writes what it counts."""
    global _is_written
    if not settings.COUNTS_ARE_WRITTEN:
        return
    _is_written = True
    atexit.register(write)


def count(name: str, more: float = 1) -> None:
    """One more of these, e.g. "webhooks.forged"; costs no query and never fails."""
    global _counts
    if _counts.pid != os.getpid():
        _counts = Counts()
    _counts.add(name, more)
    if _is_written and _counts.thread is None:
        _counts.begin()


def time_taken(name: str, seconds: float) -> None:
    """One more that took so long, e.g. "door"."""
    place = bisect_left(SECONDS, seconds)
    end = str(SECONDS[place]) if place < len(SECONDS) else LONGER
    count(f"{name}.took.{end}")
    count(f"{name}.microseconds", round(seconds * 1_000_000))


def write() -> None:
    """Write down what this process has counted; kept for later if that fails."""
    taken = _counts.take()
    if not taken:
        return
    minute = datetime.now(UTC).replace(second=0, microsecond=0)
    try:
        apps.get_model("events", "Tally").objects.add(taken, minute)
    except Error:
        for name, more in taken.items():
            _counts.add(name, more)
    finally:
        if threading.current_thread() is _counts.thread:
            connection.close()
