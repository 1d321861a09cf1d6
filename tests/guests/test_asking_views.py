"""The door asks by one press, its page waits, and a host answers on theirs."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from events.models import Event, Member
from guests.door import pins
from guests.models import DoorRequest, Guest
from tests.conftest import signed_in
from tests.factories import (
    make_category,
    make_event,
    make_member,
    make_nomination,
    make_nominee,
)
from tests.guests.doorstep import address, find, shown
from tests.guests.factories import make_guest
from tests.guests.night import make_coming, make_nominated_guest, win

pytestmark = pytest.mark.django_db
PIN = "481516"


@pytest.fixture
def amy(event: Event) -> Member:
    member = make_member(event, Member.Role.HOST)
    pins.set_pin(member, PIN, by=member.user, at=timezone.now())
    return member


@pytest.fixture
def winner(event: Event) -> Guest:
    category = make_category(event, "Writing")
    guest = make_nominated_guest(event, category, name="Tina Fey")
    win(category, guest)
    return guest


def url(event: Event, name: str, *args: int) -> str:
    return reverse(f"guests:{name}", args=[event.slug, *args])


def ask(door: Client, event: Event, nonce: str = "n", **who: object) -> DoorRequest:
    response = door.post(url(event, "door_ask"), {"nonce": nonce, **who})
    row = DoorRequest.objects.latest("pk")
    assert response["Location"] == url(event, "door_request", row.pk)
    return row


def test_the_search_finds_nominees_who_are_on_nobody_s_list(
    door: Client, event: Event
) -> None:
    category = make_category(event, "Writing")
    tina = make_nominee(event, "Tina Fey")
    win(category, make_nomination(category, tina))
    make_nominated_guest(event, make_category(event, "Acting"), name="Tina Turner")
    body = find(door, event, "tina").content.decode()
    assert body.count("Ask the host</span>") == 1
    assert "won tonight: Writing" in body
    assert ask(door, event, nominee=tina.pk).nominee == tina


def test_a_name_nobody_knows_is_one_press_from_the_host(
    door: Client, host: Client, event: Event
) -> None:
    body = find(door, event, "bill murray").content.decode()
    assert "Ask the host about “bill murray”" in body
    row = ask(door, event, name="Bill Murray")
    assert "A host is asked." in door.get(url(event, "door_request", row.pk)).text
    page = host.get(url(event, "door_requests")).content.decode()
    assert "<title>(1) Admit?" in page
    assert "Not on the list, and no nominee." in page
    overview = host.get(event.get_absolute_url()).content.decode()
    assert "1 question from the door" in overview
    host.post(url(event, "door_decide", row.pk), {"decision": "grant"})
    turned = door.get(
        url(event, "door_request", row.pk), headers={"HX-Request": "true"}
    )
    guest = event.guests.get()
    assert turned["HX-Redirect"] == address(guest)
    assert "said yes at" in shown(door, guest)


def test_the_waiting_page_is_silent_until_there_is_news(
    door: Client, host: Client, event: Event
) -> None:
    row = ask(door, event, name="Bill Murray")
    here, ours = url(event, "door_request", row.pk), {"HX-Request": "true"}
    assert door.get(here, headers=ours).status_code == 204
    page = host.get(url(event, "door_requests"))
    seen = page.context["seen"]
    again = url(event, "door_requests") + f"?seen={seen}"
    assert host.get(again, headers=ours).status_code == 204
    ask(door, event, "m", name="Chevy Chase")
    answer = host.get(again, headers=ours).content.decode()
    assert "<title>(2) Admit?" in answer
    host.post(
        url(event, "door_decide", row.pk), {"decision": "refuse", "words": "No room"}
    )
    assert door.get(here, headers=ours)["HX-Redirect"] == here
    body = door.get(here).content.decode()
    assert "Not tonight." in body and "No room" in body


def test_who_declined_is_asked_about_from_the_grey_card(
    door: Client, host: Client, event: Event
) -> None:
    guest = make_guest(event, "Adam Scott", answer=Guest.Answer.NO)
    assert "Ask the host</button>" in shown(door, guest)
    row = ask(door, event, guest=guest.pk)
    card = shown(door, guest)
    assert "Ask the host</button>" not in card
    assert url(event, "door_request", row.pk) in card
    assert "Declined on" in host.get(url(event, "door_requests")).content.decode()
    make_coming(event)
    assert "Ask the host</button>" not in shown(door, event.guests.latest("pk"))


def test_a_full_house_says_what_a_host_can_do(door: Client) -> None:
    event = make_event(capacity=1)
    make_coming(event)
    host, door = (signed_in(make_member(event, role)) for role in ("host", "door"))
    row = ask(door, event, name="Bill Murray")
    page = url(event, "door_requests")
    assert "All 1 seats are taken" in host.get(page).content.decode()
    said = host.post(
        url(event, "door_decide", row.pk), {"decision": "grant"}, follow=True
    ).content.decode()
    assert "Every seat is taken, so nothing was decided." in said
    row.refresh_from_db()
    assert row.state == DoorRequest.State.OPEN


def test_a_host_answers_on_the_checker_s_phone_with_a_pin(
    door: Client, event: Event, amy: Member
) -> None:
    row = ask(door, event, name="Bill Murray")
    here = url(event, "door_pin_decide", row.pk)
    told = {"host": amy.pk, "decision": "grant"}
    wrong = door.post(here, told | {"pin": "000001"})
    assert wrong.status_code == 422
    assert "That PIN opens nothing" in wrong.text
    assert "000001" not in wrong.text
    right = door.post(here, told | {"pin": PIN})
    guest = event.guests.get()
    assert right["Location"] == address(guest)
    row.refresh_from_db()
    assert row.decided_by_name == str(amy.user)


def test_a_checker_asks_to_waive_and_cannot_waive_alone(
    door: Client, event: Event, winner: Guest, amy: Member
) -> None:
    card = shown(door, winner)
    assert "ask to waive" in card and "waive with a PIN" in card
    waive = address(winner, "door_waive")
    door.post(waive, {"nonce": "w", "reason": "Friend"})
    door.post(
        waive, {"nonce": "w", "reason": "Friend", "host": amy.pk, "pin": "000001"}
    )
    assert winner.obligations.get().state == "due"
    door.post(address(winner, "door_ask_waiver"), {"nonce": "a", "reason": "Says no"})
    assert DoorRequest.objects.get().reason == "Says no"
    door.post(waive, {"nonce": "x", "reason": "Friend", "host": amy.pk, "pin": PIN})
    row = winner.obligations.get()
    assert (row.state, row.waived_by_name) == ("waived", str(amy.user))
    assert DoorRequest.objects.get().state == "granted"


def test_a_press_that_asked_for_one_winner_lets_no_other_off(
    door: Client, host: Client, event: Event, winner: Guest
) -> None:
    """What a host waives is what stands on the card, whatever a phone sends."""
    category = make_category(event, "Acting")
    other = make_nominated_guest(event, category, name="Jon Hamm")
    win(category, other)
    door.post(address(winner, "door_ask_waiver"), {"nonce": "n", "reason": "Says no"})
    host.post(address(other, "door_waive"), {"nonce": "n", "reason": "Friend"})
    assert winner.obligations.get().state == "due"


def test_a_host_at_the_door_waives_without_a_pin(host: Client, winner: Guest) -> None:
    assert "Waive it" in shown(host, winner)
    host.post(address(winner, "door_waive"), {"nonce": "w", "reason": "Friend"})
    assert winner.obligations.get().waived_reason == "Friend"


def test_the_host_s_page_takes_a_constant_number_of_queries(
    door: Client, host: Client, event: Event, django_assert_max_num_queries: object
) -> None:
    category = make_category(event, "Writing")
    for number in range(8):
        nominee = make_nominee(event, f"Nominee {number}")
        make_nomination(category, nominee)
        ask(door, event, f"a{number}", nominee=nominee.pk)
        guest = make_guest(event, answer=Guest.Answer.NO)
        ask(door, event, f"b{number}", guest=guest.pk)
    with django_assert_max_num_queries(11):
        host.get(url(event, "door_requests"))


def test_a_blocked_guest_is_not_asked_about(door: Client, event: Event) -> None:
    guest = make_guest(event, is_blocked=True)
    assert "Ask the host</button>" not in shown(door, guest)
    said = door.post(
        url(event, "door_ask"), {"nonce": "n", "guest": guest.pk}, follow=True
    )
    assert "walk them to the host" in said.text
    assert not DoorRequest.objects.exists()


def test_the_door_stops_asking(door: Client, host: Client, event: Event) -> None:
    row = ask(door, event, name="Bill Murray")
    door.post(url(event, "door_withdraw", row.pk))
    page = host.get(url(event, "door_requests")).content.decode()
    assert "Nobody asks anything" in page and "Withdrawn" in page
