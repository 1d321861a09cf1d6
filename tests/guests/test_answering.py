"""A host answers for a guest."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from events.models import Activity, Event
from guests.models import Guest
from tests.guests.factories import make_guest

pytestmark = pytest.mark.django_db


def test_a_host_answers_after_the_deadline_and_the_log_says_so(
    event: Event, host: Client
) -> None:
    guest = make_guest(event, "Bob Newhart")
    Event.objects.update(rsvp_deadline_at=timezone.now() - timedelta(days=1))

    host.post(f"/events/{event.slug}/guests/{guest.pk}/answer/", {"answer": "yes"})

    guest.refresh_from_db()
    assert guest.answer == Guest.Answer.YES
    assert f"{host.user} for Bob Newhart" in Activity.objects.get().actor_name


def test_a_full_room_is_full_for_hosts_too(event: Event, host: Client) -> None:
    Event.objects.update(capacity=1)
    make_guest(event, "First", answer=Guest.Answer.YES)
    guest = make_guest(event, "Second")

    host.post(f"/events/{event.slug}/guests/{guest.pk}/answer/", {"answer": "yes"})

    guest.refresh_from_db()
    assert guest.answer == Guest.Answer.WAITING


@pytest.mark.parametrize("answer", ["", "waitlisted", "perhaps"])
def test_only_yes_and_no_are_answers(event: Event, host: Client, answer: str) -> None:
    guest = make_guest(event)

    page = host.post(
        f"/events/{event.slug}/guests/{guest.pk}/answer/", {"answer": answer}
    )

    assert page.status_code == 302
    guest.refresh_from_db()
    assert guest.answer == Guest.Answer.WAITING


def test_the_door_answers_for_nobody(event: Event, door: Client) -> None:
    guest = make_guest(event)

    page = door.post(f"/events/{event.slug}/guests/{guest.pk}/answer/")

    assert page.status_code == 404


def test_a_blocked_guest_is_red_at_the_door_until_the_host_lets_them_in_again(
    event: Event, host: Client, door: Client
) -> None:
    guest = make_guest(event, answer=Guest.Answer.YES)
    url, card = (
        f"/events/{event.slug}/guests/{guest.pk}/block/",
        f"/events/{event.slug}/door/{guest.pk}/",
    )

    host.post(url, {"blocked": "yes"})
    assert "door-red" in door.get(card).content.decode()
    host.post(url, {"blocked": "no"})

    assert "door-red" not in door.get(card).content.decode()
    assert [row.verb for row in Activity.objects.order_by("pk")] == [
        "blocked",
        "unblocked",
    ]
