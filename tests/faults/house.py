"""A house of its own: web server, worker with beat, database, broker, relay, Stripe.

All of them are processes of this test alone, under production's settings, and each
may be stopped, frozen, killed and started again. Our own ORM reads the same database.
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import redis
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from events.models import Event
from guests.models import Guest
from losers_lounge.stand_in.server import StandIn
from tests.faults import machines
from tests.faults.machines import Machine
from tests.guests.people import browser_of, page_of
from tests.relay import relay
from tests.servers import free_port
from tests.stack import WEBHOOK_SECRET, Process, Stack, environment
from tests.workers import eventually

CSRF = "k" * 32
PATIENCE_SECONDS = 60
NOBODY_ANSWERED = 0


@dataclass(frozen=True)
class Reply:
    """What came back for one press; status 0 when nothing did."""

    status: int
    headers: dict[str, str]
    seconds: float
    body: str = ""

    @property
    def is_done(self) -> bool:
        """Whether the one who pressed was told that it is done."""
        return 200 <= self.status < 400


@dataclass
class House:
    stack: Stack
    database: Machine
    broker: Machine

    def start_web(self, **more: str) -> None:
        """Under more variables, if named; in place of the one that ran."""
        self.stop("web")
        with self._under(more):
            self.stack.start_web()
        eventually(self.is_answering)

    def start_worker(self, name: str = "worker", *words: str, **more: str) -> Process:
        """A worker with its beat, ready for work."""
        self.stop(name)
        node = ["-n", f"{name}@house", "--concurrency", "2", "--loglevel", "INFO"]
        quiet = ["--without-gossip", "--without-mingle"]
        beat = words or ("--beat", "--schedule", str(self.stack.folder / name))
        with self._under(more):
            started = self.stack.start(
                name, "-m", "celery", "-A", "losers_lounge", "worker", *node, *quiet,
                *beat,
            )  # fmt: skip
        before = started.written().count("ready.")
        eventually(lambda: started.written().count("ready.") > before)
        return started

    def stop(self, name: str) -> None:
        """At once, with everything that it started."""
        process = self.stack.processes.pop(name, None)
        if process is not None:
            process.kill()

    @contextmanager
    def _under(self, more: dict[str, str]) -> Iterator[None]:
        before = self.stack.environment
        self.stack.environment = before | more
        try:
            yield
        finally:
            self.stack.environment = before

    def is_answering(self) -> bool:
        return self.ask("GET", "/healthz").status == 200

    def heal(self) -> None:
        """Everything is up again, and nothing misbehaves."""
        self.database.start()
        self.broker.start()
        with self.queue() as queue:
            queue.config_set("maxmemory", "0")
            queue.config_set("maxmemory-policy", "noeviction")
        self.stack.relay.at.clear()
        self.supervise()

    def supervise(self) -> int:
        """What a supervisor does: start again what has ended, or what is deaf."""
        restarted = 0
        for name, start in (("web", self.start_web), ("worker", self.start_worker)):
            process = self.stack.processes.get(name)
            has_ended = process is None or process.popen.poll() is not None
            if has_ended or (name == "worker" and self.is_deaf()):
                start()
                restarted += 1
        return restarted

    def is_deaf(self) -> bool:
        """The command that the supervisor asks."""
        try:
            call_command("healthy", "worker", stdout=StringIO())
        except CommandError:
            return True
        return False

    def queue(self) -> redis.Redis:
        return redis.Redis.from_url(self.broker.url)

    def ask(
        self,
        method: str,
        path: str,
        body: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> Reply:
        """One request on a connection of its own; nobody answering is an answer."""
        began = time.monotonic()
        where = urlsplit(self.stack.url)
        connection = HTTPConnection(where.hostname, where.port, timeout=30)
        with suppress(OSError, HTTPException):
            try:
                connection.request(method, path, body, headers or {})
                response = connection.getresponse()
                text = response.read().decode(errors="replace")
                return Reply(
                    response.status,
                    dict(response.getheaders()),
                    time.monotonic() - began,
                    text,
                )
            finally:
                connection.close()
        return Reply(NOBODY_ANSWERED, {}, time.monotonic() - began)

    def press(self, cookie: str, path: str, **fields: Any) -> Reply:
        """Submit a form as the browser that holds this cookie."""
        headers = {
            "Cookie": f"{cookie}; {settings.CSRF_COOKIE_NAME}={CSRF}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        typed = urlencode({"csrfmiddlewaretoken": CSRF} | fields, doseq=True)
        return self.ask("POST", path, typed, headers)


def cookie_of(client: Client) -> str:
    return "; ".join(f"{name}={one.value}" for name, one in client.cookies.items())


@dataclass
class Presses:
    """What people press, each as often as they like: the same words, the same nonce."""

    house: House
    event: Event

    def rsvp(self, guest: Guest, answer: str = "yes") -> Callable[[], Reply]:
        cookie = cookie_of(browser_of(guest.invitation))
        path = page_of(guest.invitation, "rsvp")
        said = {"guest": guest.public_id, "answer": answer}
        return lambda: self.house.press(cookie, path, **said)

    def donate(self, guest: Guest) -> Callable[[], Reply]:
        cookie = cookie_of(browser_of(guest.invitation))
        path = page_of(guest.invitation, "donate")
        return lambda: self.house.press(cookie, path, guest=guest.public_id)

    def admit(self, phone: Client, guest: Guest, nonce: str) -> Callable[[], Reply]:
        path = reverse("guests:door_admit", args=[self.event.slug, guest.pk])
        return lambda: self.house.press(cookie_of(phone), path, nonce=nonce)

    def send(self, host: Client) -> Callable[[], Reply]:
        path = reverse("guests:invitations_send", args=[self.event.slug])
        return lambda: self.house.press(cookie_of(host), path)

    def announce(self, desk: Client, category: Any, winner: int) -> Callable[[], Reply]:
        path = reverse("guests:result_announce", args=[self.event.slug, category.pk])
        typed = {"version": category.version, "winners": [winner]}
        return lambda: self.house.press(cookie_of(desk), path, **typed)


@contextmanager
def running_house() -> Iterator[House]:
    """Up and working; everything that it started is gone afterwards."""
    with ExitStack() as exits:
        opened = exits.enter_context
        folder = Path(opened(tempfile.TemporaryDirectory(prefix="lounge-")))
        url = f"http://127.0.0.1:{free_port()}"
        hook = f"{url}/stripe/webhook/"
        stripe = opened(StandIn(webhook_url=hook, webhook_secret=WEBHOOK_SECRET))
        stack = Stack(url, stripe, opened(relay()), folder, complaints_expected=True)
        house = House(stack, opened(machines.database()), opened(machines.broker()))
        stack.environment = environment(stack, folder / "static") | {
            "DJANGO_SETTINGS_MODULE": "tests.fault_settings",
            "DATABASE_URL": database_url(house.database),
            "REDIS_URL": house.broker.url,
            "EMAIL_TIMEOUT": "1",
            "EMAIL_DOT_TIMEOUT": "2",
            "C_FORCE_ROOT": "1",
        }
        try:
            stack.start_web()
            house.start_worker()
            eventually(house.is_answering)
            yield house
        finally:
            for name in list(stack.processes):
                house.stop(name)


def database_url(database: Machine) -> str:
    folder = database.server.folder
    return f"postgres:///{machines.DATABASE}?host={folder}&user=lounge"
