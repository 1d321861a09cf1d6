"""The desk on one screen: one press, its news, its undo, and a sheet that is read."""

from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from events.models import Category, Event, Nomination
from guests import impact
from guests.models import Guest
from tests.conftest import signed_in
from tests.factories import make_category, make_member, make_nomination, make_nominee
from tests.guests.night import make_nominated_guest, nomination_of, propose, win

POLL = {"HX-Request": "true", "HX-Target": "live"}
TURN = {"HX-Request": "true", "HX-Target": "stage"}


@pytest.fixture
def second(event: Event) -> Client:
    return signed_in(make_member(event, "results"))


@pytest.fixture
def category(event: Event) -> Category:
    return make_category(event, "Outstanding Drama Series")


@pytest.fixture
def pair(event: Event, category: Category) -> list[Guest]:
    return [make_nominated_guest(event, category) for _ in range(2)]


def board(event: Event) -> str:
    return reverse("guests:results", args=[event.slug])


def url(category: Category, act: str = "category") -> str:
    return reverse(f"guests:result_{act}", args=[category.event.slug, category.pk])


def entry(category: Category, guest: Guest) -> int:
    return nomination_of(guest, category).pk


def press(client: Client, category: Category, act: str, **data: Any) -> HttpResponse:
    category.refresh_from_db()
    return client.post(url(category, act), {"version": category.version} | data)


def test_the_next_open_category_is_on_with_a_button_for_each_entry(
    results_desk: Client, event: Event, category: Category, pair: list[Guest]
) -> None:
    win(make_category(event, "Decided", order=0))

    shown = results_desk.get(board(event))

    assert shown.context["row"].category == category
    assert "Next up" in shown.content.decode()
    for guest in pair:
        button = f'name="winners" value="{entry(category, guest)}"'
        assert button in shown.content.decode()


def test_one_press_announces_and_stays_with_the_category(
    results_desk: Client, event: Event, category: Category, pair: list[Guest]
) -> None:
    answer = press(
        results_desk, category, "announce", winners=[entry(category, pair[0])]
    )

    assert answer.url == f"{board(event)}?category={category.pk}"
    shown = results_desk.get(answer.url).content.decode()
    assert "Announced; it does not count yet." in shown
    assert f'value="{entry(category, pair[1])}"' not in shown, "no second hit"


def test_another_category_is_put_on_by_its_address_and_by_htmx(
    results_desk: Client, event: Event, category: Category
) -> None:
    other = make_category(event, "Another award")
    where = f"{board(event)}?category={other.pk}"
    assert results_desk.get(where).context["row"].category == other
    part = results_desk.get(where, headers=TURN).content.decode()
    assert "<html" not in part
    assert "Another award" in part


@pytest.mark.parametrize("asked", ["x", "-1", "9" * 40, "", "1.5"])
def test_an_address_of_no_category_shows_the_next_one(
    results_desk: Client, event: Event, category: Category, asked: str
) -> None:
    for data in ({"category": asked}, {"category": asked, "version": asked}):
        shown = results_desk.get(board(event), data)
        assert shown.context["row"].category == category
        poll = results_desk.get(board(event), data, headers=POLL)
        assert poll.status_code == 200


@pytest.mark.parametrize("headers", [POLL, TURN])
def test_an_empty_ceremony_has_no_stage(
    results_desk: Client, event: Event, headers: dict[str, str]
) -> None:
    answer = results_desk.get(board(event), headers=headers)
    assert answer.status_code == 200
    assert "No categories yet" in answer.content.decode()


def test_a_poll_without_news_costs_one_query_of_the_ceremony(
    results_desk: Client,
    event: Event,
    category: Category,
    django_assert_num_queries: Any,
) -> None:
    seen = results_desk.get(board(event)).context["stamp"]
    # The session, the account, the membership, and the stamp.
    with django_assert_num_queries(4):
        answer = results_desk.get(board(event), {"seen": seen}, headers=POLL)
    assert answer.status_code == 204


def test_the_stage_goes_on_when_its_category_has_become_official(
    results_desk: Client, event: Event, category: Category, pair: list[Guest]
) -> None:
    following = make_category(event, "The next one")
    drafted = propose(category, pair[0])
    data = {"category": category.pk, "version": drafted.version}
    win(category, pair[0])

    news = results_desk.get(board(event), data, headers=POLL)

    assert news.context["row"].category == following
    assert news.context["is_stage_new"]


def test_a_poll_leaves_the_stage_alone_while_its_category_stands(
    results_desk: Client, event: Event, category: Category, pair: list[Guest]
) -> None:
    """Ticks of a tie, half made, are not swept away by news of another award."""
    win(make_category(event, "Elsewhere"))
    data = {"category": category.pk, "version": category.version}
    news = results_desk.get(board(event), data, headers=POLL).content.decode()
    assert 'id="stage"' not in news
    assert "Elsewhere" in news


def test_undo_stands_on_the_desk_until_the_hold_is_over(
    results_desk: Client, event: Event, category: Category, pair: list[Guest]
) -> None:
    win(category, pair[0])
    fresh = results_desk.get(board(event))
    assert url(category, "undo") in fresh.content.decode()

    press(results_desk, category, "undo")
    category.refresh_from_db()
    assert category.state == Category.State.OPEN

    win(category, pair[0], at=timezone.now() - timedelta(days=7))
    late = results_desk.get(board(event))
    assert url(category, "undo") not in late.content.decode()
    assert late.context["stamp"] != fresh.context["stamp"]
    answer = press(results_desk, category, "undo")
    assert answer.status_code == 409
    assert "It is too late to undo this." in answer.content.decode()


def test_a_category_decided_a_week_earlier_shows_its_day(
    results_desk: Client, event: Event, category: Category, pair: list[Guest]
) -> None:
    at = timezone.now() - timedelta(days=7)
    win(category, pair[0], at=at)
    shown = results_desk.get(f"{board(event)}?category={category.pk}").content.decode()
    assert f"{at.astimezone(event.zone):%A}" in shown


def test_the_sheet_comes_before_a_correction_is_even_proposed(
    results_desk: Client, category: Category, pair: list[Guest]
) -> None:
    old, new = pair
    win(category, old)

    chosen = {"winners": [entry(category, new)]}
    shown = results_desk.get(url(category), chosen)

    text = strip_tags(shown.content.decode())
    assert f"1 guest no longer wins it: {old.name}" in text
    assert f"1 guest wins: {new.name}" in text
    category.refresh_from_db()
    assert not category.has_draft
    assert results_desk.get(url(category), {"winners": "x"}).status_code == 422
    same = results_desk.get(url(category), {"winners": [entry(category, old)]})
    assert "That is already the official result." in same.content.decode()


@pytest.mark.parametrize("sheet", ["", "x" * 32])
def test_a_correction_counts_only_for_who_has_read_its_sheet(
    second: Client, category: Category, pair: list[Guest], sheet: str
) -> None:
    old, new = pair
    win(category, old)
    propose(category, new)

    answer = press(second, category, "confirm", sheet=sheet)
    assert answer.status_code == 409
    assert "This is what it changes now." in answer.content.decode()
    assert nomination_of(old, category).outcome == Nomination.Outcome.WON

    press(second, category, "confirm", sheet=answer.context["impact"].stamp)
    assert nomination_of(new, category).outcome == Nomination.Outcome.WON


def test_a_sheet_is_another_one_when_somebody_pays_meanwhile(
    event: Event, category: Category, pair: list[Guest]
) -> None:
    old, new = pair
    win(category, old)
    before = impact.of(propose(category, new)).stamp
    old.obligations.update(amount_cents=1)
    assert impact.of(category).stamp != before


def test_beside_a_team_everybody_stands_under_their_work(
    results_desk: Client, event: Event
) -> None:
    category = make_category(event, "Outstanding Drama Series")
    for work, people in (("Homeland", 2), ("Mad Men", 5)):
        team = [make_nominee(event) for _ in range(people)]
        make_nomination(category, *team, work=work)

    row = results_desk.get(board(event)).context["row"]

    assert [entry.title for entry in row.entries] == ["Homeland", "Mad Men"]


def test_a_team_of_seventeen_is_shown_short(
    results_desk: Client, event: Event, category: Category
) -> None:
    people = [make_nominated_guest(event).nominee for _ in range(17)]
    make_nomination(category, *people, work="The Colbert Report")
    shown = results_desk.get(board(event)).content.decode()
    assert "The Colbert Report" in shown
    assert "and 13 more" in shown


def test_the_page_of_a_category_takes_as_many_queries_for_many_as_for_few(
    results_desk: Client,
    event: Event,
    category: Category,
    django_assert_num_queries: Any,
) -> None:
    counts = []
    for many in (2, 12):
        guests = [make_nominated_guest(event, category) for _ in range(many)]
        win(category, guests[0])
        propose(category, *guests[1:])
        with django_assert_num_queries(24) as asked:
            results_desk.get(url(category))
        counts.append(len(asked))
    assert counts[0] == counts[1]
