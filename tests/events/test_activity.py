"""The log of who did what: added to, never changed."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction

from events import activity
from events.models import Activity, Event
from tests.factories import make_event, make_user

pytestmark = pytest.mark.django_db
AT = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)
OTHERS = {"verb": "x", "object_name": "x", "actor_name": "x", "about": "x", "at": AT}


@pytest.fixture
def line(event: Event) -> Activity:
    later = AT.replace(year=2027)
    activity.record(event, make_user("Amy"), "opened", "the bar", at=later, about="a/1")
    return Activity.objects.get()


@pytest.mark.parametrize("column", OTHERS)
def test_a_line_is_never_written_over(line: Activity, column: str) -> None:
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Activity.objects.filter(pk=line.pk).update(**{column: OTHERS[column]})


def test_a_line_never_moves_to_another_event_or_person(line: Activity) -> None:
    for change in ({"event": make_event()}, {"actor": make_user()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Activity.objects.filter(pk=line.pk).update(**change)


def test_a_line_is_never_deleted(line: Activity) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Activity.objects.all().delete()
    with (
        pytest.raises(IntegrityError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM events_activity")


def test_an_account_may_go_and_its_name_stays(line: Activity) -> None:
    line.actor.delete()
    line.refresh_from_db()
    assert (line.actor, line.actor_name) == (None, "Amy")
