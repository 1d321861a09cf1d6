"""Mails for tests: drafts of a small letter, and what the outbox says of them."""

from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from events import outbox
from events.models import Event, Message
from tests.relay import Relay

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
_numbers = count(1)


def use_relay(settings: Any, relay: Relay) -> None:
    """Send through this relay, with limits that suit a test."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", relay.port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_TIMEOUT = settings.EMAIL_DOT_TIMEOUT = 2
    use_templates(settings)


def use_templates(settings: Any) -> None:
    (engine,) = settings.TEMPLATES
    settings.TEMPLATES = [{**engine, "DIRS": [*engine["DIRS"], TEMPLATES]}]


def make_draft(event: Event, **fields: Any) -> outbox.Draft:
    number = next(_numbers)
    defaults = {
        "kind": "invitation",
        "about": f"invitation/{number}",
        "dedupe_key": f"test:{number}",
        "event": event,
        "recipient_name": f"Guest {number}",
        "recipient_email": f"guest{number}@mail.example",
        "template": "tests/email/hello",
        "context": {"name": "Amy", "link": {"link": ["unsubscribe", "a" * 16, 1]}},
    }
    return outbox.Draft(**defaults | fields)


def make_message(event: Event, **fields: Any) -> Message:
    """A mail put into the outbox, as its row."""
    draft = make_draft(event, **fields)
    outbox.create([draft], timezone.now())
    return Message.objects.get(dedupe_key=draft.dedupe_key)


def lapse_leases() -> None:
    """Let the time pass that a lease lasts."""
    Message.objects.exclude(lease_until=None).update(
        lease_until=timezone.now() - timedelta(seconds=1)
    )


def make_due() -> None:
    """Let the time pass that a deferred mail waits."""
    Message.objects.filter(state=Message.State.QUEUED).update(
        not_before=timezone.now() - timedelta(seconds=1)
    )


def is_postgres() -> bool:
    return "postgresql" in settings.DATABASES["default"]["ENGINE"]
