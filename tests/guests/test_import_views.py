"""Files as hosts send them to a page: a look, a press, or a word on what is wrong."""

from http import HTTPStatus

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from events.models import Event
from guests.forms import imports as import_forms
from guests.models import Guest, ImportRun
from losers_lounge.demo import night
from tests.factories import (
    make_category,
    make_event,
    make_nomination,
    make_nominee,
)
from tests.guests.factories import make_guest
from tests.guests.people import csv_file

pytestmark = pytest.mark.django_db


def url_of(event: Event, name: str, *more: object) -> str:
    return reverse(f"guests:{name}", args=[event.slug, *more])


def upload(
    host: Client, event: Event, file: SimpleUploadedFile, name: str = "import"
) -> HttpResponse:
    return host.post(url_of(event, name), {"file": file})


def look(host: Client, event: Event, text: bytes | str) -> HttpResponse:
    """Upload a file and see the dry run."""
    response = upload(host, event, csv_file(text))
    assert response.status_code == HTTPStatus.FOUND
    return host.get(response["Location"])


def press(host: Client, page: HttpResponse, **fields: str) -> HttpResponse:
    """Apply the dry run that this page shows."""
    run = page.context["run"]
    shown = {"shown": page.context["summary"].digest}
    url = url_of(run.event, "import_apply", run.pk)
    return host.post(url, shown | fields, follow=True)


def test_a_file_is_looked_at_and_then_applied(host: Client, event: Event) -> None:
    page = look(host, event, (night.DATA / "guests.csv").read_bytes())
    assert not event.guests.exists()
    assert "Import 66 rows" in page.text
    after = press(host, page)
    assert "66 added, 0 changed, 0 refused." in after.text
    assert event.guests.count() == 66


def test_nominations_are_read_and_shown(host: Client, event: Event) -> None:
    data = (night.DATA / "nominations.csv").read_bytes()
    response = upload(host, event, csv_file(data), "nomination_import")
    after = press(host, host.get(response["Location"]))
    assert "Sofía Vergara" in after.text
    assert "Outstanding Lead Actress in a Comedy Series" in after.text


def test_refused_rows_come_first_with_their_reason(host: Client, event: Event) -> None:
    page = look(host, event, "name,email\nTina,t@x.org\nAmy,amy\n,x@x.org\n")
    assert [row["line"] for row in page.context["rows"]] == [3, 4]
    assert page.context["tabs"] == [("refused", 2), ("new", 1)]
    assert "“amy” is not an e-mail address." in page.text
    after = press(host, page)
    assert "1 added, 0 changed, 2 refused." in after.text
    done = host.get(url_of(event, "import_detail", ImportRun.objects.get().pk))
    assert "Line 4: The name is missing." in done.text


def test_pressing_twice_adds_once(host: Client, event: Event) -> None:
    page = look(host, event, "name\nTina\n")
    for _ in range(2):
        assert "1 added" in press(host, page).text
    assert event.guests.count() == 1


def test_a_list_that_changed_is_shown_again_before_anything_is_written(
    host: Client, event: Event
) -> None:
    page = look(host, event, "name\nTina\nAmy\n")
    make_guest(event, name="Amy")
    again = press(host, page)
    assert "The list has changed since you looked." in again.text
    assert "Import 1 row" in again.text
    assert event.guests.count() == 1


def test_leaving_everything_as_it_is_writes_nobody(host: Client, event: Event) -> None:
    look(host, event, "name\nTina\n")
    assert not Guest.objects.exists()


def test_unknown_columns_are_named(host: Client, event: Event) -> None:
    page = host.get(look(host, event, "name,<b>shoe</b>\nTina,38\n")["Location"])
    assert "&lt;b&gt;shoe&lt;/b&gt;" in page.text


def test_markup_in_a_file_is_shown_as_text(host: Client, event: Event) -> None:
    page = look(host, event, 'name,notes\n<img onerror=alert(1)>,"{{ 7|add:1 }}"\n')
    after = press(host, page)
    for response in (page, after, host.get(url_of(event, "guest_list"))):
        assert "<img onerror" not in response.text


PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(b"\xef\xbb\xbf", "is empty", id="only a mark"),
        pytest.param(b"Tina Fey,t@x.org\n", "must name the columns", id="no header"),
        pytest.param(PNG, "not a CSV text file", id="PNG"),
        pytest.param(b"PK\x03\x04\x14\0\0", "neither a CSV", id="ZIP"),
        pytest.param(b"name\nTi\0na\n", "not a CSV text file", id="NUL"),
        pytest.param(b'name\n"Tina\n', "quotation mark", id="open quotes"),
        pytest.param(b"name" + b",x" * 19_999, "20,000 columns", id="wide"),
        pytest.param(b"name\n" + b"x" * 200_000, "20,000 letters", id="a book"),
    ],
)
@pytest.mark.parametrize("name", ["import", "nomination_import"])
def test_a_file_that_cannot_be_read_is_told_at_its_field(
    host: Client, event: Event, name: str, data: bytes, reason: str
) -> None:
    data = data.replace(b"name", b"category") if name != "import" else data
    response = upload(host, event, csv_file(data), name)
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert reason in response.context["form"].errors["file"][0]
    assert not ImportRun.objects.exists()


def test_an_empty_file_is_told(host: Client, event: Event) -> None:
    response = upload(host, event, csv_file(b""))
    assert "empty" in response.context["form"].errors["file"][0]


def test_a_header_alone_offers_nothing_to_import(host: Client, event: Event) -> None:
    page = look(host, event, "name,email\n")
    assert page.context["summary"].to_write == 0
    assert "Import 0" not in page.text


def test_nothing_chosen_is_told(host: Client, event: Event) -> None:
    for data in ({"text": ""}, {"text": "  "}, {"file": "not a file"}):
        response = host.post(url_of(event, "import"), data)
        assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert "Choose a file" in response.text


def test_a_file_that_is_too_large_is_told(
    host: Client, event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_forms.csvfile, "MAX_BYTES", 2**20)
    response = upload(host, event, csv_file(b"x" * (2**20 + 1)))
    assert "larger than 1 MB" in response.context["form"].errors["file"][0]


def test_pasted_text_is_read_too_and_kept_when_it_is_refused(
    host: Client, event: Event
) -> None:
    url = url_of(event, "import")
    assert host.post(url, {"text": "name\r\nTina\r\n"}).status_code == HTTPStatus.FOUND
    for text in ("Tina <b>,t@x.org", "name\nTi\0na"):
        response = host.post(url, {"text": text})
        assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert response.context["form"].errors["text"]
    assert "&lt;b&gt;" in host.post(url, {"text": "Tina <b>,t@x.org"}).text


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "x" * 300 + ".csv",
        "a\r\nX-Evil: 1.csv",
        "..\\..\\x",
        ".csv",
        "\N{TROPHY}.csv",
    ],
    ids=range(6),
)
def test_a_files_name_means_nothing(host: Client, event: Event, name: str) -> None:
    file = csv_file("name\nTina\n")
    file.name = name  # past the cleaning that the class does itself
    response = upload(host, event, file)
    assert response.status_code in (HTTPStatus.FOUND, HTTPStatus.UNPROCESSABLE_ENTITY)
    assert "X-Evil" not in response.headers


def test_a_run_of_another_event_is_not_there(
    host: Client, stranger: Client, event: Event
) -> None:
    page = look(host, event, "name\nTina\n")
    run = page.context["run"]
    other = make_event()
    for slug in (event.slug, other.slug):
        for client in (stranger, host) if slug == other.slug else (stranger,):
            detail = reverse("guests:import_detail", args=[slug, run.pk])
            apply = reverse("guests:import_apply", args=[slug, run.pk])
            assert client.get(detail).status_code == HTTPStatus.NOT_FOUND
            assert client.post(apply).status_code == HTTPStatus.NOT_FOUND
    assert not Guest.objects.exists()


def test_a_look_costs_the_same_for_five_rows_and_for_five_hundred(
    host: Client, event: Event, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for size in (5, 500):
        rows = "".join(f"Guest {number}\n" for number in range(size))
        response = upload(host, event, csv_file("name\n" + rows))
        with django_assert_max_num_queries(6):
            host.get(response["Location"])


class TestNominationsPage:
    def test_namesakes_are_shown_with_what_tells_them_apart(
        self, host: Client, event: Event
    ) -> None:
        nominee = make_nominee(event, "Mandy Moore")
        guests = [make_guest(event, name="Mandy Moore") for _ in range(2)]
        page = host.get(url_of(event, "nominations"))
        for guest in guests:
            assert guest.invitation.contact.email in page.text
        data = {"nominee": nominee.pk, "guest": guests[1].pk}
        after = host.post(url_of(event, "nominee_link"), data, follow=True)
        assert "Mandy Moore is Mandy Moore." in after.text
        guests[1].refresh_from_db()
        assert guests[1].nominee == nominee
        assert not after.context["to_check"]

    @pytest.mark.parametrize("value", ["", "abc", "-1", "²", "0", "9" * 40])
    def test_a_choice_of_nobody_links_nobody(
        self, host: Client, event: Event, value: str
    ) -> None:
        nominee = make_nominee(event)
        data = {"nominee": nominee.pk, "guest": value}
        response = host.post(url_of(event, "nominee_link"), data)
        assert response.status_code in (HTTPStatus.FOUND, HTTPStatus.NOT_FOUND)
        assert not nominee.guests.exists()

    def test_people_of_another_event_cannot_be_linked(
        self, host: Client, event: Event
    ) -> None:
        guest, nominee = make_guest(event), make_nominee(make_event())
        data = {"nominee": nominee.pk, "guest": guest.pk}
        response = host.post(url_of(event, "nominee_link"), data)
        assert response.status_code == HTTPStatus.NOT_FOUND

    def test_a_nominee_whose_guest_was_taken_off_is_not_on_the_list(
        self, host: Client, event: Event
    ) -> None:
        nominee = make_nominee(event, "Tina Fey")
        make_guest(event, nominee=nominee, removed_at=event.created_at)
        page = host.get(url_of(event, "nominations"))
        assert (page.context["linked"], page.context["unlinked"]) == (0, 1)

    def test_the_page_costs_the_same_for_five_and_for_fifty(
        self,
        host: Client,
        event: Event,
        django_assert_max_num_queries: DjangoAssertNumQueries,
    ) -> None:
        for size in (5, 45):
            category = make_category(event)
            for number in range(size):
                people = [make_nominee(event, f"Nominee {number}") for _ in range(2)]
                make_nomination(category, *people)
                for _ in range(2):
                    make_guest(event, name=f"Nominee {number}")
            with django_assert_max_num_queries(11):
                host.get(url_of(event, "nominations"))

    def test_an_empty_page_says_what_to_do(self, host: Client, event: Event) -> None:
        assert "No nominations yet" in host.get(url_of(event, "nominations")).text
