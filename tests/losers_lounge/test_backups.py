"""What `backup`, `restore` and `note_taken` say, and what they refuse.

That a whole night comes back is tests/release/test_restore.py's.
"""

import io
import os
import stat
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from events.models import Epoch, Event, Message
from losers_lounge import backups
from tests.events.mails import make_message
from tests.losers_lounge.commands import failure, run
from tests.servers import client_program

pytestmark = pytest.mark.django_db
AT = datetime(2026, 9, 22, 4, 40, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _client_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    programs = client_program("pg_dump").parent
    monkeypatch.setenv("PATH", str(programs), prepend=os.pathsep)


def test_a_backup_is_whole_named_by_its_time_and_its_owner_s_alone(
    tmp_path: Path,
) -> None:
    path = backups.keep(tmp_path, AT)
    assert path.name.startswith("lounge-2026-09-22T044000Z.")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path], "and nothing half is left beside it"


def test_only_backups_of_ours_grow_old(tmp_path: Path) -> None:
    for name in (
        "lounge-2026-08-17T044000Z.dump",
        "lounge-2026-08-19T044000Z.dump",
        "lounge-2026-08-17T044000Z.dump.part",
        "lounge-2026-08-19T044000Z.dump.part",
        "guests-2020-01-01.csv",
    ):
        (tmp_path / name).touch()
    assert backups.forget(tmp_path, datetime(2026, 8, 18, tzinfo=UTC)) == 2
    left = {path.name.partition("T")[0] for path in tmp_path.iterdir()}
    assert left == {"lounge-2026-08-19", "guests-2020-01-01.csv"}
    assert len(list(tmp_path.iterdir())) == 3


def test_a_backup_is_written_into_no_file_that_was_there(tmp_path: Path) -> None:
    """In a folder of many, who knows the hour could have laid a link there."""
    suffix = "dump" if connection.vendor == "postgresql" else "sqlite3"
    part = tmp_path / f"lounge-2026-09-22T044000Z.{suffix}.part"
    part.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(backups.Refused, match="File exists"):
        backups.keep(tmp_path, AT)
    assert list(tmp_path.iterdir()) == [part]


def test_what_cannot_be_kept_is_one_line_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "No such file" in failure("backup", tmp_path / "nowhere")
    assert "1 or more" in failure("backup", tmp_path, "--keep-days", 0)
    if connection.vendor == "postgresql":
        monkeypatch.setenv("PATH", str(tmp_path))
        assert "install PostgreSQL's client" in failure("backup", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_program_s_own_words_are_passed_on_without_a_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a program is told is in its words for all to read: no password is."""
    liar = tmp_path / "pg_dump"
    liar.write_text('#!/bin/sh\necho "$@ $PGPASSWORD" | grep -c hush >&2; exit 1\n')
    liar.chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setitem(connection.settings_dict, "PASSWORD", "hush")
    if connection.vendor == "postgresql":
        assert failure("backup", tmp_path) == "pg_dump: 1"
        liar.write_text('#!/bin/sh\necho "$@" | grep -c hush >&2; exit 1\n')
        assert failure("backup", tmp_path) == "pg_dump: 0"


def test_nothing_is_written_over(tmp_path: Path) -> None:
    assert "no such file" in failure("restore", tmp_path / "it.dump")
    (tmp_path / "it.dump").touch()
    assert "not empty" in failure("restore", tmp_path / "it.dump")


def test_mail_that_a_log_names_has_left(
    event: Event, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    taken, waits = make_message(event), make_message(event)
    log = f"Sep 22 mx postfix/cleanup[7]: 4F2: message-id={taken.message_id}\n"
    Epoch.objects.all().delete()
    Epoch.objects.create(mark="of another database", released_at=timezone.now())
    monkeypatch.setattr(sys, "stdin", io.StringIO(log + "\udcff<no@id>\n"))
    assert run("note_taken", "-")[0].endswith(": 1 mail.")
    states = Message.objects.values_list("state", flat=True)
    assert list(states.order_by("pk")) == ["sent", "queued"]
    waits.refresh_from_db()
    assert waits.sent_at is None
    assert "No such file" in failure("note_taken", tmp_path / "mail.log")


def test_where_sending_is_not_held_a_log_says_nothing(event: Event) -> None:
    """A mail that was sent again on purpose has its id in the log already."""
    Epoch.objects.all().delete()
    make_message(event)
    assert "not held" in failure("note_taken", "-")
