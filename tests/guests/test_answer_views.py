"""A press on yes or no: what stands afterwards, and what is refused in words."""

import html
import re
from http import HTTPStatus

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from events.models import Message
from guests.models import Guest, Invitation
from tests.factories import (
    make_event,
)
from tests.guests.factories import make_guest, make_invitation
from tests.guests.people import (
    NO,
    YES,
    browser_of,
    page_of,
    party_of,
    say,
)

pytestmark = pytest.mark.django_db


def press(client: Client, guest: Guest, /, **fields: object) -> HttpResponse:
    data = {"guest": guest.public_id, "version": 0, "answer": YES}
    return client.post(page_of(guest.invitation, "rsvp"), data | fields)


def test_a_press_answers_and_shows_what_stands() -> None:
    guest = make_guest(name="Merritt Wever", plus_ones=1)
    client = browser_of(guest.invitation)
    response = press(client, guest, plus_one_1="Ann")
    assert response.status_code == HTTPStatus.FOUND
    page = client.get(response["Location"])
    assert "See you there, Merritt Wever." in page.text
    assert "With you: Ann" in page.text
    assert party_of(guest) == ["Ann"]


def test_who_answers_must_be_of_this_invitation() -> None:
    guest, other = make_guest(), make_guest()
    client = browser_of(guest.invitation)
    for value in (other.public_id, "x", "\N{TROPHY}" * 500):
        response = press(client, guest, guest=value)
        assert response.status_code == HTTPStatus.NOT_FOUND
    assert not Guest.objects.exclude(answer=Guest.Answer.WAITING).exists()


@pytest.mark.parametrize(
    "answer",
    ["", "maybe", "waiting", "1", "yes\0", pytest.param("x" * 10_000, id="long")],
)
def test_an_answer_outside_the_list_is_told_and_the_names_are_kept(
    answer: str,
) -> None:
    guest = make_guest(plus_ones=1)
    client = browser_of(guest.invitation)
    response = press(client, guest, answer=answer, plus_one_1="Ann & Co")
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert 'value="Ann &amp; Co"' in response.text
    assert response.context["shown"][0]["form"].errors["answer"]
    guest.refresh_from_db()
    assert guest.answer == Guest.Answer.WAITING


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("x" * 201, id="one letter too long"),
        pytest.param("x" * 1_000_000, id="a megabyte"),
        pytest.param("\u0958" * 200, id="longer in NFC"),
    ],
)
def test_a_name_that_does_not_fit_is_told_at_its_field(name: str) -> None:
    guest = make_guest(plus_ones=1)
    response = press(browser_of(guest.invitation), guest, plus_one_1=name)
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "plus_one_1" in response.context["shown"][0]["form"].errors
    assert not Guest.objects.filter(plus_one_of=guest).exists()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("<img onerror=alert(1)>", "<img onerror=alert(1)>"),
        ("{{ 7|add:1 }}{% now 'Y' %}", "{{ 7|add:1 }}{% now 'Y' %}"),
        ("Ann\r\nBcc: all@example.com", "Ann Bcc: all@example.com"),
        ("\u202eAnn", "Ann"),
        ("=1+1", "=1+1"),
        pytest.param("ﷺ" * 150, "ﷺ" * 150, id="its key is longer"),
        pytest.param("ß" * 200, "ß" * 200, id="its key is twice as long"),
    ],
)
def test_an_odd_name_is_text_and_nothing_else(typed: str, kept: str) -> None:
    guest = make_guest(plus_ones=1)
    client = browser_of(guest.invitation)
    assert press(client, guest, plus_one_1=typed).status_code == HTTPStatus.FOUND
    assert party_of(guest) == [kept]
    page = client.get(page_of(guest.invitation))
    assert "<img onerror" not in page.text


def test_a_name_beyond_the_allowance_is_refused_not_dropped() -> None:
    guest = make_guest(plus_ones=1)
    client = browser_of(guest.invitation)
    response = press(client, guest, plus_one_1="Ann", plus_one_2="Bob")
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert not Guest.objects.filter(plus_one_of=guest).exists()


@pytest.mark.parametrize("version", ["-1", "7", "1" * 40, "1.5", "abc", "１"])
def test_a_page_from_another_time_changes_nothing(version: str) -> None:
    guest = make_guest()
    response = press(browser_of(guest.invitation), guest, version=version)
    assert response.status_code in (
        HTTPStatus.CONFLICT,
        HTTPStatus.UNPROCESSABLE_ENTITY,
    )
    guest.refresh_from_db()
    assert guest.answer == Guest.Answer.WAITING


def test_a_stale_page_is_shown_what_stands_now() -> None:
    guest = make_guest(name="Merritt Wever")
    client = browser_of(guest.invitation)
    say(guest, NO)
    response = press(client, guest)
    assert response.status_code == HTTPStatus.CONFLICT
    assert "changed on another device" in response.text
    assert "come, Merritt Wever. We'll pour one" in html.unescape(response.text)


def test_the_same_press_twice_writes_one_letter() -> None:
    guest = make_guest()
    client = browser_of(guest.invitation)
    for _ in range(2):
        assert press(client, guest).status_code == HTTPStatus.FOUND
    assert Message.objects.count() == 1


@pytest.mark.parametrize("status", ["closed", "cancelled", "draft"])
def test_after_the_answers_are_closed_the_page_says_so(status: str) -> None:
    guest = make_guest(make_event(status=status))
    client = browser_of(guest.invitation)
    said = "evening is canceled" if status == "cancelled" else "Answers are closed"
    assert said in client.get(page_of(guest.invitation)).text
    response = press(client, guest)
    assert response.status_code == HTTPStatus.GONE
    assert said in response.text


def full_event() -> tuple[Guest, Client]:
    event = make_event(capacity=1)
    say(make_guest(event))
    guest = make_guest(event, plus_ones=1)
    return guest, browser_of(guest.invitation)


def test_a_full_room_offers_the_waiting_list() -> None:
    guest, client = full_event()
    response = press(client, guest, plus_one_1="Ann")
    assert response.status_code == HTTPStatus.CONFLICT
    assert 'value="waitlisted"' in response.text
    assert 'value="Ann"' in response.text
    response = press(client, guest, answer="waitlisted")
    assert response.status_code == HTTPStatus.FOUND
    assert "You are on the waiting list" in client.get(response["Location"]).text


def buttons(page: HttpResponse) -> list[str]:
    return re.findall(r'name="answer" value="(\w+)"', page.text)


@pytest.mark.parametrize("before", [None, NO])
def test_a_full_room_says_so_before_anybody_presses(before: str | None) -> None:
    guest, client = full_event()
    if before:
        say(guest, before)
    page = client.get(page_of(guest.invitation))
    assert "Every seat is taken" in page.text
    assert buttons(page)[0] == "waitlisted"
    assert "yes" not in buttons(page)


def test_who_has_a_seat_in_a_full_room_reads_nothing_of_it() -> None:
    event = make_event(capacity=1)
    guest = say(make_guest(event, plus_ones=1))
    page = browser_of(guest.invitation).get(page_of(guest.invitation))
    assert "Every seat is taken" not in page.text
    assert buttons(page) == ["yes", "no"]


def test_seats_are_counted_once_for_all_of_an_invitation() -> None:
    event, costs = make_event(capacity=50), []
    row = make_invitation(event)
    for size in (1, 8):
        for _ in range(size):
            make_guest(invitation=row)
        with CaptureQueriesContext(connection) as asked:
            browser_of(row).get(page_of(row))
        costs.append(len(asked))
    assert costs[0] == costs[1]


def test_with_seats_for_fewer_people_yes_stays_on_offer() -> None:
    event = make_event(capacity=1)
    guest = make_guest(event, plus_ones=1)
    response = press(browser_of(guest.invitation), guest, plus_one_1="Ann")
    assert response.status_code == HTTPStatus.CONFLICT
    assert "Only 1 seat is left" in response.text
    for value in ("yes", "no", "waitlisted"):
        assert f'value="{value}"' in response.text


def test_who_has_a_seat_is_not_asked_to_give_it_up_for_the_waiting_list() -> None:
    event = make_event(capacity=1)
    guest = say(make_guest(event, plus_ones=1))
    client = browser_of(guest.invitation)
    response = press(client, guest, plus_one_1="Ann", version=1)
    assert response.status_code == HTTPStatus.CONFLICT
    assert "Your own seat is safe" in response.text
    assert 'value="waitlisted"' not in response.text
    guest.refresh_from_db()
    assert guest.answer == YES


def test_fields_nobody_asked_for_change_nothing() -> None:
    guest = make_guest(name="Merritt Wever")
    press(
        browser_of(guest.invitation),
        guest,
        **{"name": "Other", "is_vip": "on", "plus_ones": 20, "nominee": 1},
    )
    after = Guest.objects.get(pk=guest.pk)
    assert (after.name, after.is_vip, after.nominee) == ("Merritt Wever", False, None)
    assert Invitation.objects.get(pk=guest.invitation_id).plus_ones == 0


def test_an_assistant_answers_for_each_of_the_invited() -> None:
    row = make_invitation(make_event())
    one, two = make_guest(invitation=row), make_guest(invitation=row)
    client = browser_of(row)
    press(client, two, answer=NO)
    one.refresh_from_db()
    two.refresh_from_db()
    assert (one.answer, two.answer) == (Guest.Answer.WAITING, NO)
