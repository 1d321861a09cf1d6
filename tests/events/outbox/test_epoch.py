"""Nothing leaves a database that was brought back from a backup until it is let."""

from importlib import import_module
from types import SimpleNamespace
from unittest.mock import patch

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from events import outbox
from events.models import Epoch, Event
from events.outbox import epoch
from tests.events.mails import is_postgres, make_message

pytestmark = pytest.mark.django_db


@pytest.fixture
def restored(db: None) -> None:
    """As a dump does that is read into another database: the rows, not the mark."""
    Epoch.objects.all().delete()
    Epoch.objects.create(mark="of another database", released_at=timezone.now())


def test_a_database_made_by_migrate_is_let_go(event: Event) -> None:
    Epoch.objects.all().delete()
    import_module("events.migrations.0013_epoch_of_this_database").begin(
        apps, SimpleNamespace(connection=connection)
    )
    assert Epoch.objects.get().mark == epoch.mark()
    assert not epoch.is_held()
    assert outbox.claim() is None
    assert make_message(event) == outbox.claim()


def test_the_mark_outlives_a_connection(db: None) -> None:
    before = epoch._ask(connection)
    assert before == epoch.mark()


@pytest.mark.usefixtures("restored")
class TestRestored:
    def test_no_mail_leaves_until_it_is_released(self, event: Event) -> None:
        message = make_message(event)
        assert outbox.claim() is None
        assert not outbox.is_due()
        outbox.sweep()
        assert outbox.claim() is None
        assert outbox.holds_mail_of(event)

        outbox.release()
        assert outbox.claim() == message
        assert not outbox.holds_mail_of(event)

    def test_letting_one_evenings_mail_go_lets_nothing_go(self, event: Event) -> None:
        make_message(event)
        outbox.hold("the date moves", timezone.now(), event)
        assert outbox.release(event) == 0
        assert outbox.claim() is None

    def test_hosts_see_it_where_they_look(self, event: Event, host: Client) -> None:
        for room in ("", "messages/"):
            page = host.get(f"{event.get_absolute_url()}{room}")
            assert "Nothing leaves this place." in page.text
        outbox.release()
        for room in ("", "messages/"):
            page = host.get(f"{event.get_absolute_url()}{room}")
            assert "Nothing leaves this place." not in page.text

    def test_the_command_says_so_and_ends_it(
        self, event: Event, capsys: pytest.CaptureFixture[str]
    ) -> None:
        call_command("outbox", "status")
        assert "came from a backup" in capsys.readouterr().out
        call_command("outbox", "release")
        call_command("outbox", "status")
        assert "came from a backup" not in capsys.readouterr().out
        assert Epoch.objects.get().mark == epoch.mark()

    def test_it_would_leave_if_nobody_looked_at_the_mark(self, event: Event) -> None:
        message = make_message(event)
        with patch.object(epoch, "mark", lambda: "of another database"):
            assert outbox.claim() == message


@pytest.mark.skipif(not is_postgres(), reason="asks PostgreSQL")
def test_another_database_and_another_table_have_other_marks() -> None:
    def asked(table: str) -> str:
        with connection.cursor() as cursor:
            cursor.execute(epoch.ASK_POSTGRES, [table])
            return cursor.fetchone()[0]

    mine = asked("events_epoch")
    assert mine == epoch.mark()
    assert asked("events_event") != mine, "as after a dump is read into its place"
    cluster, database, table, timeline = mine.split(".")
    assert int(cluster) > 2**32 and int(database) and int(table)
    assert timeline == "00000001", "it is another one after recovery from WAL"


def test_a_database_without_any_mark_begins_its_own(db: None) -> None:
    Epoch.objects.all().delete()
    assert not epoch.is_held()
    epoch.begin_if_first(timezone.now())
    epoch.begin_if_first(timezone.now())
    assert Epoch.objects.get().mark == epoch.mark()
