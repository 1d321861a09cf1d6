"""From a mail back to the press that made it: one name, in the rows and in the log."""

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from events import delivery, outbox
from events.models import Event, Message
from tests.events.mails import make_draft, use_relay
from tests.guests.factories import make_guest
from tests.log_lines import log_lines
from tests.relay import relay, say

pytestmark = pytest.mark.django_db


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    with log_lines() as stream:
        yield stream


def lines(log: io.StringIO, name: str) -> list[dict[str, Any]]:
    told = [json.loads(line) for line in log.getvalue().splitlines()]
    return [line for line in told if line["event"] == name]


def test_a_mail_is_traced_to_the_press_that_made_it(
    host: Client, event: Event, log: io.StringIO, settings: Any
) -> None:
    guest = make_guest(event, "Canary Feather")
    host.post(reverse("guests:invitations_send", args=[event.slug]))
    (press,) = lines(log, "request_finished")
    message = Message.objects.get()
    assert message.request_id == press["request_id"]

    with relay() as post:
        use_relay(settings, post)
        delivery.drain(5, lambda: False)

    (sent,) = lines(log, "mail.sent")
    assert sent["level"] == "info"
    assert (sent["message"], sent["origin"]) == (message.pk, press["request_id"])
    assert (sent["kind"], sent["code"]) == ("invitation", 250)
    told = log.getvalue().lower()
    assert "canary" not in told and guest.invitation.contact.email not in told


def test_a_refusal_is_traced_too(event: Event, log: io.StringIO, settings: Any) -> None:
    with structlog.contextvars.bound_contextvars(request_id="press-1"):
        outbox.create([make_draft(event)], timezone.now())
    with relay() as post:
        use_relay(settings, post)
        post.at["ehlo"] = say("421 4.3.2 closing")
        delivery.drain(5, lambda: False)
    (line,) = lines(log, "mail.relay_down")
    assert (line["level"], line["origin"]) == ("warning", "press-1")


@pytest.mark.parametrize(
    ("bound", "kept"),
    [
        ({"request_id": "r-1", "task_id": "t-1"}, "r-1"),
        ({"task_id": "t-1"}, "t-1"),
        ({}, ""),
        ({"request_id": "amy@mail.example"}, ""),
        ({"request_id": "r" * 37}, ""),
    ],
)
def test_what_is_kept_is_a_name_of_a_press_or_a_task(
    event: Event, bound: dict[str, str], kept: str
) -> None:
    with structlog.contextvars.bound_contextvars(**bound):
        outbox.create([make_draft(event)], timezone.now())
    assert Message.objects.get().request_id == kept
