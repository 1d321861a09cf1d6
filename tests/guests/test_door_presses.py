"""In, out, undone, denied: one press is one act, and a copy of it is none."""

import pytest
from django.test import Client

from events.models import Event
from guests.models import Admission, Guest
from tests.conftest import signed_in
from tests.factories import make_member
from tests.guests.doorstep import address, press, shown
from tests.guests.night import (
    make_coming,
    make_plus_one,
    pay,
)


def test_one_press_lets_one_person_in(door: Client, event: Event) -> None:
    guest = make_coming(event)

    response = press(door, guest, "admit")

    assert response.url == address(guest)
    text = door.get(response.url).content.decode()
    assert "Inside since " in text
    assert f"let in by {door.user}" in text
    assert f"<strong>1</strong> of {event.capacity} inside" in text


def test_the_second_phone_is_told_when_and_by_whom(door: Client, event: Event) -> None:
    guest = make_coming(event)
    other = signed_in(make_member(event, "door"))
    press(door, guest, "admit", nonce="one")

    response = press(other, guest, "admit", nonce="two")

    text = other.get(response.url).content.decode()
    assert "admitted already at" in text
    assert f"by {door.user}" in text
    assert guest.admissions.count() == 1


def test_a_plus_one_is_let_in_from_the_guests_card(door: Client, event: Event) -> None:
    guest = make_coming(event)
    plus_one = make_plus_one(guest, "Robin")
    assert address(plus_one, "door_admit") in shown(door, guest)

    response = press(door, plus_one, "admit", card=guest.pk)

    assert response.url == address(guest)
    assert not guest.admissions.exists()
    assert plus_one.admissions.get().action == Admission.Action.IN


@pytest.mark.parametrize("card", ["0", "-1", "x", "9" * 30, "other"])
def test_the_way_back_leads_to_the_same_party(
    door: Client, event: Event, card: str
) -> None:
    guest, stray = make_coming(event), make_coming(event)

    response = press(door, guest, "admit", card=stray.pk if card == "other" else card)

    assert response.status_code in (302, 409)
    if response.status_code == 302:
        assert response.url == address(guest)


def test_a_winner_who_owes_is_not_let_in(
    door: Client, event: Event, winner: Guest
) -> None:
    response = press(door, winner, "admit")

    assert response.status_code == 409
    assert "$1,000.00 first" in response.content.decode()
    assert not event.admissions.exists()


def test_a_winner_pays_hands_the_trophy_over_and_walks_in(
    door: Client, event: Event, winner: Guest
) -> None:
    pay(winner)
    door.post(address(winner, "trophy_receive"), {"tag": "a7", "shelf": "top"})
    assert "We&#x27;re so sorry for your win. Come on in." in shown(door, winner)

    press(door, winner, "admit")

    assert winner.admissions.get().action == Admission.Action.IN


def test_going_out_and_coming_back(door: Client, event: Event) -> None:
    guest = make_coming(event)
    press(door, guest, "admit", nonce="1")
    press(door, guest, "out", nonce="2")
    assert "Let in" in shown(door, guest)
    press(door, guest, "admit", nonce="3")

    actions = guest.admissions.order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["in", "out", "in"]


@pytest.mark.parametrize("act", ["undo", "deny"])
@pytest.mark.parametrize("reason", ["", "   ", "\u200b", "x" * 301])
def test_undoing_and_denying_need_a_reason(
    door: Client, event: Event, act: str, reason: str
) -> None:
    guest = make_coming(event)
    if act == "undo":
        press(door, guest, "admit", nonce="before")
    before = event.admissions.count()

    response = press(door, guest, act, reason=reason)

    assert response.status_code == 422
    assert "reason-error" in response.content.decode()
    assert event.admissions.count() == before


def test_an_admission_is_undone_with_its_reason(door: Client, event: Event) -> None:
    guest = make_coming(event)
    press(door, guest, "admit", nonce="1")

    press(door, guest, "undo", nonce="2", reason="Wrong person")

    assert "Wrong person" in shown(door, guest)
    inside = f"<strong>0</strong> of {event.capacity} inside"
    assert inside in shown(door, guest)


def test_somebody_is_denied_with_a_reason(door: Client, event: Event) -> None:
    guest = make_coming(event)

    press(door, guest, "deny", reason="Not the person named")

    assert guest.admissions.get().action == Admission.Action.DENIED
    assert "Not the person named" in shown(door, guest)


def test_somebody_inside_is_not_denied(door: Client, event: Event) -> None:
    guest = make_coming(event)
    press(door, guest, "admit", nonce="1")

    response = press(door, guest, "deny", nonce="2", reason="Too late")

    assert response.status_code == 409
    assert "admitted already at" in response.content.decode()


@pytest.mark.parametrize("act", ["admit", "out", "undo", "deny"])
@pytest.mark.parametrize("nonce", ["", "used", "x" * 65, "a\x00b", None])
def test_a_press_without_its_own_name_does_nothing(
    door: Client, event: Event, act: str, nonce: str | None
) -> None:
    guest, other = make_coming(event), make_coming(event)
    press(door, other, "admit", nonce="used")
    data = {"reason": "why"} if nonce is None else {"reason": "why", "nonce": nonce}

    response = door.post(address(guest, f"door_{act}"), data)

    assert response.status_code == 409
    assert guest.name in response.content.decode()
    assert not guest.admissions.exists()


def test_a_second_tab_of_one_login_is_told_too(door: Client, event: Event) -> None:
    guest = make_coming(event)
    press(door, guest, "admit", nonce="one")

    response = press(door, guest, "admit", nonce="two")

    assert "admitted already at" in door.get(response.url).content.decode()
