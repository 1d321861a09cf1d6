"""The restore drill: a night is lost, and comes back from last night's backup.

`RESTORE_GUESTS=100000 python3 manage.py test -s tests/release/test_restore.py` does it
at that size, and holds it to the bar: restored and serving within five minutes.
"""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone
from pytest_django import Settings

from donations import discrepancies, settlement, unmatched
from donations.models import Discrepancy, StripeEvent
from events import delivery
from events.models import Event, Heartbeat, Message, User
from events.outbox import epoch
from guests import invitations
from guests.models import Contact
from losers_lounge.celery import app as celery_app
from losers_lounge.demo import money, night, seeding
from losers_lounge.stand_in.server import StandIn
from tests.donations.factories import make_donation, open_page, pay
from tests.faults.invariants import Told, when_healed
from tests.losers_lounge.commands import failure, run
from tests.rehearsal import stripe_books
from tests.relay import Relay
from tests.release.databases import another_database, contents, moved_to
from tests.release.deployed import procfile
from tests.servers import client_program, free_port
from tests.stack import Stack, environment, stop_all
from tests.workers import eventually

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL's own"),
]
GUESTS = int(os.environ.get("RESTORE_GUESTS", "0"))
BAR_SECONDS = 300
SENT_BEFORE, SENT_AFTER = 5, 7
AS_A_SHELL = "import os, sys; os.execv('/bin/sh', ['sh', '-c', sys.argv[1]])"


@pytest.fixture(autouse=True)
def _client_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """pg_dump and pg_restore of the very PostgreSQL that the tests run on."""
    programs = client_program("pg_dump").parent
    monkeypatch.setenv("PATH", str(programs), prepend=os.pathsep)


def post(number: int) -> None:
    """So many of the mails that wait leave."""
    before = Message.objects.filter(state=Message.State.SENT).count()

    def is_enough() -> bool:
        sent = Message.objects.filter(state=Message.State.SENT).count()
        return sent - before >= number

    delivery.drain(60, is_enough)
    assert is_enough()


def evening(stand_in: StandIn) -> Event:
    """The night of 2013 with its money, and invitations that wait to leave."""
    at = timezone.now()
    # As migrate leaves it; an emptied database has lost its mark.
    epoch.begin_if_first(at)
    event = night.load(at)
    # In a month: guests of 2013 would be forgotten as soon as the books are right.
    begins = {"doors_at": at + timedelta(days=30), "starts_at": at + timedelta(days=30)}
    Event.objects.filter(pk=event.pk).update(**begins, ends_at=at + timedelta(days=31))
    event.refresh_from_db()
    money.load(event, stand_in, at)
    invitations.send(event.pk, by="Amy", at=at)
    if GUESTS:
        seeding.seed("big", seeding.Size(GUESTS, GUESTS // 20, 50), at)
    return event


@contextmanager
def serving(stand_in: StandIn, relay: Relay, folder: Path) -> Iterator[None]:
    """What the Procfile names, on whatever database is connected to now."""
    port = free_port()
    stack = Stack(f"http://127.0.0.1:{port}", stand_in, relay, folder)
    own = {"HOST": "127.0.0.1", "PORT": str(port), "TMPDIR": str(folder)}
    small = {"WEB_CONCURRENCY": "1", "CELERY_CONCURRENCY": "2"}
    stack.environment = environment(stack, folder / "static") | own | small
    stack.environment["DJANGO_SETTINGS_MODULE"] = "tests.release.drill_settings"
    programs = Path(sys.executable).parent
    stack.environment["PATH"] = f"{programs}{os.pathsep}{os.environ['PATH']}"
    celery_app.control.purge()
    try:
        for name in ("web", "worker", "beat"):
            stack.start(name, "-c", AS_A_SHELL, f"exec {procfile()[name]}")
        stack.wait_for(stack.is_answering)
        stack.wait_for(stack.is_working)
        yield
        for process in stack.processes.values():
            process.popen.terminate()
            assert process.popen.wait(60) == 0, "each ends well when it is asked to"
    finally:
        stop_all(stack)


def test_a_night_comes_back_and_nothing_leaves_it_twice(
    stand_in: StandIn, mail_relay: Relay, tmp_path: Path, settings: Settings
) -> None:
    settings.TOMBSTONES_FILE = str(tmp_path / "tombstones")
    event = evening(stand_in)
    about_to_pay = make_donation(event, donor_name="Ada Lindqvist")
    page = open_page(about_to_pay)
    post(SENT_BEFORE)
    rows = contents()
    print("", *run("backup", tmp_path), sep="\n")
    (dump,) = tmp_path.glob("lounge-*.dump")

    post(SENT_AFTER)
    forgotten = last_of(event).email
    assert "Done" in run("erase_person", forgotten, "--yes")[0]
    stand_in.pay(page)
    settlement.settle(about_to_pay.pk, at=timezone.now())
    unknown_to_it = make_donation(event, donor_name="Otto Brandt")
    pay(stand_in, unknown_to_it)
    settlement.settle(unknown_to_it.pk, at=timezone.now())
    taken = {message_id: len(mails) for message_id, mails in mail_relay.by_id.items()}
    assert len(taken) == sum(taken.values()) >= SENT_BEFORE + SENT_AFTER

    begun = time.monotonic()
    with another_database() as name, moved_to(name):
        said, _ = run("restore", dump)
        assert "outbox release" in said and "migrate first" not in said
        assert contents() == rows, "every row of every table, to the byte"
        call_command("migrate", check=True, verbosity=0)
        with serving(stand_in, mail_relay, tmp_path):
            print(f"\nrestored and serving in {time.monotonic() - begun:.1f} s")
            nothing_leaves_by_itself(mail_relay, taken)
            assert time.monotonic() - begun <= BAR_SECONDS
            assert last_of(event).email == forgotten, "the backup still knows them"
            the_operator_lets_it_go(mail_relay, tmp_path)
            eventually(lambda: not waiting().exists(), 180)
        told = Told(paid={about_to_pay.pk})
        when_healed(event, told, relay=mail_relay)
        nobody_pays_or_reads_twice(event, stand_in, mail_relay)
        assert not Contact.objects.filter(email=forgotten).exists()
        assert forgotten.encode() not in b"".join(mail_relay.taken)


def last_of(event: Event) -> Contact:
    """Whose invitation is the last to leave."""
    return Contact.objects.filter(event=event).exclude(email="").latest("pk")


def nobody_pays_or_reads_twice(event: Event, stand_in: StandIn, relay: Relay) -> None:
    assert {len(mails) for mails in relay.by_id.values()} == {1}
    assert "to the cent" in run("verify_total", event.slug)[0]
    at_stripe = stripe_books.of(stand_in)
    assert max(at_stripe.sessions.values()) == max(at_stripe.paid.values()) == 1


def waiting() -> QuerySet[Message]:
    return Message.objects.filter(state__in=Message.UNDER_WAY)


def nothing_leaves_by_itself(relay: Relay, taken: dict[str, int]) -> None:
    """The processes work, and yet neither mail nor money goes."""
    answered = Heartbeat.objects.filter(name="worker").values_list("at", flat=True)
    since = answered.first()
    eventually(lambda: answered.first() != since)
    assert epoch.is_held() and waiting().exists()
    assert {key: len(mails) for key, mails in relay.by_id.items()} == taken


def the_operator_lets_it_go(relay: Relay, folder: Path) -> None:
    """The runbook, line by line."""
    # A gift that the backup knows nothing of is money that waits for a person.
    assert "differs from Stripe" in failure("reconcile")
    unread = StripeEvent.objects.filter(state=StripeEvent.State.NEW)
    eventually(lambda: not unread.exists())
    event, at = Event.objects.get(slug="losers-lounge"), timezone.now()
    finn = User.objects.get(email="finn@example.com")
    for row in Discrepancy.objects.open():
        if row.kind == Discrepancy.Kind.CHARGE_WITHOUT_DONATION:
            unmatched.take_over(row.pk, event, by=finn, at=at)
        else:
            discrepancies.close(row.pk, "Given after the backup", at=at, by=finn)
    run("reconcile")
    assert "1 person" in run("replay_erasures", folder / "tombstones")[0]
    log = folder / "mail.log"
    log.write_text("".join(f"cleanup: message-id={name}\n" for name in relay.by_id))
    said, _ = run("note_taken", log)
    assert said.endswith(f": {SENT_AFTER} mails.")
    assert "came from a backup" in run("outbox", "status")[0]
    run("outbox", "release")
    assert "not held" in failure("note_taken", log)
