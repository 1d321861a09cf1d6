"""Eight phones that let a crowd in, over HTTP, through a gunicorn with workers."""

import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from threading import Barrier, Thread
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse

from events.models import Event
from losers_lounge.stand_in.server import StandIn
from tests.guests.devices import make_phone
from tests.relay import relay
from tests.servers import free_port
from tests.stack import Stack, environment

DEVICES = 8
WORKERS = 4
ONE_SELECT = "/one-select/"
SECRET = "k" * 32
# One press in so many is made again, under its own name.
REPEATED = 10
LOGGED = re.compile(r"^(?P<status>\d+) (?P<micros>\d+) (?P<path>\S+)$", re.MULTILINE)


@dataclass
class Press:
    """One scan: whom, under which name, and what the phone was answered."""

    guest_id: int
    nonce: str
    answers: list[tuple[int, str, str]] = field(default_factory=list)


@dataclass
class House:
    """A running gunicorn, and what it wrote of its own time."""

    port: int
    log: Path

    def times(self, is_wanted: str) -> list[float]:
        """Milliseconds that the server took for the addresses that match, sorted."""
        found = LOGGED.finditer(self.log.read_text())
        wanted = re.compile(is_wanted)
        return sorted(
            int(row["micros"]) / 1000 for row in found if wanted.search(row["path"])
        )


def percentile(times: list[float], percent: int) -> float:
    return times[min(len(times) - 1, len(times) * percent // 100)]


@contextmanager
def house() -> Iterator[House]:
    """gunicorn under production's settings, on the test's own database."""
    with ExitStack() as exits:
        folder = Path(
            exits.enter_context(tempfile.TemporaryDirectory(prefix="lounge-"))
        )
        port = free_port()
        post, stripe = exits.enter_context(relay()), exits.enter_context(StandIn())
        stack = Stack(f"http://127.0.0.1:{port}", stripe, post, folder)
        words = ["-m", "gunicorn", "losers_lounge.wsgi", "--workers", str(WORKERS)]
        words += ["--bind", f"127.0.0.1:{port}", "--access-logfile", "times"]
        words += ["--access-logformat", "%(s)s %(D)s %(U)s"]
        words += ["--control-socket", str(folder / "gunicorn.ctl")]
        found = environment(stack, folder / "static")
        found |= {"DJANGO_SETTINGS_MODULE": "tests.crowd_settings"}
        found |= {"PYTHONPATH": str(settings.BASE_DIR), "LOG_LEVEL": "WARNING"}
        server = subprocess.Popen(
            [sys.executable, *words], cwd=folder, env=found, start_new_session=True
        )
        try:
            answers = House(port, folder / "times")
            stack.wait_for(stack.is_answering, "gunicorn does not answer")
            yield answers
        finally:
            server.terminate()
            server.wait()


def crowd(event: Event, people: list[int], scans: int) -> list[list[Press]]:
    """What each of the phones presses: half of it for people whom all of them scan.

    Everybody else is scanned by one phone; all begin with those they race for.
    """
    raced = people[: scans // 2 // DEVICES]
    others = people[len(raced) :]
    return [
        [Press(pk, f"{phone}/{pk}") for pk in [*raced, *others[phone::DEVICES]]]
        for phone in range(DEVICES)
    ]


def let_in(where: House, event: Event, presses: list[list[Press]]) -> float:
    """All phones press at once, each one after the other; the seconds it took.

    Between two presses each asks for the view of one SELECT.
    """
    phones = [make_phone(event, name=f"Phone {n}") for n in range(len(presses))]
    name = settings.DEVICE_COOKIE_NAME
    cookies = [f"{name}={phone.cookies[name].value}" for phone in phones]
    barrier = Barrier(len(presses))
    failed: list[Exception] = []

    def run(cookie: str, mine: list[Press]) -> None:
        barrier.wait()
        try:
            for number, press in enumerate(mine):
                get(where)
                for _ in range(1 + (number % REPEATED == 0)):
                    press.answers.append(scan(where, event, cookie, press))
        except Exception as error:  # the caller wants to see it
            failed.append(error)

    began = time.monotonic()
    threads = [
        Thread(target=run, args=pair) for pair in zip(cookies, presses, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
    return time.monotonic() - began


def scan(where: House, event: Event, cookie: str, press: Press) -> tuple[int, str, str]:
    """Press “Let in” as a phone does; status, where to, and in what words."""
    path = reverse("guests:door_admit", args=[event.slug, press.guest_id])
    fields = {"csrfmiddlewaretoken": SECRET, "nonce": press.nonce}
    headers = {
        "Cookie": f"{cookie}; {settings.CSRF_COOKIE_NAME}={SECRET}",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    status, found = ask(where, "POST", path, urlencode(fields), headers)
    # The words alone: what signs them knows the time.
    said = found.get("Set-Cookie", "").partition(";")[0].partition(":")[0]
    return status, found.get("Location", ""), said


def get(where: House) -> None:
    ask(where, "GET", ONE_SELECT)


def ask(
    where: House,
    method: str,
    path: str,
    body: str | None = None,
    headers: dict[str, str] | None = None,
) -> tuple[int, dict[str, str]]:
    connection = HTTPConnection("127.0.0.1", where.port, timeout=60)
    connection.request(method, path, body, headers or {})
    response = connection.getresponse()
    response.read()
    connection.close()
    return response.status, dict(response.getheaders())
