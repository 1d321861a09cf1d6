"""Large files: written in the background, part by part, each row exactly once."""

from http import HTTPStatus

import psutil
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from events.models import Event
from guests import imports, tasks
from guests.imports import applying, parts
from guests.models import Guest, ImportPart, ImportRun
from tests.factories import make_event, make_nominee
from tests.guests.factories import make_guest
from tests.guests.people import AT
from tests.racing import at_the_same_moment, seen_to_fail_without_lock
from tests.workers import eventually, worker

pytestmark = pytest.mark.django_db
ROWS = 9


@pytest.fixture
def _small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if two rows were as many as may be written at once."""
    monkeypatch.setattr(parts, "SIZE", 2)


def text_of(rows: int, more: str = "") -> str:
    lines = (f"Guest {number},g{number}@x.org\n" for number in range(rows))
    return "name,email\n" + "".join(lines) + more


def start(event: Event, text: str) -> ImportRun:
    return imports.start(event, ImportRun.Kind.GUESTS, text.encode(), by=None, at=AT)


def begin(run: ImportRun) -> ImportRun:
    shown = imports.done(run).digest
    return imports.begin(run.pk, by=None, at=AT, shown=shown)


def url_of(run: ImportRun, name: str) -> str:
    return reverse(f"guests:{name}", args=[run.event.slug, run.pk])


@pytest.mark.usefixtures("_small_parts")
class TestPartByPart:
    def test_a_press_only_marks_it_and_a_worker_writes_it(self, event: Event) -> None:
        run = begin(start(event, text_of(ROWS)))
        assert run.state == ImportRun.State.APPLYING
        assert not event.guests.exists()
        tasks.apply_imports()
        run.refresh_from_db()
        assert (run.state, run.done_rows) == (ImportRun.State.APPLIED, ROWS)
        assert imports.done(run) == imports.Summary(new=ROWS)
        assert event.guests.count() == ROWS
        assert not ImportPart.objects.exists()

    def test_what_died_between_two_parts_goes_on_where_it_was(
        self, event: Event, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run = begin(start(event, text_of(ROWS)))
        write, written = applying._write, []

        def die_at_the_third(run: ImportRun, part: ImportPart, taken: set) -> None:
            write(run, part, taken)
            written.append(part.number)
            if len(written) == 3:
                raise ZeroDivisionError

        monkeypatch.setattr(applying, "_write", die_at_the_third)
        with pytest.raises(ZeroDivisionError):
            imports.carry_on(run.pk, AT)
        run.refresh_from_db()
        assert (run.done_rows, event.guests.count()) == (4, 4)
        imports.carry_on(run.pk, AT)
        assert written == [0, 2, 4, 4, 6, 8]
        assert event.guests.count() == ROWS

    def test_people_of_one_name_are_written_though_in_other_parts(
        self, event: Event
    ) -> None:
        rows = "".join(f"Mandy Moore,m{number}@x.org\n" for number in range(5))
        run = begin(start(event, "name,email\nMandy Moore,\n" + rows))
        imports.carry_on(run.pk, AT)
        assert event.guests.count() == 6

    def test_who_came_on_the_list_meanwhile_is_left_as_they_are(
        self, event: Event
    ) -> None:
        run = begin(start(event, text_of(ROWS)))
        there = make_guest(event, name="Guest 7")
        there.invitation.contact.email = ""
        there.invitation.contact.save()
        imports.carry_on(run.pk, AT)
        run.refresh_from_db()
        assert imports.done(run) == imports.Summary(new=ROWS - 1, refused=1)
        assert event.guests.filter(name="Guest 7").count() == 1
        ((row, reason),) = imports.refused(run)
        assert (row, reason[:8]) == ([9, "Guest 7", "g7@x.org"], "Left out")

    def test_the_same_file_again_changes_nobody(self, event: Event) -> None:
        for summary in (imports.Summary(new=ROWS), imports.Summary(same=ROWS)):
            run = start(event, text_of(ROWS))
            assert imports.finish(run.pk, by=None, at=AT) == summary

    def test_refused_rows_stay_to_be_had_as_a_file(self, event: Event) -> None:
        run = start(event, text_of(ROWS, "Amy,amy\nGuest 1,g1@x.org\n"))
        imports.finish(run.pk, by=None, at=AT)
        assert [row[0] for row, _why in imports.refused(run)] == [ROWS + 2, ROWS + 3]

    def test_nominees_are_linked_once_all_are_there(self, event: Event) -> None:
        nominee = make_nominee(event, "Guest 8")
        run = start(event, text_of(ROWS))
        imports.finish(run.pk, by=None, at=AT)
        assert nominee.guests.get().name == "Guest 8"

    def test_undoing_takes_every_part(
        self, event: Event, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("guests.imports.undoing.BATCH", 2)
        run = start(event, text_of(ROWS))
        imports.finish(run.pk, by=None, at=AT)
        undone = imports.undo(run.pk, by="Amy", at=AT)
        assert undone == imports.Undone(removed=ROWS)

    def test_the_page_shows_how_far_it_has_come(
        self, host: Client, event: Event
    ) -> None:
        run = start(event, text_of(ROWS))
        page = host.post(
            url_of(run, "import_apply"),
            {"shown": imports.done(run).digest},
            follow=True,
        )
        assert f"0 / {ROWS}" in page.text
        moving = host.get(url_of(run, "import_progress"))
        assert url_of(run, "import_progress") in moving.text
        assert "HX-Refresh" not in moving
        tasks.apply_imports()
        assert host.get(url_of(run, "import_progress"))["HX-Refresh"] == "true"
        after = host.get(url_of(run, "import_detail"))
        assert after.status_code == HTTPStatus.OK
        assert f"{ROWS} new" in after.text

    def test_a_press_on_another_look_than_the_last_is_refused(
        self, event: Event
    ) -> None:
        run = start(event, text_of(ROWS))
        shown = imports.done(run).digest
        imports.look(run)
        with pytest.raises(imports.PlanChanged):
            imports.begin(run.pk, by=None, at=AT, shown=shown)


def two_workers_race() -> None:
    event = make_event()
    run = begin(start(event, text_of(ROWS)))
    at_the_same_moment(2, lambda _: imports.carry_on(run.pk, AT))
    assert event.guests.count() == ROWS
    assert event.activities.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_small_parts")
def test_two_workers_write_each_row_once() -> None:
    two_workers_race()
    seen_to_fail_without_lock(two_workers_race)


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_killed_has_written_nothing_twice() -> None:
    event, rows = make_event(), 5 * parts.SIZE
    run = begin(start(event, text_of(rows)))

    def has_begun() -> bool:
        run.refresh_from_db()
        return run.done_rows > 0

    with worker("--concurrency=1") as process:
        imports.ring()
        eventually(has_begun)
        for child in psutil.Process(process.pid).children():
            child.kill()
        run.refresh_from_db()
        assert 0 < run.done_rows < rows
    imports.carry_on_all(timezone.now())
    run.refresh_from_db()
    assert (run.state, run.done_rows) == (ImportRun.State.APPLIED, rows)
    assert event.guests.count() == rows
    assert Guest.objects.values("name").distinct().count() == rows
