"""A host closes the night on one page, press by press."""

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from events.models import Event
from guests.actors import Actor
from guests.models import Admission, Guest
from guests.trophies import hand_over
from tests.factories import make_event, make_user
from tests.guests.doorstep import admit
from tests.guests.night import make_coming
from tests.guests.test_closing import take_in


@pytest.fixture
def winner(winner: Guest) -> Guest:
    """Vince was here, went home, and did not pay."""
    for action in ("in", "home"):
        at, name = timezone.now(), f"Vince {action}"
        log = {"event": winner.event, "guest": winner, "by_name": "Dot", "at": at}
        Admission.objects.create(action=action, nonce=name, closed_at=at, **log)
    return winner


def press(client: Client, event: Event, name: str, **said: Any) -> HttpResponse:
    return client.post(reverse(f"guests:{name}", args=[event.slug]), said)


def shown(client: Client, event: Event) -> str:
    url = reverse("guests:closing", args=[event.slug])
    return client.get(url).content.decode()


@pytest.mark.django_db
def test_a_host_closes_the_night_press_by_press(
    host: Client, event: Event, winner: Guest
) -> None:
    take_in(winner)
    admit(make_coming(event, "Pete"))
    page = shown(host, event)
    assert "3 points are open" in page and "Pete" in page and "Vince" in page
    assert press(host, event, "closing_sign").status_code == 409

    assert press(host, event, "closing_home", nonce="n").status_code == 422
    home = press(host, event, "closing_home", nonce="n", reason="Looked")
    assert home.status_code == 302
    assert press(host, event, "closing_safe", second="Jon").status_code == 302
    owed = winner.obligations.get().pk
    assert press(host, event, "closing_owed", do="keep").status_code == 422
    assert (
        press(host, event, "closing_owed", do="waive", obligation=owed).status_code
        == 422
    )
    kept = press(host, event, "closing_owed", do="keep", obligation=owed)
    assert kept.status_code == 302
    assert "Nothing is open" in shown(host, event)

    assert press(host, event, "closing_sign").status_code == 302
    page = shown(host, event)
    assert "The night, signed off" in page and "$1,000.00" in page
    assert press(host, event, "closing_reopen").status_code == 422
    again = press(host, event, "closing_reopen", reason="One more")
    assert again.status_code == 302
    assert "One more" in shown(host, event)


@pytest.mark.django_db
def test_a_statue_that_is_being_fetched_is_not_said_to_be_in_the_safe(
    host: Client, event: Event, winner: Guest
) -> None:
    by, at = Actor.of(make_user("Dot")), timezone.now()
    hand_over.begin(take_in(winner), identity="known", by=by, at=at)

    press(host, event, "closing_safe")
    page = shown(host, event)
    assert "Nothing went into the safe" in page
    assert "0 trophies" not in page


@pytest.mark.django_db
def test_a_card_says_that_the_night_is_signed_off(
    host: Client, door: Client, event: Event
) -> None:
    pete = make_coming(event, "Pete")
    press(host, event, "closing_sign")
    url = reverse("guests:door_card", args=[event.slug, pete.pk])

    over = door.get(url).content.decode()
    press(host, event, "closing_reopen", reason="One more")
    again = door.get(url).content.decode()

    let_in = reverse("guests:door_admit", args=[event.slug, pete.pk])
    assert "The night is signed off." in over and "door-grey" in over
    assert let_in not in over
    assert let_in in again


@pytest.mark.django_db
def test_after_the_signature_a_search_lets_nobody_in(
    host: Client, door: Client, event: Event
) -> None:
    make_coming(event, "Pete")
    url = reverse("guests:door", args=[event.slug]) + "?q=pete"
    assert "Come in" in door.get(url).text
    press(host, event, "closing_sign")
    found = door.get(url).text
    assert "Pete" in found and "Signed off" in found
    assert ">Come in<" not in found


@pytest.mark.django_db
def test_after_the_signature_no_statue_comes_in_and_the_page_says_what_to_do(
    host: Client, door: Client, event: Event, winner: Guest
) -> None:
    owed = winner.obligations.get().pk
    press(host, event, "closing_owed", do="keep", obligation=owed)
    press(host, event, "closing_sign")
    url = reverse("guests:trophy_receive", args=[event.slug, winner.pk])
    said = "The night is signed off, so no trophy is taken in."
    assert 'name="tag"' not in door.get(url).text
    late = door.post(url, {"tag": "7"})
    assert late.status_code == 409
    assert said in late.text and "open the night again" in late.text
    assert not event.trophies.exists()
    press(host, event, "closing_reopen", reason="One more")
    assert door.post(url, {"tag": "7"}).status_code == 302
    assert event.trophies.count() == 1


@pytest.mark.django_db
def test_a_host_waives_for_those_who_are_ticked(
    host: Client, event: Event, winner: Guest
) -> None:
    owed = winner.obligations.get()
    said = {"do": "waive", "obligation": owed.pk, "reason": "A friend"}
    assert press(host, event, "closing_owed", **said).status_code == 302
    owed.refresh_from_db()
    assert (owed.state, owed.waived_reason) == ("waived", "A friend")


@pytest.mark.django_db
def test_what_another_event_is_owed_cannot_be_decided_here(
    host: Client, event: Event, winner: Guest
) -> None:
    other = make_event()
    owed = winner.obligations.get()
    host_of_other = press(host, other, "closing_owed", do="keep", obligation=owed.pk)
    assert host_of_other.status_code == 404
    Guest.objects.filter(pk=winner.pk).update(event=other)
    refused = press(host, event, "closing_owed", do="keep", obligation=owed.pk)
    assert refused.status_code == 409
