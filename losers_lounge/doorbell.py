"""Ring for the workers without ever waiting for the broker.

A page that has saved its rows is done: whether Redis answers, refuses or hangs is no
business of its reader. So `ring` only leaves a wish, which a thread of this process
carries to the broker; the same wish many times becomes one. A ring that gets lost
costs nothing but time: the rows say what is owed, and beat looks at them.
"""

import atexit
import contextvars
import os
import threading
import time

import redis
import structlog
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

from losers_lounge.celery import app

logger = structlog.get_logger(__name__)

# What does not fit is left to beat.
MOST_WISHES = 10_000
PAUSE_SECONDS = 0.02
COMPLAIN_EVERY_SECONDS = 60
LEAVE_WITHIN_SECONDS = 1
ASK_EVERY_SECONDS = 5
ASK_SECONDS = 0.5

Wish = tuple[str, tuple[int, ...]]


class Doorbell:
    """One per process; a forked child makes its own at its first ring."""

    def __init__(self) -> None:
        self.pid = os.getpid()
        self.changed = threading.Condition()
        self.wishes: dict[Wish, tuple[int, contextvars.Context]] = {}
        self.is_busy = False
        self.complained_at = -float(COMPLAIN_EVERY_SECONDS)
        threading.Thread(target=self.run, name="doorbell", daemon=True).start()

    def ring(self, wish: Wish, times: int) -> None:
        with self.changed:
            if len(self.wishes) >= MOST_WISHES and wish not in self.wishes:
                return
            times = max(times, self.wishes.get(wish, (0,))[0])
            # The request id, so that the task's log lines carry it.
            self.wishes[wish] = times, contextvars.copy_context()
            self.changed.notify_all()

    def run(self) -> None:
        while True:
            with self.changed:
                self.is_busy = False
                self.changed.notify_all()
                self.changed.wait_for(lambda: self.wishes)
                wishes, self.wishes, self.is_busy = self.wishes, {}, True
            for wish, (times, context) in wishes.items():
                context.run(self.publish, wish, times)
            time.sleep(PAUSE_SECONDS)

    def publish(self, wish: Wish, times: int) -> None:
        task, args = wish
        try:
            for _ in range(times):
                app.send_task(task, args=args, retry=False)
        except Exception as error:
            # Whatever this broker's transport raises: a bell that dies rings no more.
            self.complain(error)

    def complain(self, error: Exception) -> None:
        if time.monotonic() - self.complained_at >= COMPLAIN_EVERY_SECONDS:
            self.complained_at = time.monotonic()
            logger.warning("doorbell.unheard", why=type(error).__name__)

    def leave(self) -> None:
        """Give a command that is about to end the time to be heard."""
        with self.changed:
            self.changed.wait_for(
                lambda: not self.wishes and not self.is_busy, LEAVE_WITHIN_SECONDS
            )


_lock = threading.Lock()
_bell: Doorbell | None = None
_heard = (-float(ASK_EVERY_SECONDS), True)


def ring(task: str, *args: int, times: int = 1) -> None:
    """Have up to `times` workers run `task` with these ids; at once, never failing."""
    global _bell
    if _bell is None or _bell.pid != os.getpid():
        with _lock:
            if _bell is None or _bell.pid != os.getpid():
                _bell = Doorbell()
                atexit.register(_bell.leave)
    _bell.ring((task, args), times)


def is_heard() -> bool:
    """Whether the broker answers: asked at most every few seconds, and not for long."""
    global _heard
    asked_at, heard = _heard
    if time.monotonic() - asked_at >= ASK_EVERY_SECONDS:
        heard = _answers()
        _heard = time.monotonic(), heard
    return heard


def _answers() -> bool:
    if not settings.REDIS_URL.startswith("redis"):
        return True
    limits = {"socket_timeout": ASK_SECONDS, "socket_connect_timeout": ASK_SECONDS}
    # A connection of its own: one that is kept may have died unseen.
    once = Retry(NoBackoff(), 0)
    with redis.Redis.from_url(settings.REDIS_URL, retry=once, **limits) as client:
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False
