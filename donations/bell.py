"""Hand a task to the broker without ever waiting for it.

A webhook is answered when its row is committed; whether the broker takes the task,
refuses or hangs is not Stripe's business. A bell that is not heard costs a minute:
the rows say what is owed, and beat looks at them.
"""

import os
import queue
import threading

import structlog

from losers_lounge.celery import app

logger = structlog.get_logger(__name__)

# What does not fit is left to beat.
LONGEST_QUEUE = 10_000


class Bell:
    """One per process; a forked child makes its own at its first ring."""

    def __init__(self) -> None:
        self.process_id = os.getpid()
        self.wishes: queue.Queue[tuple[str, tuple[int, ...]]] = queue.Queue(
            LONGEST_QUEUE
        )
        threading.Thread(target=self.run, name="donations-bell", daemon=True).start()

    def run(self) -> None:
        while True:
            task, args = self.wishes.get()
            try:
                app.send_task(task, args=args, retry=False)
            except Exception as error:
                # Whatever this broker's transport raises: the next ring goes on.
                logger.warning("bell_not_heard", error=type(error).__name__)


_lock = threading.Lock()
_bell: Bell | None = None


def ring(task: str, *args: int) -> None:
    """Ask a worker to run `task` with these ids; at once, and it never fails."""
    global _bell
    with _lock:
        if _bell is None or _bell.process_id != os.getpid():
            _bell = Bell()
    try:
        _bell.wishes.put_nowait((task, args))
    except queue.Full:
        logger.warning("bell_queue_full", task=task)
