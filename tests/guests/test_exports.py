"""The list as files: what they hold, that they run nowhere, and that they read back."""

import csv
import io
import tracemalloc

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from pytest_django import DjangoAssertNumQueries

from events.models import Event
from guests import imports
from guests.listing import exports
from guests.models import Contact, Guest, ImportRun
from losers_lounge.demo import seeding
from tests.conftest import signed_in
from tests.factories import make_category, make_event, make_member
from tests.guests.factories import make_contact, make_guest, make_invitation
from tests.guests.night import make_nominated_guest, win
from tests.guests.people import AT, NO, YES, say

pytestmark = pytest.mark.django_db
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "＝cmd", "\t=1", "a;=1+1")


def fetched(client: Client, event: Event, name: str, **query: str) -> bytes:
    response = client.get(reverse(f"guests:{name}", args=[event.slug]), query)
    assert response.status_code == 200
    assert "attachment" in response["Content-Disposition"]
    return b"".join(response.streaming_content)


def rows_of(client: Client, event: Event, **query: str) -> list[dict[str, str]]:
    text = fetched(client, event, "export_csv", **query).decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


class TestGuests:
    def test_a_row_says_everything_of_a_guest(self, host: Client, event: Event) -> None:
        category = make_category(event)
        tina = make_nominated_guest(event, category, name="Tina Fey")
        win(category, tina)
        Guest.objects.filter(pk=tina.pk).update(
            tags=["press", "nominee"], is_vip=True, dietary="no nuts", notes="Table 4"
        )
        tina.call("Tina Fey", ["Liz Lemon"])
        tina.save(update_fields=Guest.NAME_COLUMNS)
        make_guest(event, name="Jeff", invitation=tina.invitation, plus_one_of=tina)
        (row,) = rows_of(host, event)
        assert row["name"] == "Tina Fey"
        assert row["email"] == tina.invitation.contact.email
        assert (row["tags"], row["vip"], row["notes"]) == (
            "press;nominee",
            "yes",
            "Table 4",
        )
        assert (row["answer"], row["brings"], row["owes"]) == (
            "Coming",
            "Jeff",
            "$1,000.00",
        )
        assert (row["dietary"], row["also_known_as"]) == ("no nuts", "Liz Lemon")
        assert row["nominated"] == "Tina Fey"

    def test_exactly_the_filtered_view_leaves(self, host: Client, event: Event) -> None:
        say(make_guest(event, name="Ann"), YES)
        say(make_guest(event, name="Bob"), NO)
        make_guest(event, name="Cy", removed_at=AT)
        make_guest(make_event(), name="Di")
        assert [row["name"] for row in rows_of(host, event)] == ["Ann", "Bob"]
        assert [row["name"] for row in rows_of(host, event, answer="no")] == ["Bob"]

    def test_a_workbook_says_the_same(self, host: Client, event: Event) -> None:
        make_guest(event, name="=1+1", notes="+1", plus_ones=2)
        data = fetched(host, event, "export_xlsx")
        header, row = load_workbook(io.BytesIO(data)).active.iter_rows()
        assert tuple(cell.value for cell in header) == exports.GUEST_COLUMNS
        assert (row[0].value, row[0].data_type) == ("=1+1", "s")
        assert (row[3].value, row[7].value) == (2, "+1")

    @pytest.mark.parametrize("text", FORMULAS)
    def test_nothing_is_a_formula(self, host: Client, event: Event, text: str) -> None:
        make_guest(event, name=f"x{text}", notes=text, dietary=text, tags=[text])
        line = fetched(host, event, "export_csv").decode().splitlines()[1]
        for cell in next(csv.reader([line])):
            for part in cell.replace("\t", ";").split(";"):
                assert part[:1] not in "=+-@＝" or part == ""

    def test_many_cost_as_much_as_few(
        self,
        host: Client,
        event: Event,
        django_assert_max_num_queries: DjangoAssertNumQueries,
    ) -> None:
        for size in (2, 30):
            for _ in range(size):
                say(make_guest(event, plus_ones=1), YES, "Al")
            with django_assert_max_num_queries(10):
                assert rows_of(host, event)


class TestRoundTrip:
    def test_exported_and_imported_again_nothing_changes(
        self, host: Client, event: Event
    ) -> None:
        dana = make_contact(event, "Dana Fox", email="dana@x.org", phone="+1 310 555")
        for name in ("Ann", "Bob"):
            make_guest(event, name=name, invitation=make_invitation(event, dana))
        make_guest(
            event, name="Zoë “Z” O'Neill, Jr.", tags=["a b", "=x"], notes='"1;2"'
        )
        make_guest(event, name="=Cy", is_vip=True, plus_ones=2, dietary="none")
        make_guest(
            event,
            name="Di",
            invitation=make_invitation(event, make_contact(event, "Di", email="")),
        )
        Contact.objects.filter(name="=Cy").update(phone="+44 20 7946")
        for name in ("export_csv", "export_xlsx"):
            done = imported(event, fetched(host, event, name))
            assert (done.new, done.changed, done.refused) == (0, 0, 0)
            assert done.same == 5

    def test_imported_elsewhere_it_is_the_same_list(
        self, host: Client, event: Event
    ) -> None:
        dana = make_contact(event, "Dana Fox", email="dana@x.org")
        make_guest(
            event, name="Ann", tags=["press"], invitation=make_invitation(event, dana)
        )
        make_guest(event, name="Bob", is_vip=True, notes="Table 4", plus_ones=1)
        text = fetched(host, event, "export_csv")
        other = make_event()
        assert imported(other, text).new == 2
        client = signed_in(make_member(other, "host"))
        assert fetched(client, other, "export_csv") == text


def imported(event: Event, data: bytes) -> imports.Summary:
    run = imports.start(event, ImportRun.Kind.GUESTS, data, by=None, at=AT)
    return imports.finish(run.pk, by=None, at=AT)


class TestVenue:
    def test_heads_count_under_whoever_brings_them(self, event: Event) -> None:
        say(make_guest(event, tags=["press", "vip"], plus_ones=1), YES, "Al")
        say(make_guest(event, tags=["press"]), NO)
        say(make_guest(event), YES)
        assert exports.heads_by_tag(event) == [("", 3), ("press", 2), ("vip", 2)]

    def test_the_venue_hears_of_those_who_come(
        self, host: Client, event: Event
    ) -> None:
        say(make_guest(event, name="Ann", dietary="no nuts", tags=["press"]), YES)
        make_guest(event, name="Bob", accessibility="a ramp")
        page = host.get(reverse("guests:venue", args=[event.slug]))
        assert "no nuts" in page.text
        assert "a ramp" not in page.text
        text = fetched(host, event, "venue_csv").decode()
        assert text.splitlines()[1:] == [
            "everybody,,1,,",
            "tag,press,1,,",
            "guest,Ann,1,no nuts,",
        ]
        book = load_workbook(io.BytesIO(fetched(host, event, "venue_xlsx")))
        assert [row[1].value for row in book.active.iter_rows(min_row=2)] == [
            None,
            "press",
            "Ann",
        ]


class TestDoorList:
    def test_everybody_who_comes_stands_under_their_own_name(
        self, event: Event, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        door = signed_in(make_member(event, "door"))
        category = make_category(event)
        winner = make_nominated_guest(event, category, name="Vince", tags=["press"])
        win(category, winner)
        say(make_guest(event, name="Bob", plus_ones=1, notes="secret"), YES, "Al")
        say(make_guest(event, name="Cy Nobody"), NO)
        with django_assert_max_num_queries(10):
            page = door.get(reverse("guests:door_list", args=[event.slug])).text
        places = [page.index(f">{name}") for name in ("Al", "Bob", "Vince")]
        assert places == sorted(places)
        assert "press" in page
        for words in ("As of ", "Come in", "<strong>Winner</strong>", "☐"):
            assert words in page
        for hidden in ("Cy Nobody", "$", "@guests.example", "secret"):
            assert hidden not in page


def test_an_export_of_many_is_never_held_at_once(
    event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "BATCH", 100)
    peaks = []
    for size in (500, 2_500):
        seeded = seeding.seed(f"many-{size}", seeding.Size(size), AT)
        tracemalloc.start()
        assert sum(1 for _ in exports.guest_rows(seeded, seeded.guests.all())) == size
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.3 * peaks[0]
