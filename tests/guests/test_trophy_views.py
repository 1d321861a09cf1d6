"""The trophy desk on a phone: a tag, a shelf, and back to a name."""

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from events.models import Event
from guests.models import Guest, Trophy
from tests.factories import make_category
from tests.guests.doorstep import address
from tests.guests.night import make_coming, make_nominated_guest, win


def receive(client: Client, guest: Guest, **data: Any) -> HttpResponse:
    return client.post(address(guest, "trophy_receive"), {"tag": "A7"} | data)


def release(client: Client, trophy: Trophy, **data: Any) -> HttpResponse:
    url = reverse("guests:trophy_release", args=[trophy.event.slug, trophy.pk])
    return client.post(url, data)


@pytest.mark.parametrize("tag", ["", "  ", "x" * 21, "\x00"])
def test_a_tag_that_cannot_be_is_said_at_the_field(
    door: Client, winner: Guest, tag: str
) -> None:
    response = receive(door, winner, tag=tag, shelf="top shelf")

    assert response.status_code == 422
    text = response.content.decode()
    assert "id_tag_error" in text
    assert 'value="top shelf"' in text, "what was typed is kept"
    assert not winner.trophies.exists()


def test_a_tag_in_use_is_said_at_the_field(
    door: Client, event: Event, winner: Guest
) -> None:
    category = make_category(event)
    other = make_nominated_guest(event, category)
    win(category, other)
    receive(door, winner)

    response = receive(door, other, tag="a7")

    assert response.status_code == 409
    assert "Another statue carries this tag." in response.content.decode()


def test_a_loser_hands_no_trophy_in(door: Client, event: Event) -> None:
    response = receive(door, make_coming(event))

    assert response.status_code == 409
    assert "Every statue this person won is here already." in response.content.decode()


def test_a_statue_goes_back_to_a_name_from_card_and_board(
    door: Client, event: Event, winner: Guest
) -> None:
    board = reverse("guests:trophies", args=[event.slug])
    receive(door, winner)
    trophy = winner.trophies.get()
    assert "Tag A7" in door.get(board).content.decode()

    assert release(door, trophy, to="  ", card=winner.pk).status_code == 422
    assert release(door, trophy).status_code == 422
    response = release(door, trophy, to="Vince", card=winner.pk)

    assert response.url == address(winner)
    assert "Tag A7 to Vince" in door.get(board).content.decode()
    again = release(door, trophy, to="Somebody else")
    assert again.url == board
    assert "went to Vince already" in door.get(board).content.decode()


def test_the_board_counts_and_names_nobody_who_is_not_here(
    door: Client, event: Event, winner: Guest
) -> None:
    text = door.get(reverse("guests:trophies", args=[event.slug])).content.decode()
    assert "1 still expected." in text
    assert winner.name not in text


def test_a_trophy_of_another_event_is_404(door: Client, event: Event) -> None:
    guest = make_coming()
    foreign = Trophy.objects.create(
        event=guest.event, guest=guest, tag="A1", received_at=timezone.now()
    )
    for trophy_id in (foreign.pk, 0, 10**30):
        url = reverse("guests:trophy_release", args=[event.slug, trophy_id])
        assert door.post(url, {"to": "me"}).status_code == 404
    foreign.refresh_from_db()
    assert foreign.released_at is None


def test_the_board_takes_a_constant_number_of_queries(
    door: Client, event: Event, django_assert_num_queries: Any
) -> None:
    board = reverse("guests:trophies", args=[event.slug])
    for number in range(8):
        category = make_category(event)
        guest = make_nominated_guest(event, category)
        win(category, guest)
        receive(door, guest, tag=f"T{number}")
        if number % 2:
            release(door, guest.trophies.get(), to="Owner")
        if number in (1, 7):
            door.get(board)
            with django_assert_num_queries(6):
                door.get(board)
