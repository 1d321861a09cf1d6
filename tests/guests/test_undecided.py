"""The undecided board: who depends on which open category."""

from http import HTTPStatus

import pytest
from django.test import Client

from events.models import Event
from guests import undecided
from tests.factories import make_category, make_nomination
from tests.guests.doorstep import admit
from tests.guests.night import (
    make_nominated_guest,
    make_plus_one,
    nomination_of,
    propose,
    win,
)

pytestmark = pytest.mark.django_db


def told(event: Event) -> dict[str, list[str]]:
    """The names under each open category."""
    rows = undecided.board(event).categories
    return {row.category.name: [one.guest.name for one in row.people] for row in rows}


def test_open_categories_stand_in_order_with_who_waits(event: Event) -> None:
    second, first = make_category(event, "B", order=2), make_category(event, "A")
    first.order = 1
    first.save(update_fields=["order"])
    make_nominated_guest(event, second, name="Tina")
    make_nominated_guest(event, first, name="Amy")

    assert list(told(event).items()) == [("A", ["Amy"]), ("B", ["Tina"])]


def test_somebody_in_several_stands_under_the_first_with_the_others_named(
    event: Event,
) -> None:
    first, second = make_category(event, "A"), make_category(event, "B")
    make_nominated_guest(event, first, second, name="Tina")

    rows = undecided.board(event).categories

    assert told(event) == {"A": ["Tina"], "B": []}
    assert rows[0].people[0].others == ("B",)


def test_the_board_shrinks_as_results_come(event: Event) -> None:
    first, second = make_category(event, "A"), make_category(event, "B")
    tina = make_nominated_guest(event, first, second, name="Tina")
    before = undecided.board(event)

    win(first, tina)
    after = undecided.board(event)
    assert told(event) == {"B": ["Tina"]}
    assert after.categories[0].people[0].has_won
    assert after.stamp != before.stamp

    win(second, make_nomination(second))
    assert told(event) == {}
    assert undecided.board(event).decided == 2


def test_inside_comes_first_and_who_is_not_coming_is_left_out(event: Event) -> None:
    category = make_category(event, "A")
    make_nominated_guest(event, category, name="Anna")
    here = make_nominated_guest(event, category, name="Zoe")
    make_nominated_guest(event, category, name="Nobody", answer="no")
    admit(here, f"in/{here.pk}")

    (row,) = undecided.board(event).categories

    assert told(event) == {"A": ["Zoe", "Anna"]}
    assert (row.inside, row.coming) == (1, 1)


def test_a_plus_one_waits_with_their_host_where_they_would_give(event: Event) -> None:
    category = make_category(event, "A")
    make_plus_one(make_nominated_guest(event, category, name="Anna"), "Ben")
    assert told(event) == {"A": ["Anna"]}

    event.plus_one_pays = True

    assert told(event) == {"A": ["Anna", "Ben"]}


class TestPage:
    def url(self, event: Event) -> str:
        return f"/events/{event.slug}/door/undecided/"

    def test_hosts_results_desk_and_door_read_it(
        self, event: Event, host: Client, results_desk: Client, door: Client
    ) -> None:
        category = make_category(event, "Outstanding Drama Series")
        propose(category, make_nominated_guest(event, category, name="Vince"))

        for client in (host, results_desk, door):
            page = client.get(self.url(event)).text
            assert "Vince" in page
            assert "being confirmed" in page
            assert "1 category open, 0 decided." in page

    def test_the_charity_does_not(self, event: Event, finance: Client) -> None:
        assert finance.get(self.url(event)).status_code == HTTPStatus.NOT_FOUND

    def test_news_comes_only_when_there_is_some(
        self, event: Event, door: Client
    ) -> None:
        category = make_category(event, "Outstanding Drama Series")
        vince = make_nominated_guest(event, category, name="Vince")
        poll = {"HX-Request": "true", "HX-Target": "undecided"}
        stamp = undecided.board(event).stamp

        same = door.get(self.url(event), {"seen": stamp}, headers=poll)
        win(category, nomination_of(vince, category))
        news = door.get(self.url(event), {"seen": stamp}, headers=poll)

        assert same.status_code == HTTPStatus.NO_CONTENT
        assert "All decided." in news.text
        assert "<html" not in news.text

    def test_it_asks_the_database_the_same_for_one_and_for_many(
        self, event: Event, door: Client, django_assert_max_num_queries: object
    ) -> None:
        categories = [make_category(event) for _ in range(3)]
        make_nominated_guest(event, *categories)
        with django_assert_max_num_queries(12) as one:
            door.get(self.url(event))
        for _ in range(8):
            make_nominated_guest(event, *categories)

        with django_assert_max_num_queries(12) as many:
            door.get(self.url(event))

        assert len(many) == len(one)
