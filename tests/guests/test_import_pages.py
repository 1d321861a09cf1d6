"""The pages between a file and the list: columns, near names, refused rows, undo."""

from http import HTTPStatus

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from events.models import Event
from guests import imports
from guests.models import ImportRun
from losers_lounge import csvfile
from tests.guests.factories import make_guest
from tests.guests.people import AT, csv_file

pytestmark = pytest.mark.django_db
OWN_TITLES = "Who,Where to write,Hat\nTina Fey,t@x.org,M\n"


def url_of(run: ImportRun, name: str) -> str:
    return reverse(f"guests:{name}", args=[run.event.slug, run.pk])


def upload(host: Client, event: Event, text: str) -> HttpResponse:
    """Upload a file, and stand where that leads."""
    url = reverse("guests:import", args=[event.slug])
    return host.post(url, {"file": csv_file(text)}, follow=True)


def start(event: Event, text: str) -> ImportRun:
    return imports.start(event, ImportRun.Kind.GUESTS, text.encode(), by=None, at=AT)


class TestColumns:
    MAPPED = {"column_0": "name", "column_1": "email", "column_2": ""}

    def test_titles_that_nobody_knows_are_asked_for_with_samples(
        self, host: Client, event: Event
    ) -> None:
        page = upload(host, event, OWN_TITLES)
        assert "Which column is which?" in page.text
        assert "Tina Fey" in page.text
        page = host.post(page.wsgi_request.path, self.MAPPED, follow=True)
        assert "1 new, 0 changed" in page.text
        assert "Left out: Hat." in page.text

    def test_the_next_file_with_these_titles_is_read_the_same_way(
        self, host: Client, event: Event
    ) -> None:
        page = upload(host, event, OWN_TITLES)
        host.post(page.wsgi_request.path, self.MAPPED)
        again = upload(host, event, OWN_TITLES)
        assert "This is what would happen" in again.text
        assert again.context["columns"] == [
            ("Who", "Name"),
            ("Where to write", "E-mail"),
        ]

    def test_a_file_whose_titles_are_all_known_is_looked_at_at_once(
        self, host: Client, event: Event
    ) -> None:
        page = upload(host, event, "Guest;E-mail\nTina;t@x.org\n")
        assert "This is what would happen" in page.text
        assert "UTF-8 text, separated by semicolons" in page.text

    @pytest.mark.parametrize(
        ("fields", "words"),
        [
            ({}, "Say which column is the “Name”"),
            ({"column_0": "email"}, "Say which column is the “Name”"),
            (
                {"column_0": "name", "column_1": "name"},
                "is already the “Name”",
            ),
            ({"column_0": "shoes"}, "is not on offer. Choose again"),
        ],
        ids=range(4),
    )
    def test_columns_that_cannot_be_are_told(
        self, host: Client, event: Event, fields: dict[str, str], words: str
    ) -> None:
        page = upload(host, event, OWN_TITLES)
        answer = host.post(page.wsgi_request.path, fields)
        assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert words in answer.text

    def test_columns_can_be_changed_after_the_look(
        self, host: Client, event: Event
    ) -> None:
        run = start(event, "name,notes\nTina,t@x.org\n")
        fields = {"column_0": "name", "column_1": "email"}
        page = host.post(url_of(run, "import_columns"), fields, follow=True)
        assert page.context["rows"][0]["hint"] == "t@x.org"

    def test_what_is_done_is_not_mapped_again(self, host: Client, event: Event) -> None:
        run = start(event, "name\nTina\n")
        imports.finish(run.pk, by=None, at=AT)
        answer = host.post(url_of(run, "import_columns"), {"column_0": ""})
        assert answer["Location"] == url_of(run, "import_detail")


class TestNames:
    def test_a_host_says_who_is_one_person(self, host: Client, event: Event) -> None:
        guest = make_guest(event, name="Robert Downey Jr.")
        run = start(event, 'name,email\n"Downey, Robert",r@x.org\n')
        page = host.get(url_of(run, "import_detail"))
        assert "1 row may be somebody you have already." in page.text
        names = host.get(url_of(run, "import_names"))
        assert guest.invitation.contact.email in names.text
        said = {"line_2": f"guest/{guest.pk}"}
        after = host.post(url_of(run, "import_names"), said, follow=True)
        assert "0 new, 1 changed" in after.text

    def test_many_are_asked_page_by_page(self, host: Client, event: Event) -> None:
        rows = "".join(f"A{n} B{n}\n" for n in range(25))
        others = "".join(f"B{n} A{n}\n" for n in range(25))
        run = start(event, "name\n" + rows + others)
        page = host.get(url_of(run, "import_names"))
        assert len(page.context["pairs"]) == 20
        said = {f"line_{pair.row.line}": "two" for pair in page.context["pairs"]}
        second = host.post(url_of(run, "import_names"), said, follow=True)
        assert [pair.row.line for pair in second.context["pairs"]] == [*range(47, 52)]
        run.refresh_from_db()
        assert imports.done(run).maybe == 5

    def test_nobody_to_ask_about_is_said(self, host: Client, event: Event) -> None:
        run = start(event, "name\nTina\n")
        page = host.get(url_of(run, "import_names"))
        assert "Nobody looks like anybody else" in page.text


class TestRows:
    def test_all_rows_can_be_reached_page_by_page(
        self, host: Client, event: Event
    ) -> None:
        run = start(event, "name\n" + "".join(f"Guest {n}\n" for n in range(120)))
        seen, query = [], ""
        for _ in range(3):
            page = host.get(url_of(run, "import_detail") + query)
            seen += [row["line"] for row in page.context["rows"]]
            query = page.context["next_url"]
        assert (seen, query) == ([*range(2, 122)], "")

    @pytest.mark.parametrize("query", ["?show=x&after=y", "?after=²", "?after=-1"])
    def test_an_odd_address_shows_the_beginning(
        self, host: Client, event: Event, query: str
    ) -> None:
        run = start(event, "name\nTina\n")
        page = host.get(url_of(run, "import_detail") + query)
        assert [row["line"] for row in page.context["rows"]] == [2]

    def test_the_page_costs_the_same_whatever_the_file(
        self,
        host: Client,
        event: Event,
        django_assert_max_num_queries: DjangoAssertNumQueries,
    ) -> None:
        for rows in (3, 1_500):
            run = start(event, "name\n" + "".join(f"Guest {n}\n" for n in range(rows)))
            with django_assert_max_num_queries(9):
                host.get(url_of(run, "import_detail"))


class TestRefusedRows:
    TEXT = "name,email,shoe\nTina,t@x.org,38\n=Amy,amy,39\n,x@x.org,40\n"

    def test_they_come_as_a_file_with_the_reason(
        self, host: Client, event: Event
    ) -> None:
        run = start(event, self.TEXT)
        answer = host.get(url_of(run, "import_refused"))
        assert answer["Content-Type"] == "text/csv; charset=utf-8"
        assert "attachment" in answer["Content-Disposition"]
        assert answer.getvalue().decode().splitlines() == [
            "name,email,shoe,Line,Why it was refused",
            "'=Amy,amy,39,3,“amy” is not an e-mail address.",
            ",x@x.org,40,4,The name is missing.",
        ]

    def test_they_are_there_after_the_import_too(
        self, host: Client, event: Event
    ) -> None:
        run = start(event, self.TEXT)
        imports.finish(run.pk, by=None, at=AT)
        page = host.get(url_of(run, "import_detail"))
        assert url_of(run, "import_refused") in page.text
        sheet = csvfile.open_sheet(host.get(url_of(run, "import_refused")).getvalue())
        assert [row[1] for row in sheet.rows] == ["=Amy", ""]


class TestAfterwards:
    def test_a_press_takes_the_import_back(self, host: Client, event: Event) -> None:
        run = start(event, "name\nTina\n")
        imports.finish(run.pk, by=None, at=AT)
        assert "Undo this import" in host.get(url_of(run, "import_detail")).text
        page = host.post(url_of(run, "import_undo"), follow=True)
        assert page.text.count("1 taken off the list, 0 put back") == 1
        assert "Undo this import" not in page.text
        assert "1 new" not in page.text
        assert "Undone: it had added 1 and changed 0." in page.text
        assert page.context["figures"] == []
        assert not event.guests.on_the_list().exists()

    def test_who_stays_is_named(self, host: Client, event: Event) -> None:
        run = start(event, "name\nTina\n")
        imports.finish(run.pk, by=None, at=AT)
        event.guests.update(answer="yes", answered_at=AT)
        page = host.post(url_of(run, "import_undo"), follow=True)
        assert "1 person stays" in page.text
        assert "Tina has answered." in page.text

    def test_earlier_files_are_found_again(self, host: Client, event: Event) -> None:
        run = start(event, "name\nTina\n")
        page = host.get(reverse("guests:import", args=[event.slug]))
        assert url_of(run, "import_detail") in page.text

    def test_a_digest_is_chosen_for_a_shared_address(
        self, host: Client, event: Event
    ) -> None:
        text = "name,contact_name,contact_email\nAnn,Dana,d@x.org\nBob,Dana,d@x.org\n"
        run = start(event, text)
        imports.finish(run.pk, by=None, at=AT)
        page = host.get(url_of(run, "import_detail"))
        assert "Dana, d@x.org: one digest instead of 2 mails" in page.text
        contact = event.contacts.get()
        fields = {"shown": [contact.pk, "x"], "digest": [contact.pk, "9" * 40]}
        host.post(url_of(run, "import_digests"), fields)
        contact.refresh_from_db()
        assert contact.wants_digest
