"""The list walked forwards and back, in every order."""

import random
from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from events.models import Event
from guests.listing import ordering, pages
from guests.models import Guest, Invitation
from tests.guests.factories import make_guest
from tests.guests.people import AT
from tests.guests.test_list_page import names, url_of

pytestmark = pytest.mark.django_db
SIZE = 7


@pytest.fixture
def crowd(event: Event, monkeypatch: pytest.MonkeyPatch) -> list[Guest]:
    """Sixty people of few names, few times and few waves, in no order."""
    monkeypatch.setattr(pages, "PAGE_SIZE", SIZE)
    chance = random.Random(1)
    people = []
    for _ in range(60):
        hour = chance.choice([None, 1, 1, 2, 3])
        guest = make_guest(
            event,
            name=chance.choice(["Ann", "Bob", "Cy", "Di"]),
            answer="yes" if hour else "waiting",
            answered_at=AT + timedelta(hours=hour) if hour else None,
        )
        wave = chance.choice([0, 1, 2, 3, 21, 30])
        Invitation.objects.filter(pk=guest.invitation_id).update(wave=wave)
        people.append(guest)
    return people


def expected(event: Event, sort: str) -> list[int]:
    rows = list(event.guests.select_related("invitation"))
    by_name = {row.pk: (row.name_key, row.pk) for row in rows}

    def place(row: Guest) -> tuple:
        if sort == "added":
            return (-row.pk,)
        if sort == "answered" and row.answered_at:
            return (0, -row.answered_at.timestamp(), -row.pk)
        if sort == "answered":
            return (1, *by_name[row.pk])
        if sort == "wave":
            return (min(max(row.invitation.wave, 1), 21), *by_name[row.pk])
        return by_name[row.pk]

    return [row.pk for row in sorted(rows, key=place)]


@pytest.mark.parametrize("sort", [*ordering.SORTS, "password"])
def test_forwards_and_back_everybody_is_met_once(
    event: Event, crowd: list[Guest], sort: str
) -> None:
    found, wanted = event.guests.principals(), expected(event, sort)
    page = pages.read(event, found, sort)
    seen = [page]
    while page.next_after:
        page = pages.read(event, found, sort, after=page.next_after)
        seen.append(page)
    walked = [[int(row.pk) for row in page.rows] for page in seen]
    assert [pk for ids in walked for pk in ids] == wanted
    back = []
    while page.previous_before:
        page = pages.read(event, found, sort, before=page.previous_before)
        back.append([int(row.pk) for row in page.rows])
    assert back[::-1] == walked[:-1]


def test_who_begins_with_the_text_comes_before_who_only_holds_it(
    host: Client, event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "PAGE_SIZE", 2)
    for name in ("Martina", "Tina Turner", "Anna Tina", "Tina Fey", "Christina"):
        make_guest(event, name=name)
    wanted = ["Tina Fey", "Tina Turner", "Anna Tina", "Christina", "Martina"]
    assert names(host, event, q="tina") == wanted[:2]
    found, order = event.guests.principals(), ordering.stretches(event, "", "tina")
    assert [row.name for row in ordering.walk(found, order, 9)] == wanted
    back = ordering.walk(found, order, 9, event.guests.get(name="Martina"), back=True)
    assert [row.name for row in back] == wanted[:-1]


@pytest.mark.parametrize("sort", ordering.SORTS)
def test_the_way_back_ends_on_a_whole_first_page(
    event: Event, crowd: list[Guest], sort: str
) -> None:
    third = expected(event, sort)[2]
    page = pages.read(event, event.guests.all(), sort, before=str(third))
    assert [int(row.pk) for row in page.rows] == expected(event, sort)[:SIZE]
    assert page.previous_before == ""


def test_behind_the_last_stands_the_first_again(
    event: Event, crowd: list[Guest]
) -> None:
    last = expected(event, "name")[-1]
    page = pages.read(event, event.guests.all(), after=str(last))
    assert [int(row.pk) for row in page.rows] == expected(event, "name")[:SIZE]


def test_the_order_lives_in_the_address_with_the_filters(
    host: Client, event: Event
) -> None:
    for name in ("Ann", "Bob", "Cy"):
        make_guest(event, name=name, is_vip=name != "Bob")
    assert names(host, event, sort="added", vip="1") == ["Cy", "Ann"]
    page = host.get(url_of(event), {"sort": "added", "vip": "1"})
    assert page.context["query"] == "vip=1&sort=added"
    assert ("VIP", "?sort=added") in page.context["chips"]


@pytest.mark.parametrize("sort", ordering.SORTS)
def test_an_order_costs_the_same_for_few_and_many(
    event: Event, sort: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for size in (3, 60):
        for _ in range(size):
            make_guest(event, answer="yes")
        with django_assert_max_num_queries(6):
            pages.read(event, event.guests.principals(), sort)
