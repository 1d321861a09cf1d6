"""The trophy desk on a phone: tags, the board, outcomes, and what goes to the safe."""

import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from events.models import Event
from guests.models import Guest, Trophy
from guests.trophies import outcome, tags
from tests.conftest import signed_in
from tests.factories import make_category, make_member
from tests.guests.doorstep import address, admit
from tests.guests.night import make_coming, make_nominated_guest, win
from tests.guests.statues import (
    actor,
    begin,
    give_back,
    make_winner_of,
    receive,
    send_code,
)


def take_in(client: Client, guest: Guest, **data: Any) -> HttpResponse:
    return client.post(address(guest, "trophy_receive"), {"tag": "A7"} | data)


def board(client: Client, event: Event) -> str:
    return client.get(reverse("guests:trophies", args=[event.slug])).content.decode()


def page(client: Client, trophy: Trophy) -> str:
    url = reverse("guests:trophy", args=[trophy.event.slug, trophy.pk])
    return client.get(url).content.decode()


class TestTakingIn:
    @pytest.mark.parametrize("tag", ["", "  ", "x" * 21, "\x00"])
    def test_a_tag_that_cannot_be_is_said_at_the_field(
        self, door: Client, winner: Guest, tag: str
    ) -> None:
        response = take_in(door, winner, tag=tag, shelf="top shelf")

        assert response.status_code == 422
        text = response.content.decode()
        assert "id_tag_error" in text
        assert 'value="top shelf"' in text, "what was typed is kept"
        assert not winner.trophies.exists()

    def test_a_tag_in_use_is_said_at_the_field(
        self, door: Client, event: Event, winner: Guest
    ) -> None:
        take_in(door, winner)

        response = take_in(door, make_winner_of(event), tag="a7")

        assert response.status_code == 409
        assert "Another trophy carries this tag." in response.content.decode()

    def test_a_loser_hands_no_trophy_in(self, door: Client, event: Event) -> None:
        response = take_in(door, make_coming(event))

        assert response.status_code == 409
        text = response.content.decode()
        assert "Every trophy this person won is already here." in text

    def test_the_same_press_again_leads_to_the_same_card(
        self, door: Client, winner: Guest
    ) -> None:
        won = winner.nominee.nominations.get().pk
        for _ in range(2):
            response = take_in(door, winner, nomination=won)
            assert response.url == address(winner)
        assert winner.trophies.count() == 1

    def test_of_several_statues_one_is_chosen(self, door: Client, event: Event) -> None:
        first, second = make_category(event, "Writing"), make_category(event, "Acting")
        guest = make_winner_of(event, first, second)
        text = door.get(address(guest)).content.decode()
        assert ">Writing</option>" in text and ">Acting</option>" in text

        acted = second.nominations.get().pk
        assert take_in(door, guest, nomination=acted).status_code == 302
        assert guest.trophies.get().nomination_id == acted
        again = take_in(door, guest, tag="A8", nomination=acted)
        assert again.status_code == 422
        assert "is already here, or was not won" in again.content.decode()


class TestTags:
    def test_scanning_a_tag_leads_to_its_statue(
        self, door: Client, event: Event, winner: Guest
    ) -> None:
        trophy = receive(winner, "007")
        url = reverse("guests:trophy_tag", args=[event.slug, "007"])

        assert door.get(url).url == reverse(
            "guests:trophy", args=[event.slug, trophy.pk]
        )
        give_back(trophy)
        assert "No trophy has tag 007." in door.get(url).content.decode()

    def test_the_door_s_scanner_knows_a_tag_from_a_pass(
        self, door: Client, event: Event
    ) -> None:
        url = reverse("guests:door_code", args=[event.slug])
        tag = tags.url_of(event, "012")
        foreign = tag.replace(event.slug, "another")

        assert door.post(url, {"code": tag}).url == urlsplit(tag).path
        for code in (foreign, f"{tag}../../x", tag.replace("012", "x" * 30)):
            assert door.post(url, {"code": code}).status_code == 404

    def test_a_free_tag_is_typed_already_where_it_is_taken_in(
        self, host: Client, event: Event, winner: Guest
    ) -> None:
        url = reverse("guests:trophy_tag", args=[event.slug, "012"])
        text = host.get(url).content.decode()
        link = f"{address(winner, 'trophy_receive')}?tag=012"
        assert link in text

        assert 'value="012"' in host.get(link).content.decode()
        assert not event.trophies.exists(), "looking takes nothing in"

    def test_sixty_tags_are_printed_each_with_a_stub(
        self, door: Client, event: Event
    ) -> None:
        url = reverse("guests:trophy_tags", args=[event.slug])
        text = door.get(url).content.decode()

        assert text.count("<svg role=") == 60
        assert text.count("<strong>001</strong>") == 2
        assert "<strong>060</strong>" in text and "<strong>061</strong>" not in text
        later = door.get(url, {"first": "961"}).content.decode()
        assert "<strong>999</strong>" in later and "1000" not in later
        for nonsense in ("x", "-1", "9" * 30, "\u0661"):
            assert door.get(url, {"first": nonsense}).status_code == 200


class TestTheBoard:
    def test_the_door_reads_counts_and_no_list_of_names_to_come(
        self, door: Client, host: Client, event: Event, winner: Guest
    ) -> None:
        assert winner.name not in board(door, event)
        assert "Outstanding Drama Series" in board(door, event)
        assert winner.name in board(host, event)

    def test_it_shows_where_each_statue_is(
        self, host: Client, event: Event, winner: Guest
    ) -> None:
        receive(winner, "A1", shelf="top")
        fetched = receive(make_winner_of(event, name="Fay"), "A2")
        begin(fetched)
        give_back(receive(make_winner_of(event, name="Gil"), "A3"))

        text = board(host, event)

        assert "shelf top" in text
        assert "Being fetched" in text and "a second person confirms" in text
        assert "Tag A3 to Gil at" in text

    def test_a_winner_inside_without_a_statue_is_on_board_and_card(
        self, host: Client, door: Client, event: Event
    ) -> None:
        category = make_category(event)
        guest = make_nominated_guest(event, category, name="Late Lee")
        admit(guest)
        win(category, guest)

        assert "Inside without their trophy" in board(host, event)
        assert "its winner is inside" in board(door, event)
        assert "Inside without it" in door.get(address(guest)).content.decode()

    def test_what_is_to_return_is_marked(
        self, host: Client, event: Event, winner: Guest
    ) -> None:
        receive(winner)
        category = winner.nominee.nominations.get().category
        win(category, make_nominated_guest(event, category))

        assert "To return" in board(host, event)
        assert "Tag A7" in host.get(address(winner)).content.decode()

    def test_it_takes_a_constant_number_of_queries(
        self, host: Client, event: Event, django_assert_num_queries: Any
    ) -> None:
        url = reverse("guests:trophies", args=[event.slug])
        for number in range(8):
            guest = make_winner_of(event)
            late = make_winner_of(event)
            said = {"by": actor(), "at": timezone.now()}
            won = late.nominee.nominations.get().pk
            outcome.record(late.pk, won, "later", "", **said)
            trophy = receive(guest, f"T{number}")
            if number % 3 == 1:
                give_back(trophy)
            elif number % 3 == 2:
                send_code(trophy)
            if number in (2, 7):
                host.get(url)
                with django_assert_num_queries(10):
                    host.get(url)

    def test_what_stays_is_put_into_the_safe(
        self, door: Client, event: Event, winner: Guest
    ) -> None:
        trophy = receive(winner)
        url = reverse("guests:trophies_safe", args=[event.slug])
        assert door.post(url, {}).status_code == 422
        assert door.post(url, {"trophy": "x"}).status_code == 422

        door.post(url, {"trophy": trophy.pk, "second": "Dana"})

        trophy.refresh_from_db()
        assert trophy.safe_at is not None
        assert "In the safe" in board(door, event)


def test_a_statue_says_in_whose_hands_it_was(door: Client, winner: Guest) -> None:
    trophy = receive(winner, inscription="To V.", condition="chipped")
    url = reverse("guests:trophy_shelf", args=[trophy.event.slug, trophy.pk])
    assert door.post(url, {"shelf": "x" * 41}).status_code == 422
    door.post(url, {"shelf": "B2"})

    text = page(door, trophy)

    assert "To V." in text and "chipped" in text
    assert re.search(r"put on a shelf.*?B2", text)
    give_back(trophy)
    assert "with" in page(door, trophy)
    door.post(url, {"shelf": "C"})
    trophy.refresh_from_db()
    assert trophy.shelf == "B2", "it went home"


def test_a_trophy_of_another_event_is_404(door: Client, event: Event) -> None:
    guest = make_coming()
    foreign = Trophy.objects.create(
        event=guest.event, guest=guest, tag="A1", received_at=timezone.now()
    )
    for trophy_id in (foreign.pk, 0, 10**30):
        for name in ("trophy_shelf", "hand_over_begin", "hand_over_code"):
            url = reverse(f"guests:{name}", args=[event.slug, trophy_id])
            assert door.post(url, {"to": "me", "identity": "id"}).status_code == 404
    foreign.refresh_from_db()
    assert foreign.released_at is None
    assert (
        signed_in(make_member(event))
        .get(reverse("guests:trophy", args=[event.slug, foreign.pk]))
        .status_code
        == 404
    )
