"""One name of a row's cells: in two columns, or family name first."""

import pytest
from django.test import Client
from django.urls import reverse

from events.models import Event
from guests import imports
from guests.imports import names
from guests.models import ImportRun
from losers_lounge import csvfile
from tests.guests.people import AT, csv_file

pytestmark = pytest.mark.django_db


def start(event: Event, text: str) -> ImportRun:
    return imports.start(event, ImportRun.Kind.GUESTS, text.encode(), by=None, at=AT)


def imported(event: Event, text: str) -> list[str]:
    """Who is on the list after this file, in its order."""
    run = start(event, text)
    assert not imports.needs_mapping(run)
    imports.finish(run.pk, by=None, at=AT)
    return list(event.guests.order_by("pk").values_list("name", flat=True))


class TestTwoColumns:
    @pytest.mark.parametrize(
        "titles",
        [
            *("First name,Last name", "first_name,last_name", "Given name,Surname"),
            *("FORENAME,Family name", "First,Last", "Guest first name,Guest last name"),
        ],
    )
    def test_a_first_and_a_last_name_make_one(self, event: Event, titles: str) -> None:
        text = f"{titles},E-mail\nTony,Hale,t@x.org\n"
        assert imported(event, text) == ["Tony Hale"]

    def test_they_may_stand_in_any_order(self, event: Event) -> None:
        assert imported(event, "Surname;First name\nHale;Tony\n") == ["Tony Hale"]

    def test_either_alone_is_enough(self, event: Event) -> None:
        text = "First name,Last name,E-mail\nCher,,c@x.org\n,Moby,m@x.org\n"
        assert imported(event, text) == ["Cher", "Moby"]

    @pytest.mark.parametrize("title", ["First name", "Surname"])
    def test_one_of_the_columns_is_enough(self, event: Event, title: str) -> None:
        assert imported(event, f"{title},E-mail\nCher,c@x.org\n") == ["Cher"]

    def test_a_whole_name_wins_where_it_is_given(self, event: Event) -> None:
        text = "Name,First name,Last name\nTony Hale,Antony,H\n,Tina,Fey\n"
        assert imported(event, text) == ["Tony Hale", "Tina Fey"]

    def test_a_row_with_neither_is_refused(self, event: Event) -> None:
        run = start(event, "First name,Last name,E-mail\n,,t@x.org\n")
        assert imports.done(run).refusals == [[2, "The name is missing."]]

    def test_a_comma_in_one_of_them_turns_nothing_round(self, event: Event) -> None:
        text = 'First name,Last name\nSammy,"Davis, Jr."\n"Ann, Lee",Bo\n'
        assert imported(event, text) == ["Sammy Davis, Jr.", "Ann, Lee Bo"]

    def test_they_can_be_chosen_and_are_remembered(
        self, host: Client, event: Event
    ) -> None:
        text = "Rufname,Zuname,Hut\nTony,Hale,M\n"
        url = reverse("guests:import", args=[event.slug])
        page = host.post(url, {"file": csv_file(text)}, follow=True)
        assert "Which column is which?" in page.text
        said = {"column_0": "first_name", "column_1": "last_name"}
        page = host.post(page.wsgi_request.path, said, follow=True)
        assert "1 new, 0 changed" in page.text
        assert "Tony Hale" in page.text
        again = host.post(url, {"file": csv_file(text)}, follow=True)
        assert again.context["columns"] == [
            ("Rufname", "First name"),
            ("Zuname", "Last name"),
        ]


class TestFamilyNameFirst:
    @pytest.mark.parametrize(
        ("cell", "name"),
        [
            ("Hale, Tony", "Tony Hale"),
            ("HALE, TONY", "TONY HALE"),
            ("hale,tony", "tony hale"),
            ("Louis-Dreyfus, Julia", "Julia Louis-Dreyfus"),
            ("O’Neill, Ed", "Ed O’Neill"),
            ("Vergara, Sofía", "Sofía Vergara"),
            ("García Márquez, Gabriel José", "Gabriel José García Márquez"),
            ("Beethoven, Ludwig van", "Ludwig van Beethoven"),
            ("Abrams, J.J.", "J.J. Abrams"),
            ("Hale, TJ", "TJ Hale"),
            ("Downey, Robert Jr.", "Robert Downey Jr."),
            ("Downey Jr., Robert", "Robert Downey Jr."),
            ("Griffey III, Ken", "Ken Griffey III"),
        ],
    )
    def test_it_is_turned_round(self, cell: str, name: str) -> None:
        assert names.turned_round(cell) == name

    @pytest.mark.parametrize(
        "cell",
        [
            *("Sammy Davis, Jr.", "Sammy Davis, jr", "Ken Griffey, Sr.", "Davis, Jr."),
            *("Thurston Howell, III", "Henry, VIII", "Dana Fox, Ph.D.", "Fox, MD"),
            *("Judi Dench, DBE", "Tony Hale, CEO", "Acme, Inc.", "Acme Films, LLC"),
            *("Hale, Tony & Martel", "Hale, Tony and Martel", "Hale and Co, Tony"),
            *("Hale, Tony + Martel", "Hale, Tony/Martel", "Hale, +1", "Hale, plus one"),
            *("Hale, guest of Tony", "Tony Hale, guest", "Tony Hale, presenter"),
            *("Hale, Tony, Jr.", "Hale,", ", Tony", "Hale, 2", "Hale, (Tony)"),
            *("Tony Hale", "Hale, ???", "Hale, t@x.org", ""),
            # A letter that folding leaves nothing of.
            "Hale, ﾞ",
        ],
    )
    def test_what_may_be_something_else_stays(self, cell: str) -> None:
        assert names.turned_round(cell) == cell

    def test_the_dry_run_says_so(self, host: Client, event: Event) -> None:
        run = start(event, 'name,email\n"Hale, Tony",t@x.org\nTina Fey,f@x.org\n')
        url = reverse("guests:import_detail", args=[event.slug, run.pk])
        page = host.get(url)
        assert "Hale, Tony" in page.text
        assert page.text.count("read as") == 1
        assert "read as Tony Hale, t@x.org" in page.text
        imports.finish(run.pk, by=None, at=AT)
        assert event.guests.filter(name="Tony Hale").count() == 1

    def test_a_file_read_twice_finds_who_was_turned_round(self, event: Event) -> None:
        text = 'name,email\n"Hale, Tony",t@x.org\n'
        imported(event, text)
        assert imports.done(start(event, text)) == imports.Summary(same=1)

    def test_a_refused_row_goes_out_as_it_came_in(
        self, host: Client, event: Event
    ) -> None:
        run = start(event, 'name,email\n"Hale, Tony",nowhere\n')
        url = reverse("guests:import_refused", args=[event.slug, run.pk])
        answer = host.get(url)
        assert b'"Hale, Tony",nowhere,2' in b"".join(answer)


class TestHowManyMayCome:
    @pytest.mark.parametrize(
        "title", ["Guests allowed", "Allowed guests", "Plus-ones allowed"]
    )
    def test_guests_allowed_are_plus_ones(self, event: Event, title: str) -> None:
        imported(event, f"Name,{title}\nTony Hale,2\n")
        assert event.guests.get().invitation.plus_ones == 2

    def test_a_number_of_guests_may_count_the_guest_and_is_asked_about(
        self, event: Event
    ) -> None:
        run = start(event, "Name,Number of guests\nTony Hale,2\n")
        assert imports.needs_mapping(run)


def test_a_file_without_any_name_is_still_asked_about(event: Event) -> None:
    assert imports.needs_mapping(start(event, "E-mail\nt@x.org\n"))
    with pytest.raises(csvfile.UnreadableFile):
        start(event, "t@x.org,1\n")
