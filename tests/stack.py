"""The whole product as processes: web server, worker with beat, relay, stand-in.

It runs on the database of the test, so that factories fill it and assertions read
it, and under production's settings, so that only addresses are a test's own.
"""

import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection

from losers_lounge.celery import app as celery_app
from losers_lounge.stand_in.server import StandIn
from tests.relay import Relay, relay
from tests.servers import free_port
from tests.workers import kill_all_of

START_SECONDS = 120
WEBHOOK_SECRET = settings.STRIPE_WEBHOOK_SECRETS[0]


class ProcessComplained(Exception):
    """A process died, or wrote an error that the test did not expect."""


@dataclass
class Process:
    """One started program and what it wrote."""

    name: str
    popen: subprocess.Popen[bytes]
    log: Path

    def written(self) -> str:
        return self.log.read_text(errors="replace")

    def told(self) -> str:
        """The last lines that tell something: no task that started and succeeded."""
        lines = self.written().splitlines()
        told = [
            line for line in lines if '"level": "info"' not in line or '"code"' in line
        ]
        return "\n".join(line[:2000] for line in told[-40:])

    def kill(self) -> None:
        """End it and what it started, at once; ending well is tested elsewhere."""
        kill_all_of(self.popen)


@dataclass
class Stack:
    """What a journey speaks to; `complaints_expected` lets errors be logged."""

    url: str
    stripe: StandIn
    relay: Relay
    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    processes: dict[str, Process] = field(default_factory=dict)
    complaints_expected: bool = False
    # As in production; else it is a child of the worker, and a start is spared.
    beat_apart: bool = False

    def manage(self, *words: str) -> str:
        """Run a management command as an operator would; what it printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=settings.BASE_DIR,
            env=self.environment,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise ProcessComplained(f"{words}: {done.stdout}{done.stderr}")
        return done.stdout

    def start(self, name: str, *words: str) -> Process:
        log = self.folder / f"{name}.log"
        with open(log, "ab") as stream:
            popen = subprocess.Popen(
                [sys.executable, *words],
                cwd=settings.BASE_DIR,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=stream,
                start_new_session=True,
            )
        self.processes[name] = Process(name, popen, log)
        return self.processes[name]

    def start_web(self) -> None:
        bind = ["--bind", urlsplit(self.url).netloc, "--workers", "2", "--threads", "4"]
        control = ["--control-socket", str(self.folder / "gunicorn.ctl")]
        # All code is read once, and not by each worker: a stack starts for each test.
        once = ["--preload"]
        self.start(
            "web", "-m", "gunicorn", "losers_lounge.wsgi", *bind, *control, *once
        )

    def start_worker(self) -> None:
        worker = ["-m", "celery", "-A", "losers_lounge", "worker"]
        alone = ["--without-gossip", "--without-mingle", "--concurrency", "2"]
        beat = [] if self.beat_apart else ["--beat", *self.beat_times()]
        self.start("worker", *worker, *alone, *beat, "--loglevel", "INFO")

    def start_beat(self) -> None:
        beat = ["-m", "celery", "-A", "losers_lounge", "beat"]
        self.start("beat", *beat, *self.beat_times(), "--loglevel", "INFO")

    def beat_times(self) -> list[str]:
        return ["--schedule", str(self.folder / "beat")]

    def start_embedded(self) -> None:
        self.start("web", "-m", "tests.embedded")

    def mails_to(self, address: str) -> list[EmailMessage]:
        """What the relay has taken for this address, oldest first."""
        taken = [message_from_bytes(raw, policy=default) for raw in self.relay.taken]
        return [mail for mail in taken if address in mail["To"]]

    def mail_to(self, address: str, number: int = 1) -> EmailMessage:
        """The number-th mail to this address; waits until it has arrived."""
        self.wait_for(
            lambda: len(self.mails_to(address)) >= number,
            f"mail {number} to {address} has not come",
        )
        return self.mails_to(address)[number - 1]

    def is_answering(self) -> bool:
        try:
            # S310: the address is our own, on loopback.
            with urllib.request.urlopen(f"{self.url}/healthz") as answer:
                return bool(answer.status == 200)
        except (URLError, ConnectionError):
            return False

    def is_working(self) -> bool:
        return "ready." in self.processes["worker"].written()

    def wait_for(self, condition: Callable[[], Any], what: str = "") -> Any:
        """The condition's first true value; asks again until two minutes are over.

        A process that dies or complains meanwhile ends the wait at once.
        """
        deadline = time.monotonic() + START_SECONDS
        while not (value := condition()):
            if time.monotonic() > deadline or self.is_broken():
                raise ProcessComplained(f"{what or condition}\n{self.logs()}")
            time.sleep(0.05)
        return value

    def is_broken(self) -> bool:
        died = any(process.popen.poll() for process in self.processes.values())
        return died or bool(self.complaints() and not self.complaints_expected)

    def logs(self) -> str:
        return "\n".join(
            f"--- {process.name}\n{process.told()}"
            for process in self.processes.values()
        )

    def complaints(self) -> list[str]:
        marks = ('"level": "error"', '"level": "critical"', "Traceback (most recent")
        return [
            f"{process.name}: {line}"
            for process in self.processes.values()
            for line in process.written().splitlines()
            if any(mark in line for mark in marks)
        ]


def link_in(mail: EmailMessage, path: str = "/i/") -> str:
    """The first address in the mail's text part that holds this path."""
    text = mail.get_body(("plain",)).get_content()
    return re.search(rf"https?://\S*{re.escape(path)}\S*", text)[0]


@contextmanager
def running_stack(
    static_root: Path, *, beat_apart: bool = False, **variables: str
) -> Iterator[Stack]:
    """A stack that answers and works; everything it started is gone afterwards.

    `variables` are put into its processes' environment, over production's.
    """
    with ExitStack() as exits:
        url = f"http://127.0.0.1:{free_port()}"
        folder = Path(
            exits.enter_context(tempfile.TemporaryDirectory(prefix="lounge-"))
        )
        post = exits.enter_context(relay())
        hook = f"{url}/stripe/webhook/"
        stripe = StandIn(webhook_url=hook, webhook_secret=WEBHOOK_SECRET)
        stack = Stack(url, exits.enter_context(stripe), post, folder)
        stack.beat_apart = beat_apart
        stack.environment = environment(stack, static_root) | variables
        try:
            start_all(stack)
            yield stack
        finally:
            stop_all(stack)
        if stack.complaints() and not stack.complaints_expected:
            raise ProcessComplained("\n".join(stack.complaints()))


def start_all(stack: Stack) -> None:
    if settings.EMBEDDED:
        stack.start_embedded()
        stack.wait_for(stack.is_answering, "the embedded server does not answer")
        return
    celery_app.control.purge()
    stack.start_web()
    stack.start_worker()
    if stack.beat_apart:
        stack.start_beat()
    stack.wait_for(stack.is_answering, "the web server does not answer")
    stack.wait_for(stack.is_working, "the worker is not ready")


def stop_all(stack: Stack) -> None:
    """End all; a failed test then shows what they wrote."""
    for process in stack.processes.values():
        process.kill()
    print(stack.logs())


def environment(stack: Stack, static_root: Path) -> dict[str, str]:
    """Production's variables; a proxy that is not there keeps everybody at home."""
    nowhere = "http://127.0.0.1:9"
    return {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "tests.live_settings",
        "LIVE_STATIC_ROOT": str(static_root),
        "HTTP_PROXY": nowhere,
        "HTTPS_PROXY": nowhere,
        "NO_PROXY": "127.0.0.1,localhost",
        "SECRET_KEY": settings.SECRET_KEY,
        "SITE_URL": stack.url,
        "EMBEDDED": str(settings.EMBEDDED),
        "DATABASE_URL": database_url(),
        "REDIS_URL": settings.REDIS_URL,
        "EMAIL_URL": f"smtp://127.0.0.1:{stack.relay.port}",
        "DEFAULT_FROM_EMAIL": settings.DEFAULT_FROM_EMAIL,
        "MAIL_DOMAIN": "lounge.example",
        "STRIPE_API_KEY": settings.STRIPE_API_KEY,
        "STRIPE_API_BASE": stack.stripe.base_url,
        "STRIPE_WEBHOOK_SECRETS": WEBHOOK_SECRET,
        "LOG_LEVEL": "INFO",
    }


def database_url() -> str:
    """The address of the test's own database, not of the one it was made beside."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    # By hand: urllib drops the slashes of an address that has a socket for a host.
    address, mark, options = os.environ["DATABASE_URL"].partition("?")
    return f"{address.rpartition('/')[0]}/{name}{mark}{options}"
