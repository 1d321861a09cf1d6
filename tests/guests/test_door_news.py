"""The door hears of everything within a moment, and a dead network finds it ready."""

import json
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from events.models import Event
from guests.models import Admission, Device, DoorRequest, Guest, Trophy
from guests.views.door import shell
from tests.conftest import signed_in
from tests.factories import make_category, make_member
from tests.guests import doorstep
from tests.guests.devices import make_phone
from tests.guests.night import (
    make_coming,
    make_nominated_guest,
    make_plus_one,
    nomination_of,
    pay,
    propose,
    win,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def phone(event: Event) -> Client:
    return make_phone(event)


def news(client: Client, event: Event, guest: Guest | None = None) -> dict[str, object]:
    asked = {"guest": guest.pk} if guest else {}
    return client.get(reverse("guests:door_news", args=[event.slug]), asked).json()


def test_news_count_as_the_rows_do(phone: Client, event: Event) -> None:
    guests = [make_coming(event) for _ in range(3)]
    for number, guest in enumerate(guests):
        doorstep.admit(guest, nonce=f"in{number}")
    doorstep.close(guests[0])
    Admission.objects.filter(guest=guests[1]).update(exception="rules")
    DoorRequest.objects.create(
        event=event, kind="walk_in", name="Bill", nonce="n", asked_at=timezone.now()
    )
    told = news(phone, event)
    assert (told["inside"], told["exceptions"], told["requests"]) == (2, 1, 1)
    assert told["capacity"] == event.capacity
    assert "card" not in told


def test_every_act_at_the_results_desk_is_news(phone: Client, event: Event) -> None:
    category = make_category(event)
    winner = make_nominated_guest(event, category)
    seen = [news(phone, event)["results"]]
    propose(category, winner)
    seen.append(news(phone, event)["results"])
    win(category, winner)
    seen.append(news(phone, event)["results"])
    assert len(set(seen)) == 3


def test_a_card_has_news_of_results_money_statue_and_party(
    phone: Client, event: Event
) -> None:
    category = make_category(event)
    winner = make_nominated_guest(event, category)
    companion = make_plus_one(winner)
    seen = [news(phone, event, winner)["card"]]
    win(category, winner)
    seen.append(news(phone, event, winner)["card"])
    pay(winner)
    seen.append(news(phone, event, winner)["card"])
    Trophy.objects.create(
        event=event,
        guest=winner,
        nomination=nomination_of(winner, category),
        tag="7",
        received_at=timezone.now(),
    )
    seen.append(news(phone, event, winner)["card"])
    doorstep.admit(companion)
    seen.append(news(phone, event, winner)["card"])
    assert len(set(seen)) == 5
    assert news(phone, event, winner)["card"] == seen[-1]


def test_a_card_is_drawn_with_the_word_its_news_have(
    phone: Client, event: Event
) -> None:
    """Else the first news of every card would be that it has changed."""
    category = make_category(event)
    winner = make_nominated_guest(event, category)
    make_plus_one(winner)
    win(category, winner)
    page = doorstep.shown(phone, winner)
    drawn = re.search(r'data-card="(\w+)"', page)
    assert drawn and drawn[1] == news(phone, event, winner)["card"]


@pytest.mark.parametrize("asked", ["", "x", "-1", "9" * 30, "\u0661", "12345"])
def test_nobody_there_is_no_news(phone: Client, event: Event, asked: str) -> None:
    url = reverse("guests:door_news", args=[event.slug])
    answer = phone.get(url, {"guest": asked})
    assert answer.status_code == 200
    assert "card" not in answer.json()


def test_another_events_guest_is_nobody(phone: Client, event: Event) -> None:
    assert "card" not in news(phone, event, make_coming())


@pytest.mark.parametrize("others", [0, 20])
def test_news_take_as_many_queries_however_many_are_there(
    event: Event, others: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    phone = make_phone(event)
    category = make_category(event)
    winner = make_nominated_guest(event, category)
    for number in range(others):
        doorstep.admit(make_plus_one(winner), nonce=f"in{number}")
    with django_assert_num_queries(4):
        news(phone, event)
    with django_assert_num_queries(11):
        news(phone, event, winner)


def test_a_phone_that_is_shut_out_hears_that_it_is(phone: Client, event: Event) -> None:
    Device.objects.update(revoked_at=timezone.now())
    url = reverse("guests:door_news", args=[event.slug])
    assert phone.get(url).status_code == 410


# --- For a dead network -------------------------------------------------------------


def test_the_page_a_phone_keeps_is_the_same_for_everybody(
    phone: Client, event: Event
) -> None:
    lady = make_coming(event, "Canary Person")
    doorstep.admit(lady)
    url = reverse("guests:door_offline", args=[event.slug])
    host = signed_in(make_member(event, "host"))
    page = phone.get(url).content
    assert page == host.get(url).content
    for secret in (b"Canary", b"csrf", b"Kim", host.user.name.encode()):
        assert secret not in page


def test_the_worker_keeps_every_file_that_its_page_asks_for(
    phone: Client, event: Event
) -> None:
    answer = phone.get(reverse("guests:door_worker", args=[event.slug]))
    assert answer["Content-Type"].startswith("text/javascript")
    head, call = answer.content.decode().splitlines()
    about = json.loads(head.removeprefix("self.DOOR = ").removesuffix(";"))
    assert call.startswith("importScripts(")
    page = phone.get(about["shell"]).content.decode()
    asked = re.findall(r'(?:src|href|data-\w+)="(/static/[^"]+)"', page)
    assert set(asked) <= set(about["files"])


def test_the_door_can_be_kept_on_a_phone_s_first_screen(
    phone: Client, event: Event
) -> None:
    page = phone.get(reverse("guests:door", args=[event.slug])).text
    assert re.search(
        r'<link rel="manifest" href="/static/app[^"]*\.webmanifest">', page
    )
    with open(shell.finders.find("app.webmanifest")) as file:
        told = json.load(file)
    # Without an address of its own it opens where it was kept: this event's door.
    assert told["display"] == "standalone" and "start_url" not in told
    assert all(shell.finders.find(icon["src"]) for icon in told["icons"])


def test_modules_import_only_files_that_are_kept() -> None:
    for name in shell.KEPT:
        if not name.startswith("js/"):
            continue
        text = shell.finders.find(name)
        with open(text) as file:
            for other in re.findall(r'from "\./([^"]+)"', file.read()):
                assert f"js/{other}" in shell.KEPT, name


def test_the_worker_has_another_version_when_the_night_is_renamed(
    phone: Client, event: Event
) -> None:
    url = reverse("guests:door_worker", args=[event.slug])
    before = phone.get(url).content
    assert phone.get(url).content == before
    Event.objects.filter(pk=event.pk).update(name="Another night")
    assert phone.get(url).content != before


def test_only_pages_with_the_camera_may_run_its_reader(
    phone: Client, event: Event
) -> None:
    guest = make_coming(event)
    policy = "Content-Security-Policy"
    allowed = "'wasm-unsafe-eval'"
    assert allowed in doorstep.find(phone, event, "")[policy]
    shell = reverse("guests:door_offline", args=[event.slug])
    assert allowed in phone.get(shell)[policy]
    assert allowed not in phone.get(doorstep.address(guest))[policy]
    assert "unsafe-eval" not in phone.get(doorstep.address(guest))[policy]
