"""The results desk in a browser: four eyes, stale pages, ties, and the impact sheet."""

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags

from events.models import Category, Event, Nomination
from guests import impact
from guests.models import Obligation
from tests.conftest import signed_in
from tests.factories import make_category, make_member, make_nomination
from tests.guests.night import make_nominated_guest, nomination_of, win

HTMX = {"HX-Request": "true", "HX-Target": "live"}


@pytest.fixture
def category(event: Event) -> Category:
    category = make_category(event, "Outstanding Drama Series")
    for work in ("Homeland", "Mad Men", "Breaking Bad"):
        make_nomination(category, work=work)
    return category


@pytest.fixture
def second(event: Event) -> Client:
    return signed_in(make_member(event, "results"))


def ids(category: Category) -> list[int]:
    return list(category.nominations.order_by("pk").values_list("pk", flat=True))


def page(category: Category, name: str = "result_category") -> str:
    return reverse(f"guests:{name}", args=[category.event.slug, category.pk])


def press(
    client: Client,
    category: Category,
    act: str,
    winners: list[Any] | None = None,
    **data: Any,
) -> HttpResponse:
    """Press a button of a page that was loaded, and read, this moment."""
    category.refresh_from_db()
    typed = {"version": category.version, "winners": winners or []} | data
    if act == "confirm" and category.has_draft:
        typed["sheet"] = impact.of(category).stamp
    return client.post(page(category, f"result_{act}"), typed)


def test_two_people_make_a_winner(
    results_desk: Client, second: Client, category: Category
) -> None:
    board = reverse("guests:results", args=[category.event.slug])
    response = press(results_desk, category, "announce", ids(category)[2:])
    assert response.url == f"{board}?category={category.pk}"

    drafted = second.get(board).content.decode()
    assert f"Announced by {results_desk.user} at " in drafted
    assert "waiting for a second person" in drafted

    press(second, category, "confirm")
    category.refresh_from_db()
    assert category.state == Category.State.OFFICIAL
    won = category.nominations.get(outcome=Nomination.Outcome.WON)
    assert won.work == "Breaking Bad"


def test_who_announced_sees_why_the_button_is_shut(
    results_desk: Client, category: Category
) -> None:
    press(results_desk, category, "announce", ids(category)[:1])
    board = results_desk.get(reverse("guests:results", args=[category.event.slug]))
    assert " disabled" in board.content.decode()
    assert "Somebody else on the team confirms it." in board.content.decode()

    response = press(results_desk, category, "confirm")

    assert response.status_code == 409
    assert "A second person has to confirm it." in response.content.decode()
    category.refresh_from_db()
    assert category.state == Category.State.ANNOUNCED


def test_a_draft_is_taken_back(results_desk: Client, category: Category) -> None:
    press(results_desk, category, "announce", ids(category)[:1])
    press(results_desk, category, "withdraw")

    category.refresh_from_db()
    assert (category.state, category.has_draft) == (Category.State.OPEN, False)


def test_one_organiser_needs_one_press(
    results_desk: Client, category: Category
) -> None:
    Event.objects.update(second_confirmation_required=False)

    press(results_desk, category, "announce", ids(category)[:1])

    category.refresh_from_db()
    assert category.state == Category.State.OFFICIAL


def test_one_organiser_sees_what_a_correction_changes_before_it_counts(
    results_desk: Client, event: Event
) -> None:
    Event.objects.update(second_confirmation_required=False)
    category = make_category(event)
    old, new = (make_nominated_guest(event, category) for _ in range(2))
    win(category, old)

    proposed = press(
        results_desk, category, "announce", [nomination_of(new, category).pk]
    )
    assert proposed.url == page(category)
    sheet = strip_tags(results_desk.get(proposed.url).content.decode())
    assert f"1 guest no longer wins it: {old.name}" in sheet
    assert "1 donation is no longer owed, $1,000.00." in sheet
    assert nomination_of(old, category).outcome == Nomination.Outcome.WON

    press(results_desk, category, "confirm")
    assert nomination_of(new, category).outcome == Nomination.Outcome.WON
    assert Obligation.objects.live().get().guest == new


@pytest.mark.parametrize("act", ["announce", "confirm", "withdraw"])
def test_a_stale_page_is_409_and_shows_what_stands(
    results_desk: Client, second: Client, category: Category, act: str
) -> None:
    press(results_desk, category, "announce", ids(category)[:1])

    response = second.post(
        page(category, f"result_{act}"), {"version": 0, "winners": ids(category)[1:2]}
    )

    assert response.status_code == 409
    text = response.content.decode()
    assert "Somebody changed this category a moment ago." in text
    assert f"Announced by {results_desk.user}" in text
    category.refresh_from_db()
    assert category.draft_winners == ids(category)[:1]


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ({}, "Choose who won"),
        ({"winners": ["x"]}, "not in this category"),
        ({"winners": ["-1"]}, "not in this category"),
        ({"winners": ["9" * 30]}, "not in this category"),
        ({"winners": ["<b>1</b>"]}, "not in this category"),
        ({"winners": ["1\x00"]}, "not in this category"),
        ({"winners": "own", "nobody": "on"}, "Either somebody won or nobody did"),
    ],
)
def test_a_choice_that_cannot_be_is_said_at_the_field(
    results_desk: Client, category: Category, data: dict[str, Any], problem: str
) -> None:
    if data.get("winners") == "own":
        data = data | {"winners": ids(category)[:1]}

    response = press(results_desk, category, "announce", **data)

    assert response.status_code == 422
    text = response.content.decode()
    assert problem in text
    assert ("checked" in text) == ("nobody" in data), "what was typed is kept"
    category.refresh_from_db()
    assert not category.has_draft


@pytest.mark.parametrize("version", ["", "x", "-1", "1.5", "9" * 30, None])
@pytest.mark.parametrize("act", ["announce", "confirm", "withdraw"])
def test_a_page_without_a_version_decides_nothing(
    results_desk: Client, category: Category, act: str, version: str | None
) -> None:
    data = {} if version is None else {"version": version}
    response = results_desk.post(
        page(category, f"result_{act}"), data | {"winners": ids(category)[:1]}
    )

    assert response.status_code in (409, 422)
    category.refresh_from_db()
    assert not category.has_draft


def test_ties_and_nobody_are_ordinary(
    results_desk: Client, second: Client, category: Category
) -> None:
    press(results_desk, category, "announce", ids(category)[:2])
    press(second, category, "confirm")
    assert category.nominations.filter(outcome="won").count() == 2

    press(results_desk, category, "announce", nobody="on")
    press(second, category, "confirm")
    assert category.nominations.filter(outcome="won").count() == 0
    shown = second.get(page(category)).content.decode()
    assert "Nobody won" in shown


@pytest.mark.parametrize("act", ["announce", "confirm", "withdraw"])
def test_get_decides_nothing(
    results_desk: Client, category: Category, act: str
) -> None:
    assert results_desk.get(page(category, f"result_{act}")).status_code == 405


@pytest.mark.parametrize("role", ["stranger", "door", "finance"])
def test_the_desk_is_not_there_for_others(
    request: pytest.FixtureRequest, category: Category, role: str
) -> None:
    client = request.getfixturevalue(role)
    board = reverse("guests:results", args=[category.event.slug])

    assert client.get(board).status_code == 404
    assert client.get(page(category)).status_code == 404
    for act in ("announce", "confirm", "withdraw"):
        assert press(client, category, act, ids(category)[:1]).status_code == 404


@pytest.mark.parametrize("category_id", [0, 10**30])
def test_a_category_of_nobody_is_404(
    results_desk: Client, event: Event, category_id: int
) -> None:
    where = [event.slug, category_id]
    assert (
        results_desk.get(reverse("guests:result_category", args=where)).status_code
        == 404
    )


def test_a_category_of_another_event_is_404(results_desk: Client, event: Event) -> None:
    foreign = make_category(make_member().event)
    where = [event.slug, foreign.pk]
    for act in ("announce", "confirm", "withdraw"):
        url = reverse(f"guests:result_{act}", args=where)
        assert results_desk.post(url, {"version": 0, "nobody": "on"}).status_code == 404
    foreign.refresh_from_db()
    assert foreign.version == 0


def test_the_second_person_hears_of_a_draft_without_reloading(
    results_desk: Client, second: Client, category: Category
) -> None:
    board = reverse("guests:results", args=[category.event.slug])
    seen = second.get(board).context["stamp"]
    assert second.get(board, {"seen": seen}, headers=HTMX).status_code == 204

    press(results_desk, category, "announce", ids(category)[:1])

    news = second.get(board, {"seen": seen}, headers=HTMX).content.decode()
    assert "<html" not in news
    assert page(category, "result_confirm") in news
    assert 'hx-swap-oob="true"' in news


def test_an_empty_ceremony_says_what_to_do(results_desk: Client, event: Event) -> None:
    board = results_desk.get(reverse("guests:results", args=[event.slug]))
    assert "Import the nominations" in board.content.decode()


def test_names_are_text_and_never_markup(results_desk: Client, event: Event) -> None:
    category = make_category(event, "<script>alert(1)</script>")
    make_nomination(category, work="<img onerror=1>")

    text = results_desk.get(page(category)).content.decode()

    assert "<script>alert" not in text
    assert "<img onerror" not in text


def test_the_board_takes_as_many_queries_for_two_categories_as_for_twenty(
    results_desk: Client, event: Event, django_assert_num_queries: Any
) -> None:
    board = reverse("guests:results", args=[event.slug])
    counts = []
    for many in (2, 20):
        for _ in range(many):
            category = make_category(event)
            make_nominated_guest(event, category)
            make_nomination(category)
        press(results_desk, category, "announce", ids(category)[:1])
        with django_assert_num_queries(7) as queries:
            results_desk.get(board)
        counts.append(len(queries))
    assert counts[0] == counts[1]
