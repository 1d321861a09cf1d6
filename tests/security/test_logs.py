"""The night is lived with a canary's name, address and links: no log line sings."""

import io
import json
import logging
from collections.abc import Iterator
from contextlib import suppress

import pytest
import structlog
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from events import delivery, outbox
from events.models import Category, Event, Message
from guests.models import Contact, Guest
from losers_lounge.links import make_token
from tests.events.mails import make_draft, use_relay
from tests.factories import PASSWORD, make_event, make_user
from tests.log_lines import log_lines
from tests.relay import relay, say
from tests.security.scene import Scene

pytestmark = pytest.mark.django_db

NAME, PLACE, ADDRESS = "Canary Featherstone", "Canary Hall", "canary@feather.example"
SECRETS = ("canary", "feather", "featherstone", PASSWORD)


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    with log_lines() as stream:
        yield stream


def heard(log: io.StringIO, *others: str) -> list[str]:
    """The lines that tell what no line may."""
    lines = log.getvalue().splitlines()
    assert lines and all(json.loads(line)["event"] for line in lines)
    secrets = [secret.lower() for secret in (*SECRETS, *others)]
    return [line for line in lines if any(secret in line.lower() for secret in secrets)]


def test_a_host_s_evening_leaves_no_name_in_the_log(
    scene: Scene, log: io.StringIO
) -> None:
    host = scene.member("host")
    typed = {"name": NAME, "email": ADDRESS, "plus_ones": "1", "tags": "friend"}
    assert host.post(scene.url("guests:guest_new"), typed).status_code == 302
    team = {"name": NAME, "email": f"team-{ADDRESS}", "role": "door"}
    assert host.post(scene.url("events:team"), team).status_code == 302
    rows = f"name,email,notes\n{NAME} Jr,jr-{ADDRESS},{PLACE}\n"
    page = host.post(scene.url("guests:import"), {"text": rows})["Location"]
    host.get(page)
    host.post(f"{page}apply/")
    host.get(scene.url("guests:guest_list"), {"q": NAME})
    host.get(scene.url("guests:guest_list"), {"q": ADDRESS})
    host.post(scene.url("guests:invitations_send"))
    host.get(scene.url("guests:messages"))
    person = Guest.objects.get(name=NAME)
    host.get(scene.url("guests:guest_detail", guest_id=person.pk))
    assert heard(log) == []


def test_a_guest_s_evening_leaves_neither_name_nor_link(
    scene: Scene, log: io.StringIO
) -> None:
    Contact.objects.filter(event=scene.event).update(name=NAME, email=ADDRESS)
    guest = scene.guest()
    guest.get(scene.url("guests:invitation"))
    typed = {"answer": "yes", "plus_one_1": NAME, "plus_one_2": PLACE}
    assert guest.post(scene.url("guests:rsvp"), typed).status_code == 302
    for name in ("guests:pass", "guests:calendar", "guests:thanks"):
        guest.get(scene.url(name), {"cs": "cs_canary"})
    guest.post(scene.url("guests:rsvp"), {"answer": "maybe", "plus_one_1": NAME})
    guest.post(reverse("guests:lost_link"), {"email": ADDRESS})
    guest.get(scene.url("events:unsubscribe"))
    guest.post(scene.url("events:unsubscribe"), {"List-Unsubscribe": "One-Click"})
    for token in scene.tokens.values():
        Client().get(f"/i/{token}/")
        Client().get(f"/i/{token}x/")
        Client().get(f"/nowhere/{token}/")
    macs = [token.partition(".")[2] for token in scene.tokens.values()]
    assert heard(log, *macs, guest.cookies["guest"].value) == []


def test_the_door_s_evening_leaves_no_name(scene: Scene, log: io.StringIO) -> None:
    Guest.objects.filter(event=scene.event).update(name=NAME)
    door = scene.member("door")
    door.get(scene.url("guests:door"), {"q": NAME}, headers={"HX-Request": "true"})
    door.get(scene.url("guests:door"), {"q": "canary"})
    door.get(scene.url("guests:door_pass"))
    door.post(scene.url("guests:door_code"), {"code": scene.tokens["guests:door_pass"]})
    door.post(scene.url("guests:door_admit"), {"nonce": "canary-nonce"})
    door.post(scene.url("guests:door_deny"), {"nonce": "canary-2", "reason": NAME})
    door.post(scene.url("guests:hand_over_code"), {"to": NAME})
    door.post(scene.url("guests:trophy_outcome"), {"outcome": "later", "words": NAME})
    mac = scene.tokens["guests:door_pass"].partition(".")[2]
    assert heard(log, mac) == []


def test_logging_in_leaves_neither_address_nor_password(log: io.StringIO) -> None:
    make_user(NAME, email=ADDRESS)
    client = Client()
    page = "/accounts/login/"
    client.get(page, {"next": f"/events/?q={ADDRESS}"})
    client.post(page, {"login": ADDRESS, "password": "wrong canary"})
    client.post(page, {"login": ADDRESS, "password": PASSWORD})
    client.post("/accounts/logout/")
    client.post("/accounts/password/reset/", {"email": ADDRESS})
    path = mail.outbox[0].body.split("http://testserver", 1)[1].split()[0]
    client.get(path)
    key = path.rstrip("/").rpartition("-")[2]
    assert len(key) > 20
    assert heard(log, key) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("reply", ["", f"550 5.1.1 no {ADDRESS} here", "451 later"])
def test_a_mail_that_goes_out_leaves_no_address(
    settings: Settings, log: io.StringIO, reply: str
) -> None:
    """Nor one that is refused: a relay likes to say whom it does not know."""
    logging.getLogger("lounge").info("mail.begin")
    with relay() as running:
        use_relay(settings, running)
        if reply:
            running.at["rcpt"] = say(reply)
        draft = make_draft(make_event(), recipient_name=NAME, recipient_email=ADDRESS)
        outbox.create([draft], timezone.now())
        delivery.drain(5, lambda: False)
    state = Message.objects.get().state
    assert state == {"": "sent", "5": "failed", "4": "queued"}[reply[:1]]
    assert heard(log) == []


def test_a_refusal_of_the_database_does_not_tell_the_row(
    event: Event, log: io.StringIO
) -> None:
    """PostgreSQL adds "Failing row contains (...)" to what it refuses."""
    with suppress(IntegrityError), transaction.atomic():
        try:
            Category.objects.create(event=event, name=NAME, order=1, state="announced")
        except IntegrityError:
            logging.getLogger("lounge").exception("refused")
            raise
    assert "IntegrityError" in log.getvalue()
    assert heard(log) == []


def test_what_is_nested_is_masked_too(log: io.StringIO) -> None:
    told = {"to": [ADDRESS], "links": {"one": f"/i/{make_token('a', 'b' * 16, 1)}/"}}
    structlog.get_logger("lounge").warning("nested", told=told)
    assert heard(log) == []


def test_a_name_that_was_logged_would_be_heard(log: io.StringIO) -> None:
    logging.getLogger("lounge").warning("%s came in", NAME)
    assert len(heard(log)) == 1
