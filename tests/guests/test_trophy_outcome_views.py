"""What a checker notes of a statue that does not come, and who may let it go."""

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from events.models import Event
from guests.door import pins
from guests.models import Guest, TrophyOutcome
from tests.factories import make_member
from tests.guests.doorstep import address
from tests.guests.night import pay
from tests.guests.statues import make_winner_of, receive

PIN = "730519"


def note(client: Client, guest: Guest, **data: Any) -> HttpResponse:
    won = guest.nominee.nominations.first()
    return client.post(address(guest, "trophy_outcome"), {"nomination": won.pk} | data)


class TestOutcomes:
    @pytest.mark.parametrize("said", ["no_statue", "later"])
    def test_an_excuse_lets_a_paid_winner_in(
        self, door: Client, winner: Guest, said: str
    ) -> None:
        pay(winner)

        assert note(door, winner, outcome=said).url == address(winner)

        text = door.get(address(winner)).content.decode()
        assert "Let in</button>" in text
        assert "Expect it after all" in text

    def test_who_keeps_it_stays_gold(self, door: Client, winner: Guest) -> None:
        pay(winner)
        note(door, winner, outcome="refused", words="It is mine.")

        text = door.get(address(winner)).content.decode()
        assert "Keeps the trophy, said" in text and "It is mine." in text
        assert "Let in</button>" not in text

    def test_a_host_lets_them_off_on_their_own_page(
        self, host: Client, winner: Guest
    ) -> None:
        pay(winner)
        assert note(host, winner, outcome="let_off").status_code == 422

        note(host, winner, outcome="let_off", words="Her mother.")

        assert "Let in</button>" in host.get(address(winner)).content.decode()

    def test_a_host_lets_them_off_by_pin_on_the_checker_s_phone(
        self, door: Client, event: Event, winner: Guest
    ) -> None:
        amy = make_member(event, "host")
        pins.set_pin(amy, PIN, by=amy.user, at=timezone.now())
        pay(winner)
        assert "Their PIN" in door.get(address(winner)).content.decode()
        said = {"outcome": "let_off", "words": "Her mother."}

        for wrong in ({}, {"host": amy.pk, "pin": "111111"}, {"pin": PIN}):
            assert note(door, winner, **said, **wrong).status_code == 403
        assert not winner.trophy_outcomes.exists()
        note(door, winner, **said, host=amy.pk, pin=PIN)

        row = winner.trophy_outcomes.get()
        assert row.by_name == str(amy.user)
        assert "Let in</button>" in door.get(address(winner)).content.decode()

    def test_without_a_pin_the_checker_sees_no_such_button(
        self, door: Client, winner: Guest
    ) -> None:
        text = door.get(address(winner)).content.decode()
        assert "A host lets them keep it" not in text

    def test_what_makes_no_sense_is_said_in_words(
        self, door: Client, event: Event, winner: Guest
    ) -> None:
        for said in ({"outcome": "gone"}, {"outcome": "later", "nomination": "x"}):
            assert note(door, winner, **said).status_code == 422
        other = make_winner_of(event).nominee.nominations.get().pk
        response = note(door, winner, outcome="later", nomination=other)
        assert response.status_code == 409
        assert "has not won that" in response.content.decode()
        receive(winner)
        response = note(door, winner, outcome="later")
        assert response.status_code == 409
        assert "is here, under tag A7" in response.content.decode()
        assert not TrophyOutcome.objects.exists()
