"""A disk without room: whoever presses is told, what was saved stays, pages are read.

PostgreSQL keeps the outbox on a small disk of its own (mounting one takes root), SQLite
is told to grow no further. `manage.py test --sqlite` runs the latter.
"""

import os
import pwd
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from events.models import Event
from guests.models import Guest
from tests.factories import make_event
from tests.faults.house import House, Presses
from tests.faults.invariants import Told, at_any_moment
from tests.faults.machines import DATABASE
from tests.guests.factories import make_guest
from tests.guests.people import browser_of, page_of
from tests.workers import eventually

ANSWERS = 400
SMALL = "12m"


@dataclass
class Disk:
    """Where answers are written: press one, look at one, take and give the room."""

    answer: Callable[[Guest], int]
    look: Callable[[Guest], int]
    fill: Callable[[], object]
    free: Callable[[], object]


@pytest.fixture
def disk(request: pytest.FixtureRequest, transactional_db: None) -> Disk:
    is_sqlite = connection.vendor == "sqlite"
    return request.getfixturevalue("sqlite_disk" if is_sqlite else "postgres_disk")


@pytest.fixture
def sqlite_disk() -> Disk:
    """In this process: how far the file may grow belongs to the connection."""

    def may_grow_to(pages: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA max_page_count = {pages}")

    def fill() -> None:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA page_count")
            may_grow_to(cursor.fetchone()[0])

    def answer(guest: Guest) -> int:
        browser = browser_of(guest.invitation)
        browser.raise_request_exception = False
        page = page_of(guest.invitation, "rsvp")
        return browser.post(page, {"answer": "yes"}).status_code

    def look(guest: Guest) -> int:
        return browser_of(guest.invitation).get(page_of(guest.invitation)).status_code

    return Disk(answer, look, fill, lambda: may_grow_to("4294967294"))


@pytest.fixture
def postgres_disk(house: House) -> Iterator[Disk]:
    with outbox_on_a_small_disk(house) as folder:
        filler = folder / "filler"

        def fill() -> None:
            room = shutil.disk_usage(folder).total
            with suppress(OSError):  # the disk is full, as it should be
                filler.write_bytes(bytes(room))

        def answer(guest: Guest) -> int:
            return Presses(house, guest.event).rsvp(guest)().status

        def look(guest: Guest) -> int:
            return house.ask("GET", "/lost-link/").status

        yield Disk(answer, look, fill, lambda: filler.unlink(missing_ok=True))


@contextmanager
def outbox_on_a_small_disk(house: House) -> Iterator[Path]:
    folder = house.database.server.folder / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SMALL},mode=0777", "tmpfs"]
    made = subprocess.run([*mount, str(folder)], capture_output=True)
    if made.returncode:
        pytest.skip("no small disk could be mounted: run the tests as root")
    tables = folder / "tables"
    tables.mkdir()
    if os.geteuid() == 0:
        os.chown(tables, pwd.getpwnam("nobody").pw_uid, -1)
    where = f"host={house.database.server.folder} user=lounge dbname={DATABASE}"
    move = "ALTER TABLE events_message SET TABLESPACE"
    try:
        with psycopg.connect(where, autocommit=True) as own:
            own.execute(f"CREATE TABLESPACE small LOCATION '{tables}'")
            own.execute(f"{move} small")
            # Mails of other tests have left room in its pages, enough for many more.
            own.execute("VACUUM FULL events_message")
            yield folder
            own.execute(f"{move} pg_default")
            own.execute("DROP TABLESPACE small")
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)
        folder.rmdir()


def test_a_full_disk_refuses_whole_answers_and_heals_by_itself(disk: Disk) -> None:
    event = make_event(capacity=2 * ANSWERS)
    told = Told()
    first, *others = (make_guest(event) for _ in range(ANSWERS // 4))
    assert disk.answer(first) == 302
    told.answers[first.pk] = "yes"

    disk.fill()
    refused = None
    for guest in others:
        status = disk.answer(guest)
        if status == 302:
            told.answers[guest.pk] = "yes"  # on a page that still had room
            continue
        refused = guest
        assert status == 500
        break
    assert refused is not None, "the disk was never full"

    connection.close()
    at_any_moment(event, told)
    refused.refresh_from_db()
    assert (refused.answer, letters_to(event, refused)) == (Guest.Answer.WAITING, 0)
    assert disk.look(first) == 200

    disk.free()
    connection.close()
    assert disk.answer(refused) == 302
    told.answers[refused.pk] = "yes"
    at_any_moment(event, told)
    eventually(lambda: letters_to(event, refused) == 1)


def letters_to(event: Event, guest: Guest) -> int:
    address = guest.invitation.contact.email
    return event.messages.filter(recipient_email=address).count()
