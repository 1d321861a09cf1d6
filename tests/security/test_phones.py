"""A phone at the door is nobody's account, and sees only whom it looks up."""

from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.core import signing
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from events.models import Event
from guests.door.sealing import encoded
from guests.models import Contact, Device, Guest
from guests.realms import device_realm
from tests.factories import make_category, make_event
from tests.guests.devices import make_device, make_phone, token_of
from tests.guests.doorstep import admit
from tests.guests.night import make_coming, make_nominated_guest, win
from tests.security.policy import OF_THE_TROPHY_DESK, POLICY
from tests.security.scene import Scene
from tests.test_routes import OF_AN_EVENT

pytestmark = pytest.mark.django_db

FOR_PHONES = [name for name, policy in POLICY.items() if "phone" in policy.people]
OF_THE_DOOR = [
    route for route in OF_AN_EVENT if getattr(route.view, "for_phones", False)
]
# What the door must not hear, of anybody at all.
SECRETS = {
    "email": "flamingo@canary.example",
    "phone": "+15550123456",
    "notes": "FlamingoNote",
    "dietary": "FlamingoDiet",
    "contact": "FlamingoAgent",
}
# Whom nobody looked for, each in another state.
UNSEARCHED = ("Ibis Coming", "Ibis Inside", "Ibis Undecided", "Ibis Settling")


def plant(scene: Scene) -> None:
    """Everybody carries every secret, and four people are there to be looked up."""
    event = scene.event
    coming, inside = (make_coming(event, name) for name in UNSEARCHED[:2])
    admit(inside, "ibis-in")
    open_one = make_category(event)
    make_nominated_guest(event, open_one, name=UNSEARCHED[2])
    decided = make_category(event)
    owing = make_nominated_guest(event, decided, name=UNSEARCHED[3])
    admit(owing, "owing-in")
    win(decided, owing)
    Contact.objects.update(
        email=SECRETS["email"], phone=SECRETS["phone"], name=SECRETS["contact"]
    )
    Guest.objects.update(notes=SECRETS["notes"], dietary=SECRETS["dietary"])


def give_key(client: Client) -> None:
    """As the phone's browser does when it opens the door's page."""
    point = (
        ec.generate_private_key(ec.SECP256R1())
        .public_key()
        .public_bytes(
            serialization.Encoding.X962,
            serialization.PublicFormat.UncompressedPoint,
        )
    )
    Device.objects.update(public_key=encoded(point))


def answers(client: Client, scene: Scene) -> Iterator[tuple[str, str]]:
    """All that this phone is answered: every route it may open, and what is refused.

    Each press is taken back, so that every page is seen as the night stands.
    """
    typed = {"nonce": "n", "reason": "x", "tag": "9", "to": "x", "name": "x"}
    for name in FOR_PHONES:
        for method in POLICY[name].methods:
            for said in ({}, typed):
                cookies = client.cookies.copy()
                with transaction.atomic():
                    response = getattr(client, method)(scene.url(name), said)
                    assert response.status_code < 500, name
                    yield f"{method} {name}", text_of(response)
                    transaction.set_rollback(True)
                client.cookies = cookies


def text_of(response: HttpResponse) -> str:
    return f"{response.headers} {response.getvalue().decode(errors='replace')}"


def people(scene: Scene) -> dict[str, Client]:
    return {
        "door phone": scene.phone(),
        "trophy phone": scene.phone("trophies"),
        "door account": scene.member("door"),
    }


@pytest.mark.parametrize("person", ["door phone", "trophy phone", "door account"])
def test_the_door_never_receives_an_address_a_number_or_a_note(
    scene: Scene, person: str
) -> None:
    client = people(scene)[person]
    plant(scene)
    give_key(client)
    heard = [
        (page, secret)
        for page, text in answers(client, scene)
        for secret in SECRETS.values()
        if secret in text
    ]
    found = client.get(scene.url("guests:door"), {"q": "ibis"}).content.decode()
    heard += [("search", secret) for secret in SECRETS.values() if secret in found]
    assert [name for name in UNSEARCHED if name not in found] == []
    assert heard == []


@pytest.mark.parametrize("person", ["door phone", "trophy phone"])
def test_a_phone_hears_no_name_that_it_did_not_look_up(
    scene: Scene, person: str
) -> None:
    """But the trophy desk: whose statue is here, or still to come, is its work."""
    client = people(scene)[person]
    plant(scene)
    give_key(client)
    heard = {
        (page.partition(" ")[2], name)
        for page, text in answers(client, scene)
        for name in UNSEARCHED
        if name in text
    }
    winner = UNSEARCHED[3]
    work = {(page, winner) for page in OF_THE_TROPHY_DESK}
    assert heard <= (work if person == "trophy phone" else set())


def test_what_is_planted_would_be_heard(scene: Scene) -> None:
    """A host's pages hold all of it."""
    plant(scene)
    host = scene.member("host")
    told = host.get(scene.url("guests:export_csv")).getvalue().decode()
    guest = scene.event.guests.get(name=UNSEARCHED[0])
    told += host.get(
        scene.url("guests:guest_detail", guest_id=guest.pk)
    ).content.decode()
    told += host.get(scene.url("guests:guest_edit", guest_id=guest.pk)).content.decode()
    planted = [*SECRETS.values(), *UNSEARCHED]
    assert [text for text in planted if text not in told] == []


@pytest.mark.parametrize("role", ["door", "trophies"])
def test_a_phone_of_one_event_finds_nothing_at_another(scene: Scene, role: str) -> None:
    phone = make_phone(make_event(), role)
    for route in OF_THE_DOOR:
        for method in POLICY[route.name].methods:
            url = scene.url(route.name)
            status = getattr(phone, method)(url).status_code
            assert status == 404, (route.name, method)
    door_pass = scene.url("guests:door_pass")
    assert phone.get(door_pass).status_code == 404
    assert not scene.event.admissions.filter(device__isnull=False).exists()


@pytest.mark.parametrize("act", ["admit", "out", "undo", "deny"])
def test_a_trophy_phone_lets_nobody_in_or_out(scene: Scene, act: str) -> None:
    phone, before = scene.phone("trophies"), scene.event.admissions.count()
    said = {"nonce": "n", "reason": "x"}
    assert phone.post(scene.url(f"guests:door_{act}"), said).status_code == 404
    assert scene.event.admissions.count() == before


@pytest.mark.parametrize(
    "name",
    ["guests:devices", "guests:closing", "guests:guest_list", "guests:door_list"]
    + ["events:event_list", "guests:readiness", "events:team", "guests:overview"],
)
def test_a_phone_opens_no_room_of_the_team(scene: Scene, name: str) -> None:
    login = reverse(settings.LOGIN_URL)
    assert scene.phone().get(scene.url(name))["Location"].startswith(login)


def test_a_phone_has_neither_session_nor_user(scene: Scene) -> None:
    phone = scene.phone()
    response = phone.get(scene.url("guests:door"))
    assert not response.wsgi_request.user.is_authenticated
    assert settings.SESSION_COOKIE_NAME not in phone.cookies
    kept = phone.cookies[settings.DEVICE_COOKIE_NAME]
    assert (kept["httponly"], kept["samesite"], kept["path"]) == (True, "Lax", "/")


def test_who_is_signed_in_on_a_paired_phone_is_who_they_are(scene: Scene) -> None:
    """The account's rights, and the account's name in the log."""
    phone = scene.phone()
    member = scene.member("results")
    phone.force_login(member.user)
    assert phone.get(scene.url("guests:door")).status_code == 404


def cookies(event: Event) -> Iterator[tuple[str, Any]]:
    """What somebody might put in the place of a phone's cookie."""
    offered = make_device(event)
    yield "nothing", ""
    yield "its name in clear", offered.public_id
    yield "a desk nobody took", signing.dumps(offered.public_id, salt=device_realm.SALT)
    taken = make_phone(event).device.public_id
    yield "another salt", signing.dumps(taken, salt="guests.realm")
    yield "a list", signing.dumps([taken], salt=device_realm.SALT)
    yield "a number", signing.dumps(1, salt=device_realm.SALT)
    yield "cut", signing.dumps(taken, salt=device_realm.SALT)[:-1]
    yield "the code", token_of(offered)


def test_a_cookie_that_was_made_up_opens_nothing(scene: Scene) -> None:
    login = reverse(settings.LOGIN_URL)
    for what, value in cookies(scene.event):
        client = Client()
        client.cookies[settings.DEVICE_COOKIE_NAME] = value
        location = client.get(scene.url("guests:door")).headers.get("Location", "")
        assert location.startswith(login), what


def test_a_guest_s_cookie_is_no_phone_s(scene: Scene) -> None:
    guest, client = scene.guest(), Client()
    value = guest.cookies[settings.GUEST_COOKIE_NAME].value
    client.cookies[settings.DEVICE_COOKIE_NAME] = value
    login = reverse(settings.LOGIN_URL)
    assert client.get(scene.url("guests:door"))["Location"].startswith(login)


def test_a_phone_that_was_shut_out_gets_nothing_from_any_page(scene: Scene) -> None:
    phone = scene.phone()
    plant(scene)
    Device.objects.update(revoked_at=timezone.now(), public_key="")
    planted = [*SECRETS.values(), *UNSEARCHED, scene.winner.name]
    for page, text in answers(phone, scene):
        heard = [secret for secret in planted if secret in text]
        assert page.endswith("guests:pair") or heard == [], page
    assert phone.get(scene.url("guests:door")).status_code == 410
