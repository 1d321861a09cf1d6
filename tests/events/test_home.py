"""The front door, a host's events, and what operations asks."""

from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from events.models import Event
from tests.conftest import signed_in
from tests.factories import make_event, make_member, make_user

pytestmark = pytest.mark.django_db


def test_the_front_door_tells_about_no_event(anonymous: Client, event: Event) -> None:
    page = anonymous.get("/")
    assert page.status_code == HTTPStatus.OK
    assert "You need a link to get in." in page.text
    assert event.venue not in page.text
    assert "no-store" in page["Cache-Control"]


def test_the_team_goes_straight_to_its_events(host: Client, event: Event) -> None:
    page = host.get("/", follow=True)
    assert page.redirect_chain == [(reverse("events:event_list"), HTTPStatus.FOUND)]
    assert event.get_absolute_url() in page.text


def test_everybody_sees_their_own_events_and_roles(event: Event) -> None:
    user = make_member(event, "door").user
    make_member(event, "results", user)
    make_member(make_event(name="Somebody else's party"))
    client = signed_in(make_member(make_event(name="Winners Lounge"), "host", user))
    page = client.get(reverse("events:event_list"))
    assert page.text.count("<article") == 2
    assert "Winners Lounge" in page.text
    assert "Somebody else" not in page.text
    for role in ("Door", "Results desk", "Host"):
        assert role in page.text


def test_who_has_no_event_is_told_what_to_do() -> None:
    client = Client()
    client.force_login(make_user())
    assert "No events yet" in client.get(reverse("events:event_list")).text


def test_the_list_costs_the_same_for_few_and_for_many(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    user = make_user()
    client = Client()
    client.force_login(user)
    for size in (2, 20):
        for _ in range(size):
            make_member(make_event(), "host", user)
        with django_assert_max_num_queries(5):
            client.get(reverse("events:event_list"))
