from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from events import outbox
from events.models import Event, Message
from events.outbox.window import next_opening
from tests.events.mails import make_draft, make_message
from tests.factories import make_event

NEW_YORK = ZoneInfo("America/New_York")


def in_new_york(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK)


@pytest.mark.parametrize(
    ("hours", "now", "opens"),
    [
        ("09-21", "2026-06-01T08:59", "2026-06-01T09:00"),
        ("09-21", "2026-06-01T09:00", None),
        ("09-21", "2026-06-01T20:59", None),
        ("09-21", "2026-06-01T21:00", "2026-06-02T09:00"),
        # Across midnight
        ("21-02", "2026-06-01T20:00", "2026-06-01T21:00"),
        ("21-02", "2026-06-01T23:30", None),
        ("21-02", "2026-06-02T01:59", None),
        ("21-02", "2026-06-02T02:00", "2026-06-02T21:00"),
        # The nights on which the clocks change
        ("09-21", "2026-03-07T22:00", "2026-03-08T09:00"),
        ("09-21", "2026-10-31T22:00", "2026-11-01T09:00"),
        ("02-05", "2026-03-08T01:30", "2026-03-08T03:00"),
        # No window
        ("09-09", "2026-06-01T03:00", None),
    ],
)
def test_the_window_opens_at_the_events_own_hour(
    hours: str, now: str, opens: str | None
) -> None:
    begins, ends = (time(int(hour)) for hour in hours.split("-"))
    at = in_new_york(now).astimezone(UTC)
    opening = next_opening(begins, ends, NEW_YORK, at)
    assert opening == (in_new_york(opens) if opens else at)


def test_without_hours_it_is_always_open() -> None:
    at = timezone.now()
    assert next_opening(None, None, NEW_YORK, at) == at


hours = st.times().map(lambda hour: hour.replace(second=0, microsecond=0))
zones = st.sampled_from(["America/New_York", "Europe/London", "Australia/Lord_Howe"])


@settings(deadline=None)
@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)), hours, hours, zones)
def test_the_next_opening_is_open_and_within_a_day(
    moment: datetime, begins: time, ends: time, name: str
) -> None:
    """Also in nights that have an hour more or less."""
    at, zone = moment.replace(tzinfo=UTC), ZoneInfo(name)
    opening = next_opening(begins, ends, zone, at)
    assert at <= opening <= at + timedelta(hours=25)
    lasts = (ends.hour - begins.hour) * 60 + ends.minute - begins.minute
    if lasts % (24 * 60) > 60:
        assert next_opening(begins, ends, zone, opening) == opening


@pytest.fixture
def shut() -> Event:
    """An evening whose window opens in two hours."""
    return opening_in(hours=2)


def opening_in(hours: int) -> Event:
    local = timezone.now().astimezone(ZoneInfo("America/Los_Angeles"))
    opens = local.replace(minute=0, second=0, microsecond=0) + timedelta(hours=hours)
    until = opens + timedelta(hours=1)
    return make_event(send_from=opens.time(), send_until=until.time())


@pytest.mark.django_db
def test_bulk_mail_waits_for_the_window_all_at_once(shut: Event) -> None:
    drafts = [make_draft(shut, is_bulk=True) for _ in range(20)]
    outbox.create(drafts, timezone.now())
    elsewhere = make_message(make_event(), is_bulk=True)

    assert outbox.claim() == elsewhere
    assert outbox.claim() is None

    waiting = shut.messages.filter(state=Message.State.QUEUED)
    (opening,) = set(waiting.values_list("not_before", flat=True))
    assert timedelta(0) < opening - timezone.now() <= timedelta(hours=2)
    assert waiting.count() == 20
    assert set(waiting.values_list("attempts", flat=True)) == {0}


@pytest.mark.django_db
def test_a_confirmation_and_a_receipt_do_not_wait(shut: Event) -> None:
    message = make_message(shut, is_bulk=False)
    assert outbox.claim() == message


@pytest.mark.django_db
def test_bulk_mail_leaves_while_the_window_is_open() -> None:
    message = make_message(opening_in(hours=0), is_bulk=True)
    assert outbox.claim() == message


@pytest.mark.django_db
def test_mail_that_is_to_leave_later_still_keeps_its_hour(shut: Event) -> None:
    make_message(shut, is_bulk=True)
    tomorrow = timezone.now() + timedelta(days=1)
    later = make_message(shut, is_bulk=True, not_before=tomorrow)

    outbox.claim()

    later.refresh_from_db()
    assert later.not_before == tomorrow
