"""Likely doubles are found and shown side by side; a host decides."""

from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from events.models import Event
from guests import merging
from guests.models import Guest
from tests.factories import make_category, make_nominee
from tests.guests.factories import make_guest
from tests.guests.night import make_coming, make_nominated_guest, make_plus_one, win
from tests.guests.people import YES

pytestmark = pytest.mark.django_db


def url_of(event: Event, name: str, *more: object) -> str:
    return reverse(f"guests:{name}", args=[event.slug, *more])


def pairs(event: Event) -> list[tuple[str, str]]:
    return [(one.name, other.name) for one, other in merging.pairs(event, 10)]


class TestFinding:
    def test_other_spellings_of_a_name_are_a_pair(self, event: Event) -> None:
        make_guest(event, "Robert Downey Jr.")
        make_guest(event, "Downey, ROBERT")
        make_guest(event, "Somebody Else")
        assert pairs(event) == [("Robert Downey Jr.", "Downey, ROBERT")]

    def test_a_plus_one_may_be_a_nominee_by_another_name(self, event: Event) -> None:
        friend = make_plus_one(make_coming(event, "Host"), "Bob Fisher")
        nominee = make_nominee(event, "Robert Fisher", aliases=["Bob Fisher"])
        guest = make_guest(event, "Robert Fisher", nominee=nominee)
        assert merging.pairs(event, 10) == [(guest, friend)]
        assert merging.alike(guest) == [friend]

    def test_a_name_somebody_is_also_known_by_finds_them(self, event: Event) -> None:
        make_guest(event, "Leslie Knope", aliases=["Amy P"])
        make_guest(event, "Amy P.")
        assert pairs(event) == [("Leslie Knope", "Amy P.")]

    def test_two_nominees_and_who_left_the_list_are_no_pair(self, event: Event) -> None:
        for _ in range(2):
            make_guest(event, "John Smith", nominee=make_nominee(event))
        make_guest(event, "Ann Lee", removed_at=timezone.now())
        make_guest(event, "Ann Lee")
        assert pairs(event) == []

    def test_a_name_of_very_many_is_no_hint(self, event: Event) -> None:
        for _ in range(8):
            make_guest(event, "John Smith")
        assert pairs(event) == []

    def test_two_people_stay_two_people(self, host: Client, event: Event) -> None:
        ids = [make_guest(event, "John Smith").pk for _ in range(2)]
        for first, second in (ids, ids[::-1]):
            typed = {"first": first, "second": second}
            assert host.post(url_of(event, "keep_apart"), typed).status_code == 302
        assert event.known_apart.count() == event.activities.count() == 1
        assert pairs(event) == []
        assert merging.alike(Guest.objects.get(pk=ids[0])) == []

    @pytest.mark.parametrize("second", ["", "0", "9" * 30, "x"])
    def test_a_pair_of_nobody_is_refused(
        self, host: Client, event: Event, second: str
    ) -> None:
        typed = {"first": make_guest(event).pk, "second": second}
        response = host.post(url_of(event, "keep_apart"), typed)
        assert response.status_code in (400, 404)

    def test_the_page_asks_the_same_however_many_there_are(
        self,
        host: Client,
        event: Event,
        django_assert_num_queries: DjangoAssertNumQueries,
    ) -> None:
        for number in range(10):
            host_guest = make_coming(event, f"Person Number{number}")
            make_plus_one(host_guest, f"Number{number} Person")
        with django_assert_num_queries(10):
            page = host.get(url_of(event, "doubles"))
        assert len(page.context["pairs"]) == 10

    def test_a_list_without_doubles_says_so(self, host: Client, event: Event) -> None:
        page = host.get(url_of(event, "doubles"))
        assert "Everybody is one person" in page.text


class TestSideBySide:
    def test_both_rows_and_what_would_happen_are_shown(
        self, host: Client, event: Event
    ) -> None:
        category = make_category(event, "Outstanding Drama Series")
        winner = make_nominated_guest(event, category, name="Vince G")
        win(category, winner)
        friend = make_coming(event, "Vincent", notes="Likes gin", tags=["friend"])
        make_plus_one(friend, "Ann")
        page = host.get(url_of(event, "guest_merge", friend.pk, winner.pk)).text
        for words in (
            "Vince G",
            "Likes gin",
            winner.invitation.contact.email,
            "Both links that were sent lead to this one person.",
            "Comes with Ann.",
            "Seats taken go from 3 to 2.",
            "Outstanding Drama Series",
        ):
            assert words in page
        assert event.guests.on_the_list().count() == 3

    def test_what_is_shown_is_what_is_done(self, host: Client, event: Event) -> None:
        kept, gone = make_coming(event, "Amy"), make_guest(event, "Amy P.")
        url = url_of(event, "guest_merge", kept.pk, gone.pk)
        chosen = {"name": "gone", "address": "gone", "answer": "kept"}
        page = host.get(url, chosen)
        seen = page.context["foreseen"]
        host.post(url, chosen | {"seen": seen.mark})
        kept = Guest.objects.get(pk=kept.pk)
        assert (kept.name, kept.answer) == ("Amy P.", YES)
        assert kept.invitation.contact == gone.invitation.contact
        assert event.guests.attending().count() == seen.heads_after
        again = host.post(url, chosen | {"seen": seen.mark})
        assert again.status_code == HTTPStatus.FOUND
        assert event.guest_merges.count() == 1

    def test_what_changed_meanwhile_is_looked_at_again(
        self, host: Client, event: Event
    ) -> None:
        kept, gone = make_guest(event, "Amy"), make_guest(event, "Amy P.")
        url = url_of(event, "guest_merge", kept.pk, gone.pk)
        seen = host.get(url).context["foreseen"].mark
        Guest.objects.filter(pk=gone.pk).update(notes="gin")
        response = host.post(url, {"seen": seen})
        assert response.status_code == HTTPStatus.CONFLICT
        assert "Something changed" in response.text
        assert not event.guest_merges.exists()

    def test_a_merge_that_cannot_be_says_why(self, host: Client, event: Event) -> None:
        rows = [make_guest(event, nominee=make_nominee(event)) for _ in range(2)]
        url = url_of(event, "guest_merge", *(row.pk for row in rows))
        assert "two nominees" in host.get(url).text
        seen = merging.mark(merging.read_pair(*(row.pk for row in rows)))
        response = host.post(url, {"seen": seen})
        assert response.status_code == HTTPStatus.CONFLICT

    def test_one_press_takes_it_back(self, host: Client, event: Event) -> None:
        kept, gone = make_guest(event, "Amy"), make_guest(event, "Amy P.")
        url = url_of(event, "guest_merge", kept.pk, gone.pk)
        host.post(url, {"seen": host.get(url).context["foreseen"].mark})
        page = host.get(url_of(event, "guest_detail", gone.pk)).text
        assert "This row was merged with" in page
        row = event.guest_merges.get()
        host.post(url_of(event, "merge_undo", row.pk))
        assert event.guests.on_the_list().count() == 2

    def test_a_merge_that_cannot_be_parted_says_why(
        self, host: Client, event: Event
    ) -> None:
        kept, gone = make_coming(event, "Amy"), make_coming(event, "Amy P.")
        url = url_of(event, "guest_merge", kept.pk, gone.pk)
        host.post(url, {"seen": host.get(url).context["foreseen"].mark})
        event.capacity = 1
        event.save()
        undo = url_of(event, "merge_undo", event.guest_merges.get().pk)
        assert "The room is" in host.post(undo, follow=True).text

    def test_the_other_row_is_found_by_name(self, host: Client, event: Event) -> None:
        guest = make_guest(event, "Amy Poehler")
        other = make_guest(event, "Leslie Knope")
        page = host.get(url_of(event, "merge_find", guest.pk), {"q": "knope"})
        assert page.context["found"] == [other]
