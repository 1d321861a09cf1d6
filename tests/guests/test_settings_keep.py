"""The settings decide how long guests are kept, and forget nobody by a slip."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.test import Client
from django.utils import timezone

from events.models import Event
from tests.guests.factories import make_guest
from tests.guests.test_settings_views import save, typed, url_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("days", "saves"), [(-400, False), (-2, False), (3, True)])
def test_an_evening_is_not_moved_to_long_ago(
    host: Client, event: Event, days: int, saves: bool
) -> None:
    """Its guests are forgotten by that day: by a slip of the year, within an hour;
    by one host alone, before anybody came."""
    event.refresh_from_db()
    before = event.ends_at
    at = timezone.now() + timedelta(days=days)
    moved = {
        name: (at + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M")
        for hours, name in enumerate(("doors_at", "starts_at", "ends_at"))
    }
    answer = save(host, event, **moved)
    event.refresh_from_db()
    assert (event.ends_at != before) is saves
    if not saves:
        assert "forgotten too soon" in answer.text
        assert save(host, event, venue="Elsewhere").status_code == HTTPStatus.FOUND


def test_an_evening_whose_guests_are_forgotten_does_not_begin_anew(
    host: Client, event: Event
) -> None:
    """Whoever is added to it is forgotten within the hour."""
    Event.objects.update(guests_erased_at=timezone.now())
    event.refresh_from_db()
    next_year = event.ends_at + timedelta(days=365)
    answer = save(host, event, ends_at=next_year.strftime("%Y-%m-%dT%H:%M"))
    assert "another event like this one" in answer.text
    event.refresh_from_db()
    assert event.ends_at < next_year
    assert save(host, event, venue="Elsewhere").status_code == HTTPStatus.FOUND


def test_the_end_of_an_evening_that_is_over_may_stand(
    host: Client, event: Event
) -> None:
    """And where it was entered afterwards, as the demo's is, also be put right."""
    over = timezone.now() - timedelta(days=20)
    begun = over - timedelta(days=3)
    times = {"doors_at": begun, "starts_at": begun, "ends_at": over}
    Event.objects.update(**times, created_at=begun)
    assert save(host, event, venue="Elsewhere").status_code == HTTPStatus.FOUND
    earlier = (over - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    assert save(host, event, ends_at=earlier).status_code == 422
    Event.objects.update(created_at=timezone.now())
    assert save(host, event, ends_at=earlier).status_code == HTTPStatus.FOUND


def test_fewer_days_that_forget_at_once_are_named_and_ticked_first(
    host: Client, event: Event
) -> None:
    """Forty days after the evening, kept for thirty means gone within the hour."""
    over = timezone.now() - timedelta(days=40)
    times = {"doors_at": over, "starts_at": over, "created_at": over}
    Event.objects.update(**times, ends_at=over + timedelta(hours=1))
    event.refresh_from_db()
    make_guest(event, "Tina Fey")
    make_guest(event, "Amy Poehler")
    asked = save(host, event, keep_guests_days="30")
    assert asked.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert 'name="forgets_now"' in asked.text
    assert "2 guests are forgotten within the hour, for good" in asked.text
    event.refresh_from_db()
    assert event.keep_guests_days == 90
    again = typed(host, event, keep_guests_days="30", forgets_now="on")
    saved = host.post(url_of(event), again)
    assert saved.status_code == HTTPStatus.FOUND
    event.refresh_from_db()
    assert event.keep_guests_days == 30
    assert event.activities.get().object_name == "Days the guests are kept"
    assert save(host, event, venue="Elsewhere").status_code == HTTPStatus.FOUND


def test_fewer_days_say_the_day(host: Client, event: Event) -> None:
    make_guest(event, "Tina Fey")
    assert 'name="forgets_now"' not in host.get(url_of(event)).text
    save(host, event, keep_guests_days="31")
    event.refresh_from_db()
    until = event.guests_kept_until.astimezone(event.zone)
    assert f"on {until:%B} {until.day}, {until.year}" in host.get(url_of(event)).text
