"""The academy's list beside ours: differences first, corrections with their sheet."""

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from events import results
from events.models import Category, Event, Nomination
from guests import imports, official_list
from guests.models import ImportPart, ImportRun, Obligation
from guests.official_list import Kind
from tests.factories import make_category, make_nomination, make_user
from tests.guests.night import make_nominated_guest, nomination_of, propose, win


def work_of(guest: Any, category: Category) -> str:
    return nomination_of(guest, category).work


def listed(*lines: tuple[Category | str, str]) -> str:
    rows = [f"{category},{work},won" for category, work in lines]
    return "\n".join(["category,work,outcome", *rows]) + "\n"


def started(event: Event, text: str) -> ImportRun:
    kind, now = ImportRun.Kind.RESULTS, timezone.now()
    return imports.start(event, kind, text.encode(), by=None, at=now)


def kinds(event: Event, text: str) -> dict[str, Kind]:
    found = official_list.compare(started(event, text))
    return {str(there.row.category): there.kind for there in found.differences}


def take_over(event: Event, text: str) -> ImportRun:
    run = started(event, text)
    shown = official_list.compare(run).stamp
    now = timezone.now()
    return official_list.apply(run.pk, by=make_user("Ada"), at=now, shown=shown)


def test_every_category_says_how_it_stands_to_ours(event: Event) -> None:
    same, drafted, agreed, wrong, new, absent, torn = (
        make_category(event, name)
        for name in ("Same", "Drafted", "Agreed", "Wrong", "New", "Absent", "Torn")
    )
    works = {row.pk: make_nomination(row, work=f"{row} A").pk for row in (same, wrong)}
    for row in (drafted, agreed, wrong, new, torn):
        make_nomination(row, work=f"{row} B")
    win(same, same.nominations.get())
    win(wrong, Nomination.objects.get(pk=works[wrong.pk]))
    stray = make_nomination(drafted, work="Drafted A")
    results.announce(drafted.pk, [stray.pk], by=make_user(), at=timezone.now())
    entry = agreed.nominations.get()
    results.announce(agreed.pk, [entry.pk], by=make_user(), at=timezone.now())

    text = listed(
        (same, "Same A"),
        (drafted, "Drafted B"),
        (agreed, "Agreed B"),
        (wrong, "Wrong B"),
        (new, "New B"),
        (torn, "Torn B"),
        (torn, "Nobody knows it"),
    )
    assert kinds(event, text) == {
        "Same": Kind.SAME,
        "Drafted": Kind.DRAFT,
        "Agreed": Kind.SETTLES,
        "Wrong": Kind.CORRECTION,
        "New": Kind.NEW,
        "Absent": Kind.ABSENT,
        "Torn": Kind.UNSURE,
    }
    run = take_over(event, text)
    assert (run.summary["recorded"], run.summary["proposed"]) == (3, 1)
    torn.refresh_from_db()
    absent.refresh_from_db()
    assert torn.state == absent.state == Category.State.OPEN


def test_a_correction_through_the_list_waits_for_a_second_person(event: Event) -> None:
    category = make_category(event)
    old, new = (make_nominated_guest(event, category) for _ in range(2))
    win(category, old)

    take_over(event, listed((category, work_of(new, category))))

    category.refresh_from_db()
    assert category.draft_winners == [nomination_of(new, category).pk]
    assert Obligation.objects.due().get().guest == old


def test_one_organiser_corrects_through_the_list_at_once(event: Event) -> None:
    Event.objects.update(second_confirmation_required=False)
    category = make_category(event)
    old, new = (make_nominated_guest(event, category) for _ in range(2))
    win(category, old)

    take_over(event, listed((category, work_of(new, category))))

    assert Obligation.objects.due().get().guest == new


def test_a_list_taken_over_twice_is_taken_over_once(event: Event) -> None:
    category = make_category(event)
    guest = make_nominated_guest(event, category)
    run = started(event, listed((category, work_of(guest, category))))
    shown = official_list.compare(run).stamp
    for _time in range(2):
        official_list.apply(run.pk, by=make_user(), at=timezone.now(), shown=shown)
    assert category.changes.count() == 1
    assert not ImportPart.objects.filter(run=run).exists(), "no row of it is kept"


def test_what_changed_since_the_look_is_shown_again(event: Event) -> None:
    category = make_category(event)
    guest, other = (make_nominated_guest(event, category) for _ in range(2))
    run = started(event, listed((category, work_of(guest, category))))
    shown = official_list.compare(run).stamp
    propose(category, other)

    with pytest.raises(imports.PlanChanged):
        official_list.apply(run.pk, by=make_user(), at=timezone.now(), shown=shown)
    category.refresh_from_db()
    assert category.state == Category.State.ANNOUNCED


# --- In the browser -------------------------------------------------------------------


def upload(client: Client, event: Event, text: str) -> HttpResponse:
    return client.post(
        reverse("guests:results_official", args=[event.slug]), {"text": text}
    )


def press(client: Client, event: Event, url: str) -> HttpResponse:
    shown = client.get(url).context["found"].stamp
    list_id = url.rstrip("/").rpartition("/")[2]
    return client.post(
        reverse("guests:official_apply", args=[event.slug, list_id]), {"shown": shown}
    )


def test_differences_and_the_sheet_come_before_the_press(
    results_desk: Client, event: Event
) -> None:
    category = make_category(event, "Outstanding Comedy")
    old, new = (make_nominated_guest(event, category) for _ in range(2))
    win(category, old)
    text = listed((category, work_of(new, category)), ("No such award", "X"))

    look = upload(results_desk, event, text).url
    shown = strip_tags(results_desk.get(look).content.decode())

    assert f"1 guest no longer wins it: {old.name}" in shown
    assert "Line 3: There is no category of this name." in shown
    assert category.changes.count() == 1, "looking decides nothing"
    press(results_desk, event, look)
    assert "1 correction waits for a second person." in strip_tags(
        results_desk.get(look).content.decode()
    )


def test_a_stale_look_is_shown_again_in_words(
    results_desk: Client, event: Event
) -> None:
    category = make_category(event)
    guest = make_nominated_guest(event, category)
    text = listed((category, work_of(guest, category)))
    look = upload(results_desk, event, text).url
    results_desk.get(look)
    propose(category, guest)

    list_id = look.rstrip("/").rpartition("/")[2]
    apply = reverse("guests:official_apply", args=[event.slug, list_id])
    answer = results_desk.post(apply, {"shown": "old"}, follow=True)

    assert "Something has changed since you looked." in answer.content.decode()
    category.refresh_from_db()
    assert category.state == Category.State.ANNOUNCED


@pytest.mark.parametrize(
    ("text", "problem"),
    [("", "Choose a file"), ("name\nAmy\n", "category"), ("\x00\x01", "")],
)
def test_a_file_without_results_is_refused_in_words(
    results_desk: Client, event: Event, text: str, problem: str
) -> None:
    answer = upload(results_desk, event, text)
    assert answer.status_code == 422
    assert problem in answer.content.decode()


def test_official_results_are_no_import_of_nominations(
    host: Client, event: Event
) -> None:
    """Its rows would be read as nominations there."""
    run = started(event, listed(("Brand new", "Thing")))
    for name in ("import_detail", "import_apply"):
        url = reverse(f"guests:{name}", args=[event.slug, run.pk])
        assert host.post(url).status_code in (404, 405)
        assert host.get(url).status_code in (404, 405)
    assert not event.categories.exists()


def test_the_look_takes_as_many_queries_for_two_categories_as_for_twelve(
    results_desk: Client, event: Event, django_assert_num_queries: Any
) -> None:
    counts = []
    for many in (2, 12):
        lines = []
        for _ in range(many):
            category = make_category(event)
            guest = make_nominated_guest(event, category)
            lines.append((category, work_of(guest, category)))
        look = upload(results_desk, event, listed(*lines)).url
        results_desk.get(look)
        with django_assert_num_queries(14) as asked:
            results_desk.get(look)
        counts.append(len(asked))
    assert counts[0] == counts[1]
