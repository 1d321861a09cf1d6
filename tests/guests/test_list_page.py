"""The guest list as a host walks and searches it."""

from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from events.models import Event
from guests.listing import pages
from guests.models import Guest
from tests.factories import make_event, make_nominee
from tests.guests.factories import make_guest
from tests.guests.people import NO, YES, say

pytestmark = pytest.mark.django_db


def url_of(event: Event) -> str:
    return reverse("guests:guest_list", args=[event.slug])


def names(host: Client, event: Event, **query: str) -> list[str]:
    response = host.get(url_of(event), query)
    assert response.status_code == HTTPStatus.OK
    return [row.name for row in response.context["page"].rows]


@pytest.mark.parametrize(
    "text",
    [
        "zoë",
        "ZOE",
        "kravitz",
        "Zoe Kra",
        " zoe  kravitz ",
        "Kravítz",
        "O'Neill",
        "oneil",
    ],
)
def test_a_name_is_found_by_any_part_accents_or_not(
    host: Client, event: Event, text: str
) -> None:
    make_guest(event, name="Zoë Kravitz-O’Neill")
    make_guest(event, name="Tina Fey")
    assert names(host, event, q=text) == ["Zoë Kravitz-O’Neill"]


@pytest.mark.parametrize(
    "text", ["%", "_", "\\", "'", '"', "%%", "\N{TROPHY}", "';--", "x" * 6_000]
)
def test_a_search_is_taken_literally(host: Client, event: Event, text: str) -> None:
    make_guest(event, name="Tina Fey")
    assert names(host, event, q=text) == []


def test_what_was_typed_stays_in_the_box(host: Client, event: Event) -> None:
    page = host.get(url_of(event), {"q": '"><script>', "answer": "yes"})
    assert 'value="&quot;&gt;&lt;script&gt;"' in page.text
    assert '<option value="yes" selected>' in page.text


def test_nothing_typed_finds_everybody(host: Client, event: Event) -> None:
    make_guest(event, name="Tina Fey")
    assert names(host, event, q="  ") == ["Tina Fey"]


def test_raw_bytes_in_a_search_are_no_fault(host: Client, event: Event) -> None:
    statuses = {"a%00b": 404, "%ff%fe": 200, "%": 200, "+%2500": 200}
    for text, status in statuses.items():
        assert host.get(f"{url_of(event)}?q={text}").status_code == status, text


def test_a_plus_one_is_found_under_who_brings_them(host: Client, event: Event) -> None:
    say(make_guest(event, name="Tina Fey", plus_ones=1), YES, "Jeff Richmond")
    make_guest(event, name="Amy Poehler")
    assert names(host, event, q="jeff") == ["Tina Fey"]


def test_the_list_is_filtered_by_answer(host: Client, event: Event) -> None:
    say(make_guest(event, name="Tina"), YES)
    say(make_guest(event, name="Amy"), NO)
    assert names(host, event, answer="yes") == ["Tina"]
    assert names(host, event, answer="no") == ["Amy"]
    assert names(host, event, answer="password") == ["Amy", "Tina"]


def test_a_search_stays_within_the_event(host: Client, event: Event) -> None:
    make_guest(make_event(), name="Tina Fey")
    assert names(host, event, q="tina") == []


@pytest.mark.parametrize(
    "after", ["-1", "0", "abc", "1e9", "9" * 18, "9" * 19, "9" * 400, "²", "١", "1.5"]
)
def test_a_place_that_is_none_is_the_first_page(
    host: Client, event: Event, after: str
) -> None:
    make_guest(event, name="Tina")
    assert names(host, event, after=after) == ["Tina"]


def test_a_place_in_another_event_tells_nothing(host: Client, event: Event) -> None:
    make_guest(event, name="Amy")
    other = make_guest(make_event(), name="Tina")
    assert names(host, event, after=str(other.pk)) == ["Amy"]


def walk(host: Client, event: Event, **query: str) -> list[int]:
    """Every guest the pager leads to, in order."""
    found, url = [], url_of(event)
    while True:
        context = host.get(url, query).context
        found += [int(row.pk) for row in context["page"].rows]
        if not context["next_url"]:
            return found
        url, query = url_of(event) + context["next_url"], {}


def test_the_pager_shows_everybody_once_even_of_one_name(
    host: Client, event: Event
) -> None:
    for number in range(120):
        make_guest(event, name="Chris Kelly" if number % 2 else f"Guest {number}")
    people = event.guests.order_by("name_key", "pk").values_list("pk", flat=True)
    assert walk(host, event) == list(people)
    kellys = people.filter(name_key="chris kelly")
    assert walk(host, event, q="kelly", answer="waiting") == list(kellys)


def test_somebody_who_answers_while_a_host_walks_is_not_met_twice(
    host: Client, event: Event
) -> None:
    for number in range(60):
        make_guest(event, name=f"Guest {number:02d}")
    first = host.get(url_of(event), {"answer": "waiting"}).context
    say(Guest.objects.get(pk=first["page"].rows[-1].pk), YES)
    then = host.get(url_of(event) + first["next_url"]).context["page"].rows
    assert then[0].name == "Guest 50"


def test_the_list_costs_the_same_for_five_and_for_fifty(
    host: Client, event: Event, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for size in (5, 45):
        for number in range(size):
            say(make_guest(event, plus_ones=1), YES, f"Friend {number}")
        with django_assert_max_num_queries(12):
            names(host, event)


def test_money_is_reckoned_only_where_somebody_owes(
    event: Event, winner: Guest, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    loser = make_guest(event, name="Tina Fey")
    with django_assert_num_queries(1):
        assert pages.cents_due([loser.pk]) == {}
    with django_assert_num_queries(2):
        assert pages.cents_due([loser.pk, winner.pk]) == {winner.pk: 100_000}


def test_an_empty_list_says_what_to_do(host: Client, event: Event) -> None:
    assert "An empty room so far" in host.get(url_of(event)).text
    assert "Nobody like that" in host.get(url_of(event), {"q": "x"}).text


def test_counts_say_who_stands_where(host: Client, event: Event) -> None:
    say(make_guest(event, plus_ones=1), YES, "Ann")
    say(make_guest(event), NO)
    make_guest(event, removed_at=event.created_at)
    figures = host.get(url_of(event), {"answer": "no"}).context["figures"]
    assert (figures.yes.number, figures.no.number, figures.waiting.number) == (2, 1, 0)
    assert (figures.found.number, figures.guests.number) == (1, 2)


@pytest.mark.parametrize("tag", ["nominee", "Nominee", "VIP"])
def test_what_a_chip_says_no_tag_says_again(
    host: Client, event: Event, tag: str
) -> None:
    guest = make_guest(event, is_vip=True, tags=[tag, "press"])
    Guest.objects.filter(pk=guest.pk).update(nominee=make_nominee(event))
    marks = host.get(url_of(event)).context["page"].rows[0].marks
    assert marks.casefold().count(tag.casefold()) == 1
    assert "press" in marks


def test_removed_people_are_not_shown(host: Client, event: Event) -> None:
    make_guest(event, removed_at=event.created_at)
    assert names(host, event) == []
    assert Guest.objects.count() == 1
