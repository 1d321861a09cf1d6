"""What was forgotten stays forgotten: after a kill, a restore, a second press."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from donations.models import Donation
from events import suppression, tombstones
from events.models import Activity, Event, Message, Tombstone
from guests import invitations
from guests.models import Guest
from guests.privacy import evenings, people, retention
from tests.donations.factories import make_donation
from tests.events.mails import is_postgres, make_message
from tests.factories import make_event, make_member, make_user
from tests.guests.assistants import make_dana, make_principal
from tests.guests.factories import make_contact, make_guest, make_invitation
from tests.losers_lounge.commands import failure, run
from tests.workers import eventually

TINA = "tina@guests.example"
in_a_test = pytest.mark.django_db


def make_tina(event: Event, **fields: object) -> Guest:
    contact = make_contact(event, "Tina Fey", email=TINA, phone="+1 555 0100")
    row = make_invitation(event, contact)
    return make_guest(name="Tina Fey", invitation=row, **fields)


@in_a_test
def test_a_restored_backup_forgets_again_by_a_list_from_outside(
    event: Event,
    settings: Settings,
    tmp_path: Path,
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    listed = tmp_path / "tombstones.jsonl"
    settings.TOMBSTONES_FILE = str(listed)
    make_tina(event)
    other = make_event()
    make_guest(other, "Jon Hamm")
    with django_capture_on_commit_callbacks(execute=True):
        people.erase("TINA@guests.example ", by="Op", at=timezone.now())
        evenings.ask(other.pk, by="Op", at=timezone.now())
    assert listed.read_text().splitlines() == list(tombstones.listed())
    assert "tina" not in listed.read_text().lower()
    assert other.slug not in listed.read_text()
    # The backup is older than all of it.
    Tombstone.objects.all().delete()
    Event.objects.update(guests_erased_at=None)
    Guest.objects.all().delete()
    make_tina(event)
    make_guest(other, "Jon Hamm")
    Guest.objects.update(created_at=timezone.now() - timedelta(days=1))
    event.invitations.update(created_at=timezone.now() - timedelta(days=1))
    assert run("replay_erasures", listed)[0] == "Forgotten again: 1 person, 1 evening."
    assert not Guest.objects.filter(name__in=["Tina Fey", "Jon Hamm"]).exists()
    assert run("replay_erasures", listed)[0] == "Forgotten again: 0 people, 0 evenings."


@in_a_test
def test_who_came_back_after_being_forgotten_is_not_forgotten_again(
    event: Event,
) -> None:
    make_tina(event)
    run("erase_person", TINA, "--yes")
    again = make_tina(event)
    assert "0 people" in run("replay_erasures")[0]
    again.refresh_from_db()
    assert again.name == "Tina Fey"


@in_a_test
def test_an_evening_that_took_a_forgotten_one_s_name_keeps_its_guests(
    event: Event, tmp_path: Path
) -> None:
    """A backup from before the first one was entered: its address is free again."""
    kind, listed = tombstones.Kind.EVENT, tmp_path / "tombstones"
    tombstones.set_up(kind, event.slug, event.created_at - timedelta(days=1))
    listed.write_text("\n".join(tombstones.listed()))
    guest = make_tina(event)
    assert "0 evenings" in run("replay_erasures", listed)[0]
    guest.refresh_from_db()
    assert guest.name == "Tina Fey"


@in_a_test
def test_a_list_that_is_none_is_refused_by_its_line(tmp_path: Path) -> None:
    for text in ("nonsense", '{"kind": "person"}', '["x"]'):
        path = tmp_path / "list"
        path.write_text(f"\n{text}\n")
        assert "line 2 is no tombstone" in failure("replay_erasures", path)


@in_a_test
def test_half_a_line_takes_no_other_with_it(
    settings: Settings,
    tmp_path: Path,
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    settings.TOMBSTONES_FILE = str(tmp_path / "tombstones")
    (tmp_path / "tombstones").write_text('{"kind": "per')
    for email in (TINA, "jeff@guests.example"):
        with django_capture_on_commit_callbacks(execute=True):
            tombstones.set_up(tombstones.Kind.PERSON, email, timezone.now())
    written = (tmp_path / "tombstones").read_text().splitlines()
    assert written[1:] == list(tombstones.listed())


@in_a_test
def test_a_tombstone_holds_while_its_key_is_known(
    event: Event, settings: Settings
) -> None:
    tombstones.set_up(tombstones.Kind.PERSON, TINA, timezone.now())
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-" + "k" * 50
    stones = tombstones.known()
    assert tombstones.erased_at(stones, tombstones.Kind.PERSON, TINA.upper())
    assert not tombstones.erased_at(stones, tombstones.Kind.EVENT, TINA)


@in_a_test
def test_who_is_unsubscribed_stays_so_when_forgotten(event: Event) -> None:
    make_tina(event)
    suppression.suppress(TINA, timezone.now())
    run("erase_person", TINA, "--yes")
    assert suppression.is_suppressed(TINA)
    make_tina(event)
    invitations.send(event.pk, by="Amy", at=timezone.now())
    letter = Message.objects.get(recipient_email=TINA)
    assert letter.state == "suppressed"


@in_a_test
def test_each_telling_and_each_forgetting_is_a_line_without_a_name(
    event: Event,
) -> None:
    make_tina(event)
    told = json.loads(run("export_person", TINA)[0])
    assert told["rows"]["guests.Contact"][0]["phone"] == "+1 555 0100"
    run("erase_person", TINA, "--yes")
    lines = Activity.objects.filter(event=event, actor_name="The operator")
    assert sorted(lines.values_list("verb", "object_name")) == [
        ("forgot a person who asked for it", ""),
        ("gave a person what is held of them", ""),
    ]


@in_a_test
def test_an_assistants_guests_stay_when_she_is_forgotten(event: Event) -> None:
    dana = make_dana(event)
    ann = make_principal(dana, "Ann Dowd")
    run("erase_person", dana.email, "--yes")
    ann.refresh_from_db()
    dana.refresh_from_db()
    assert ann.name == "Ann Dowd"
    assert (dana.email, dana.name) == ("", f"Contact {dana.pk}")


@in_a_test
def test_a_letter_to_others_that_waits_goes_without_the_name(event: Event) -> None:
    make_tina(event)
    names = ["Ann Dowd", "Tina Fey"]
    said = {"about": "contact/0", "context": {"guest_names": names}}
    waits, gone = make_message(event, **said), make_message(event, **said)
    Message.objects.filter(pk=gone.pk).update(state="failed")
    run("erase_person", TINA, "--yes")
    waits.refresh_from_db()
    gone.refresh_from_db()
    assert (waits.state, waits.context["guest_names"]) == ("queued", ["Ann Dowd", "…"])
    assert (gone.state, gone.recipient_email, gone.context) == ("failed", "", {})


@in_a_test
def test_of_a_family_behind_one_address_one_is_meant(event: Event) -> None:
    tina = make_tina(event)
    jeff = make_guest(name="Jeff Richmond", invitation=tina.invitation)
    told = run("export_person", TINA)[0]
    assert "Jeff" not in told
    run("erase_person", TINA, "--yes")
    jeff.refresh_from_db()
    assert (jeff.name, jeff.erased_at) == ("Jeff Richmond", None)


@in_a_test
@pytest.mark.parametrize("nothing", ["", " ", "Tina Fey"])
def test_whoever_has_no_address_is_not_meant_by_none(
    event: Event, nothing: str
) -> None:
    """A script's variable may be empty: that is no way to say everybody."""
    by_hand = make_contact(event, "Tina Fey", email="")
    make_guest(event, "Tina Fey", invitation=make_invitation(event, by_hand))
    make_donation(event, donor_name="Tina Fey", donor_email="")
    assert "Nothing is held" in failure("export_person", nothing)
    assert "no address" in failure("erase_person", nothing, "--yes")
    people.erase(nothing, by="Somebody", at=timezone.now())
    assert event.guests.filter(name="Tina Fey").exists()
    assert Donation.objects.filter(donor_name="Tina Fey").exists()


@in_a_test
@pytest.mark.parametrize(
    ("state", "words"),
    [
        (Donation.State.PROCESSING, "not settled"),
        (Donation.State.DISPUTED, "not settled"),
        (Donation.State.PAID, "run `reconcile` first"),
    ],
)
def test_money_comes_before_forgetting(event: Event, state: str, words: str) -> None:
    """Parity first: what is under way or was never compared keeps its donor."""
    make_tina(event)
    gift = make_donation(event, donor_email=TINA, state=state, paid_at=timezone.now())
    assert words in failure("erase_person", TINA, "--yes")
    gift.refresh_from_db()
    assert gift.donor_email == TINA
    assert event.guests.filter(name="Tina Fey").exists()


@in_a_test
def test_a_host_leaves_only_when_another_stays(event: Event) -> None:
    amy = make_member(event, "host", make_user("Amy Poehler")).user
    assert "only host" in failure("erase_person", amy.email, "--yes")
    make_member(event, "host")
    run("erase_person", amy.email, "--yes")
    amy.refresh_from_db()
    assert (amy.name, amy.is_active) == (f"Member {amy.pk}", False)
    assert not amy.emailaddress_set.exists()
    assert not amy.memberships.exists()
    assert not amy.has_usable_password()


@pytest.mark.skipif(not is_postgres(), reason="SQLite lets one process write at a time")
@pytest.mark.django_db(transaction=True)
def test_an_evening_goes_on_where_its_worker_was_killed() -> None:
    """SIGKILL between two batches: the mark stands, and the next look finishes."""
    event = make_event(doors_at=timezone.now() - timedelta(days=100))
    for number in range(30):
        make_guest(event, f"Quixwell {number}")
    left = event.guests.filter(name__startswith="Quixwell")
    words = [sys.executable, "-c", KILLED, event.slug]
    env = {
        **os.environ,
        "DATABASE_URL": _url(),
        "DJANGO_SETTINGS_MODULE": "tests.settings",
    }
    # S603: every word of the command is written here.
    worker = subprocess.Popen(words, env=env, cwd=settings.BASE_DIR)
    try:
        eventually(lambda: left.count() < 30, seconds=60)
    finally:
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait()
    event.refresh_from_db()
    assert event.guests_erased_at
    assert 0 < left.count() < 30, "it was killed half-way"
    assert evenings.unfinished().get() == event
    retention.forget_due(timezone.now())
    assert not left.exists()
    assert not event.contacts.exclude(email="").exists()
    assert not evenings.unfinished().exists()


KILLED = """
import sys, time, django
django.setup()
from django.utils import timezone
from events.models import Event
from guests.privacy import blanks, evenings
evenings.BATCH = 5
slow = blanks.guests
def guests(rows, at):
    slow(rows, at)
    time.sleep(1)
blanks.guests = guests
event = Event.objects.get(slug=sys.argv[1])
evenings.carry_on(evenings.ask(event.pk, by="Op", at=timezone.now()), timezone.now())
"""


def _url() -> str:
    where = connection.get_connection_params()
    named = {"host": where.get("host"), "port": where.get("port")}
    named |= {"user": where.get("user"), "password": where.get("password")}
    query = "&".join(f"{name}={value}" for name, value in named.items() if value)
    return f"postgres:///{where['dbname']}?{query}"
