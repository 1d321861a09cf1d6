"""Real Celery workers on the test's database, which may be killed at any moment."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlencode

import psutil
from django.conf import settings
from django.db import connection

PATIENCE_SECONDS = 120
OWNER_SECONDS = 1


@contextmanager
def worker(
    *words: str, ready: bool = True, **environment: str
) -> Iterator[subprocess.Popen]:
    """A worker process, ready to work; what is left of it is killed at the end."""
    process = start_worker(*words, **environment)
    try:
        if ready:
            wait_for_line(process, b"ready.")
            # A pipe that nobody empties stops who writes into it.
            Thread(target=drain, args=[process], daemon=True).start()
        yield process
    finally:
        kill_group(process)


def start_worker(*words: str, **environment: str) -> subprocess.Popen:
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    return start_celery("worker", *quiet, *words, **environment)


def start_beat(schedule: Path, **environment: str) -> subprocess.Popen:
    """A beat that keeps its times in a file of its own."""
    return start_celery("beat", "--schedule", str(schedule), **environment)


def start_celery(program: str, *words: str, **environment: str) -> subprocess.Popen:
    command = [sys.executable, "-m", "celery", "-A", "losers_lounge", program]
    return subprocess.Popen(
        [*command, "--loglevel", "INFO", *words],
        cwd=settings.BASE_DIR,
        env=worker_environment() | environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def worker_environment() -> dict[str, str]:
    """The settings of this run, its test database among them."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.worker_settings",
        "DATABASE_URL": database_url(),
        "REDIS_URL": settings.CELERY_BROKER_URL,
        "LOG_LEVEL": "INFO",
        "C_FORCE_ROOT": "1",
    }


def database_url() -> str:
    known = connection.get_connection_params()
    where = {"host": known["host"], "user": known["user"]}
    optional = {name: known[name] for name in ("port", "password") if known.get(name)}
    return f"postgres:///{known['dbname']}?{urlencode(where | optional)}"


def wait_for_line(process: subprocess.Popen, words: bytes) -> None:
    for line in process.stderr:
        if words in line:
            return
    raise AssertionError("The worker ended before it was ready")


def drain(process: subprocess.Popen) -> None:
    """Read on until the process ends or its pipe is closed."""
    with suppress(ValueError, OSError):
        for _line in process.stderr:
            pass


def kill_group(process: subprocess.Popen) -> None:
    """SIGKILL for the worker and its pool, as a power failure does."""
    kill_all_of(process)
    process.stderr.close()


def kill_all_of(leader: subprocess.Popen) -> None:
    """SIGKILL for it and whatever it started, in a session of its own.

    Who was waited for has given its number back. The kernel lends it again when the
    last of its group is gone: whoever has it then is somebody else's.
    """
    if leader.returncode is None or not psutil.pid_exists(leader.pid):
        with suppress(ProcessLookupError):
            os.killpg(leader.pid, signal.SIGKILL)
    leader.wait()


def kill_owner(port: int, spoken_to: int) -> None:
    """SIGKILL for the process that speaks to this server of ours from this port.

    Both ends are asked for: a port alone may be lent, at the same time or a moment
    later, to a connection of somebody else's. The kernel tells its connections piece by
    piece, and one that stands while others come and go may be missing: it is looked for
    again. Who is gone cannot be killed.
    """
    with suppress(AssertionError):
        eventually(lambda: owners_killed(port, spoken_to), OWNER_SECONDS)


def owners_killed(port: int, spoken_to: int) -> int:
    killed = 0
    for found in psutil.net_connections("tcp"):
        is_theirs = found.pid not in (None, os.getpid()) and found.raddr
        if is_theirs and (found.laddr.port, found.raddr.port) == (port, spoken_to):
            os.kill(found.pid, signal.SIGKILL)
            killed += 1
    return killed


def eventually(claim: Callable[[], Any], seconds: float = PATIENCE_SECONDS) -> None:
    """Wait until the claim holds."""
    deadline = time.monotonic() + seconds
    while not claim():
        if time.monotonic() > deadline:
            raise AssertionError(f"Not within {seconds} seconds: {claim}")
        time.sleep(0.02)
