"""How tests bring statues to the desk, fetch them, and read the letters about them."""

import io
import re
from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any

from django.utils import timezone
from PIL import Image

from events import mail
from events.models import Category, Event, Message
from guests import trophies
from guests.actors import Actor
from guests.models import Device, Guest, HandOver, Trophy
from guests.trophies import hand_over
from tests.factories import make_category, make_event, make_member, make_user
from tests.guests.night import make_nominated_guest, win

ID = "photo ID shown"


def make_winner_of(event: Event, *categories: Category, name: str = "Vince") -> Guest:
    """Somebody who won in each of these; in one of their own where none is named."""
    categories = categories or (make_category(event),)
    guest = make_nominated_guest(event, *categories, name=name)
    for category in categories:
        win(category, guest)
    return guest


def actor() -> Actor:
    return Actor.of(make_user())


def host_of(event: Event) -> Actor:
    return Actor.of(make_member(event, "host").user)


def make_phone(event: Event, role: str = "trophies", name: str = "") -> Device:
    now = timezone.now()
    return Device.objects.create(
        event=event,
        role=role,
        name=name or f"Phone {Device.objects.count()}",
        created_at=now,
        claimed_at=now,
        expires_at=now + timedelta(hours=8),
    )


def receive(guest: Guest, tag: str = "A7", **said: Any) -> Trophy:
    intake = trophies.Intake(tag, **said)
    return trophies.receive(guest.pk, intake, by=actor(), at=timezone.now())


def begin(trophy: Trophy, by: Actor | None = None) -> HandOver:
    by, at = by or actor(), timezone.now()
    return hand_over.begin(trophy.pk, identity=ID, by=by, at=at)


def confirm(row: HandOver, by: Actor | None = None) -> HandOver:
    return hand_over.confirm(row.pk, by=by or actor(), at=timezone.now())


def give_back(trophy: Trophy) -> Trophy:
    """To its owner, before two people."""
    confirm(begin(trophy))
    trophy.refresh_from_db()
    return trophy


def send_code(trophy: Trophy, to: str = "A driver", **said: Any) -> HandOver:
    said = {"by": actor(), "at": timezone.now()} | said
    return hand_over.send_code(trophy.pk, to=to, **said)


def try_code(row: HandOver, code: str, **said: Any) -> HandOver:
    said = {"by": actor(), "at": timezone.now()} | said
    return hand_over.try_code(row.pk, code, **said)


def code_sent_for(row: HandOver) -> str:
    """The six digits in the owner's letter, as their mail program shows it."""
    text = letter(Message.objects.get(dedupe_key=f"statue_code:{row.pk}"))
    return re.search(r"^Code: (\d{6})$", text, re.MULTILINE)[1]


def letter(message: Message) -> str:
    read = message_from_bytes(mail.render(message), policy=policy.default)
    text = read.get_body(("plain",)).get_content()
    return text.replace("\r\n", "\n")


def moves(trophy: Trophy) -> list[str]:
    return list(trophy.moves.values_list("action", flat=True))


def picture(
    size: tuple[int, int] = (80, 60), kind: str = "PNG", **options: Any
) -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", size, "gold").save(kept, kind, **options)
    return kept.getvalue()


def race_ground() -> Trophy:
    """A statue in custody on an event of its own, for races."""
    return receive(make_winner_of(make_event()))
