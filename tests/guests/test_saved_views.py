"""Searches of the guest list kept under a name."""

from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from events.models import Event
from guests.listing import saved
from tests.factories import make_event, make_user

AT = datetime(2013, 9, 1, tzinfo=UTC)
NOTHING = "Nothing was kept"

pytestmark = pytest.mark.django_db


def save(host: Client, event: Event, **typed: str) -> str:
    url = reverse("guests:saved_view_save", args=[event.slug])
    return host.post(url, typed, follow=True).text


def test_a_kept_search_leads_back_to_its_filters_and_order(
    host: Client, event: Event
) -> None:
    assert "is kept" in save(host, event, name=" Our  VIPs ", vip="1", sort="wave")
    view = event.saved_views.get()
    assert (view.name, view.query) == ("Our VIPs", "vip=1&sort=wave")
    page = host.get(reverse("guests:guest_list", args=[event.slug])).text
    assert "?vip=1&amp;sort=wave" in page


def test_the_same_name_means_the_newer_search(event: Event) -> None:
    ann, bob = make_user(), make_user()
    saved.keep(event, "Mine", "vip=1", by=ann, at=AT)
    saved.keep(event, "Mine", "answer=yes", by=bob, at=AT)
    view = event.saved_views.get()
    assert (view.query, view.by) == ("answer=yes", bob)


@pytest.mark.parametrize(
    "typed",
    [
        {"name": "Everybody"},
        {"name": " ", "vip": "1"},
        {"name": "x" * 61, "vip": "1"},
        {"name": "Long", "q": "é" * 200},
        {"name": "Nonsense", "answer": "perhaps"},
    ],
    ids=["no-search", "no-name", "long-name", "long-search", "nonsense"],
)
def test_what_cannot_be_kept_is_said_and_not_kept(
    host: Client, event: Event, typed: dict[str, str]
) -> None:
    assert NOTHING in save(host, event, **typed)
    assert not event.saved_views.exists()


def test_a_search_goes_and_another_events_stays(host: Client, event: Event) -> None:
    own = saved.keep(event, "Mine", "vip=1", by=make_user(), at=AT)
    other = make_event()
    theirs = saved.keep(other, "Theirs", "vip=1", by=make_user(), at=AT)
    for view, status in ((own, 302), (theirs, 404)):
        url = reverse("guests:saved_view_delete", args=[event.slug, view.pk])
        assert host.post(url).status_code == status
    assert not event.saved_views.exists()
    assert other.saved_views.exists()
