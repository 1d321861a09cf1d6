"""A statue's page: who looked, who confirms, and the owner's code."""

import re
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from events import outbox
from events.models import Event
from guests.models import Guest, HandOver, Trophy
from guests.trophies import hand_over
from tests.conftest import signed_in
from tests.factories import make_member
from tests.guests.statues import code_sent_for, make_winner_of, receive, send_code


@pytest.fixture
def winner(event: Event) -> Guest:
    return make_winner_of(event)


@pytest.fixture
def trophy(winner: Guest) -> Trophy:
    return receive(winner)


@pytest.fixture
def colleague(event: Event) -> Client:
    return signed_in(make_member(event, "door"))


def press(client: Client, act: str, row: Any, **data: str) -> HttpResponse:
    event = getattr(row, "event", None) or row.trophy.event
    url = reverse(f"guests:hand_over_{act}", args=[event.slug, row.pk])
    return client.post(url, data)


def shown(client: Client, trophy: Trophy) -> str:
    url = reverse("guests:trophy", args=[trophy.event.slug, trophy.pk])
    return client.get(url).content.decode()


def the_one(trophy: Trophy) -> HandOver:
    return trophy.hand_overs.get(done_at=None, cancelled_at=None)


def is_here(trophy: Trophy) -> bool:
    trophy.refresh_from_db()
    return trophy.released_at is None


def test_one_looks_another_confirms_and_it_is_gone(
    door: Client, colleague: Client, trophy: Trophy
) -> None:
    assert press(door, "begin", trophy, identity="id").status_code == 302
    mine, theirs = shown(door, trophy), shown(colleague, trophy)
    assert "Now a second person looks." in mine
    assert "It is them: hand it to" not in mine
    assert "photo ID shown" in theirs

    press(colleague, "confirm", the_one(trophy))

    assert not is_here(trophy)
    assert "Handed to Vince" in shown(door, trophy)


def test_how_an_owner_was_known_is_kept_in_english_and_told_to_each_reader(
    door: Client, colleague: Client, trophy: Trophy
) -> None:
    for client in (door, colleague):
        client.defaults["HTTP_ACCEPT_LANGUAGE"] = "es"
    press(door, "begin", trophy, identity="id")
    row = the_one(trophy)
    assert row.identity == "photo ID shown"
    assert "photo ID shown" not in shown(colleague, trophy)
    press(colleague, "confirm", row)
    kept = list(trophy.moves.values_list("words", flat=True))
    assert kept[-2:] == ["Vince: photo ID shown", "Vince, photo ID shown"]
    page = shown(door, trophy)
    assert "photo ID shown" not in page and page.count("Vince, ") >= 1


def test_the_same_person_is_refused_in_words(door: Client, trophy: Trophy) -> None:
    press(door, "begin", trophy, identity="face")

    response = press(door, "confirm", the_one(trophy))

    assert response.status_code == 403
    assert "somebody else confirms" in response.content.decode()
    assert is_here(trophy)


def test_where_one_is_enough_it_goes_at_once(
    door: Client, event: Event, trophy: Trophy
) -> None:
    event.second_confirmation_required = False
    event.save()
    press(door, "begin", trophy, identity="photo")

    assert not is_here(trophy)


@pytest.mark.parametrize("identity", ["", "tag", "A7"])
def test_a_tag_is_no_identity(door: Client, trophy: Trophy, identity: str) -> None:
    assert press(door, "begin", trophy, identity=identity).status_code == 422
    assert not trophy.hand_overs.exists()


def test_a_proxy_says_the_code_and_takes_it(door: Client, trophy: Trophy) -> None:
    assert press(door, "code", trophy, to="").status_code == 422
    press(door, "code", trophy, to="A driver")
    row = the_one(trophy)
    code = code_sent_for(row)
    assert code not in shown(door, trophy), "the desk does not know it"

    wrong = press(door, "try", row, code="000000" if code != "000000" else "1")
    assert wrong.status_code == 422
    assert "4 tries are left." in wrong.content.decode()
    assert press(door, "try", row, code="").status_code == 422
    press(door, "try", row, code=f"{code[:3]} {code[3:]}")

    assert not is_here(trophy)
    assert "Handed to A driver" in shown(door, trophy)


def test_a_code_in_mail_that_is_held_is_not_called_sent(
    door: Client, trophy: Trophy
) -> None:
    outbox.hold("a rehearsal", timezone.now(), trophy.event)
    press(door, "code", trophy, to="A driver")
    assert "has not left: this event's mail is held" in shown(door, trophy)
    outbox.release(trophy.event)
    assert "was sent a code" in shown(door, trophy)


def test_a_spent_code_is_said_in_words(door: Client, trophy: Trophy) -> None:
    row = send_code(trophy)
    for _ in range(hand_over.TRIES):
        response = press(door, "try", row, code="wrong")

    assert response.status_code == 409
    assert "used or is too old" in response.content.decode()
    assert "Somebody else fetches it" in response.content.decode()


def test_each_way_refuses_the_other(door: Client, trophy: Trophy) -> None:
    row = send_code(trophy)
    assert press(door, "confirm", row).status_code == 409
    response = press(door, "begin", trophy, identity="id")
    assert response.status_code == 409
    assert "Stop that first." in response.content.decode()
    press(door, "cancel", row)

    press(door, "begin", trophy, identity="id")
    assert press(door, "try", the_one(trophy), code="1").status_code == 409
    assert press(door, "confirm", row).status_code == 409, "it was stopped"
    assert is_here(trophy)


def test_without_an_address_a_host_decides_on_their_own_phone(
    door: Client, host: Client, trophy: Trophy, winner: Guest
) -> None:
    contact = winner.invitation.contact
    contact.email = ""
    contact.save()
    assert press(door, "code", trophy, to="Bill").status_code == 409
    assert "a host decides" in shown(door, trophy)
    said = {"to": "Bill", "reason": "His brother"}
    assert press(door, "host", trophy, **said).status_code == 403
    assert press(host, "host", trophy, to="Bill").status_code == 403
    assert re.search(r'name="reason"', shown(host, trophy))

    press(host, "host", trophy, **said)
    press(door, "confirm", the_one(trophy))

    trophy.refresh_from_db()
    assert trophy.released_to == "Bill"


def test_stopping_what_is_done_says_so(
    door: Client, colleague: Client, trophy: Trophy
) -> None:
    press(door, "begin", trophy, identity="id")
    row = the_one(trophy)
    press(colleague, "confirm", row)

    press(door, "cancel", row)

    assert "The trophy went to Vince." in shown(door, trophy)
    assert (
        "already went to Vince"
        in press(door, "begin", trophy, identity="id").content.decode()
    )


def test_a_statue_s_page_takes_a_constant_number_of_queries(
    door: Client, trophy: Trophy, django_assert_num_queries: Any
) -> None:
    for rounds in (1, 5):
        for _ in range(rounds):
            row = send_code(trophy)
            press(door, "cancel", row)
            if trophy.hand_overs.count() > 4:
                break
        shown(door, trophy)
        with django_assert_num_queries(7):
            shown(door, trophy)
