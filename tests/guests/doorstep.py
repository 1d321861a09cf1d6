"""How tests press at the door: straight at the rules, and through the phone's pages."""

from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from events.models import Event, User
from guests import door
from guests.actors import Actor
from guests.models import Admission, Guest
from losers_lounge.links import make_token
from tests.factories import make_user


def admit(guest: Guest, nonce: str = "in", by: User | None = None) -> door.Admitted:
    by = Actor.of(by or make_user())
    event, at = guest.event, timezone.now()
    return door.admit(guest.pk, event=event, nonce=nonce, by=by, at=at)


def close(
    guest: Guest, action: Admission.Action = Admission.Action.OUT, nonce: str = "out"
) -> Admission | None:
    at, by = timezone.now(), Actor.of(make_user())
    return door.close(guest.pk, action, nonce=nonce, by=by, at=at, reason="why")


def deny(guest: Guest, nonce: str = "no") -> Admission:
    at, by = timezone.now(), Actor.of(make_user())
    return door.deny(guest.pk, nonce=nonce, reason="Will not pay", by=by, at=at)


def make_exception(guest: Guest) -> Admission:
    """A phone without network wrote down that they went out; they were not inside."""
    at = timezone.now()
    return Admission.objects.create(
        event=guest.event,
        guest=guest,
        action="out",
        nonce=f"out/{guest.pk}",
        by_name="Side",
        at=at,
        received_at=at,
        counts=False,
        closed_at=at,
        exception="not_inside",
    )


def log(event: Event) -> list[str]:
    return list(event.admissions.order_by("pk").values_list("action", flat=True))


def address(guest: Guest, name: str = "door_card") -> str:
    return reverse(f"guests:{name}", args=[guest.event.slug, guest.pk])


def press(client: Client, guest: Guest, act: str, **data: Any) -> HttpResponse:
    return client.post(address(guest, f"door_{act}"), {"nonce": "press"} | data)


def find(client: Client, event: Event, text: str, **options: Any) -> HttpResponse:
    url = reverse("guests:door", args=[event.slug])
    return client.get(url, {"q": text}, **options)


def token_of(guest: Guest) -> str:
    return make_token("pass", guest.public_id, guest.invitation.link_version)


def shown(client: Client, guest: Guest) -> str:
    return client.get(address(guest)).content.decode()
