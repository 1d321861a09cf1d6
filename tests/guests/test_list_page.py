"""A page of the guest list: right in every row, and as cheap for fifty as for one."""

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from events.models import Event
from guests import letters, list_page
from guests.models import Guest
from tests.guests.factories import make_guest

YES, NO = Guest.Answer.YES, Guest.Answer.NO


def names(event: Event, text: str = "", answer: str = "") -> list[str]:
    page = list_page.read(list_page.matching(event, text, answer), "")
    return [row.guest.name for row in page.rows]


def test_people_are_counted_by_answer(event: Event) -> None:
    make_guest(event, answer=YES)
    make_guest(event, answer=NO)
    make_guest(event)
    make_guest(event, answer=YES, removed_at=timezone.now())

    assert list_page.counts(event) == {
        "total": 3,
        "waiting": 1,
        "yes": 1,
        "no": 1,
        "waitlisted": 0,
    }


def test_nobody_is_counted_as_nothing(event: Event) -> None:
    assert list_page.counts(event)["total"] == 0


def test_a_name_is_found_without_accents_and_a_plus_one_with_their_host(
    event: Event,
) -> None:
    host = make_guest(event, "Zoë O'Neill", answer=YES)
    make_guest(
        event, "Amélie", invitation=host.invitation, plus_one_of=host, answer=YES
    )
    make_guest(event, "Somebody Else")
    make_guest(name="Amélie of another evening")

    assert names(event, "zoe oneill") == ["Zoë O'Neill"]
    assert names(event, "amelie") == ["Zoë O'Neill"]
    assert names(event, "e", answer=YES) == ["Zoë O'Neill"]


def test_a_plus_one_who_was_taken_off_finds_nobody(event: Event) -> None:
    host = make_guest(event, "Zoë", answer=YES)
    make_guest(
        event,
        "Amélie",
        invitation=host.invitation,
        plus_one_of=host,
        removed_at=timezone.now(),
    )

    assert names(event, "amelie") == []


def test_each_row_says_how_its_letter_stands(event: Event) -> None:
    written, waiting, silent = (make_guest(event, name) for name in ("A", "B", "C"))
    silent.invitation.contact.email = ""
    silent.invitation.contact.save()
    letters.post([letters.invitation(written.invitation, [written])], timezone.now())

    rows = list_page.read(list_page.matching(event, "", ""), "").rows

    assert [row.guest for row in rows] == [written, waiting, silent]
    for row, words in zip(rows, ["Queued", "Not sent yet", "No address"], strict=True):
        assert words in row.letter


@pytest.mark.parametrize("people", [1, 50])
def test_a_page_takes_the_same_queries_whatever_its_length(
    host: Client,
    event: Event,
    people: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(people):
        make_guest(event, f"Guest {number:02d}")

    with django_assert_num_queries(8):
        response = host.get(f"/events/{event.slug}/guests/")

    assert response.status_code == 200


def test_a_name_leads_to_its_page(host: Client, event: Event) -> None:
    guest = make_guest(event, "Zoë")

    text = host.get(f"/events/{event.slug}/guests/").content.decode()

    assert f'href="{guest.pk}/"' in text
    assert host.get(f"/events/{event.slug}/guests/{guest.pk}/").status_code == 200
