"""`manage.py test [--sqlite] [pytest arguments]`: pytest on real servers.

The servers are started here, before pytest: its settings read the environment once,
and a plugin would come too late to change them.
"""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from tests.copied import migrated
from tests.servers import servers

DATABASES = ("TEST_DATABASE_URL", "DATABASE_URL")
STOPPED = (signal.SIGTERM, signal.SIGHUP)


class Command(BaseCommand):
    help = (
        "Runs pytest, to which all arguments are handed on, on PostgreSQL and Redis: "
        "those named by DATABASE_URL and REDIS_URL (or TEST_...), else its own. "
        "--sqlite runs on SQLite and memory://, as the demo does."
    )
    requires_system_checks = ()

    def run_from_argv(self, argv: list[str]) -> None:
        self.handle(*argv[2:])

    def handle(self, *args: str, **options: Any) -> None:
        for number in STOPPED:
            signal.signal(number, leave)
        words = [word for word in args if word != "--sqlite"]
        started = embedded() if "--sqlite" in args else servers(os.environ)
        with started as urls:
            found = migrated(urls) if are_ours(urls) else {}
            sys.exit(run_pytest(words, urls | found))


def leave(number: int, frame: FrameType | None) -> None:
    """Leave through every `finally`, so that the servers stop with us."""
    sys.exit(128 + number)


def are_ours(urls: dict[str, str]) -> bool:
    """Whether the database's server was started here, and goes with the run."""
    return urls["DATABASE_URL"] not in map(os.environ.get, DATABASES)


@contextmanager
def embedded() -> Iterator[dict[str, str]]:
    with tempfile.TemporaryDirectory(prefix="lounge-") as folder:
        database = Path(folder) / "lounge.sqlite3"
        yield {
            "DATABASE_URL": f"sqlite:///{database}",
            "REDIS_URL": "memory://localhost",
        }


def run_pytest(words: list[str], urls: dict[str, str]) -> int:
    """Pytest's exit code. Ctrl-C reaches pytest too, which closes first."""
    environment = {**os.environ, **urls, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    process = subprocess.Popen(  # noqa: S603 (what the developer typed)
        [sys.executable, "-m", "pytest", *words],
        cwd=settings.BASE_DIR,
        env=environment,
    )
    try:
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:
                continue
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()
