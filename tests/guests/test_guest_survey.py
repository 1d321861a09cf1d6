"""A large file is planned a stretch at a time, and says what it would say at once."""

import random

import pytest

from events.models import Event
from guests import imports
from guests.imports import parts
from guests.models import ImportRun
from tests.factories import make_event
from tests.guests.factories import make_contact, make_guest, make_invitation
from tests.guests.people import AT

pytestmark = pytest.mark.django_db
NAMES = ("Ana Góngora", "Gongora, Ana", "ANA GONGORA", "Bo Derek", "Cy Twombly")
ADDRESSES = ("", "ana@x.org", "bo@x.org", "not an address")
TAGS = ("", "", "friend")
TIMES = 12


def a_file(chance: random.Random) -> bytes:
    """Rows that are like each other, and like somebody on the list, now and then."""
    names = [*NAMES, *NAMES, *(f"Ana Góngora {number}" for number in range(9))]
    rows = [
        f'"{chance.choice(names)}",{chance.choice(ADDRESSES)},{chance.choice(TAGS)}'
        for _ in range(chance.randrange(4, 24))
    ]
    return "\n".join(["name,email,tags", *rows]).encode()


def said_of(run: ImportRun) -> list[object]:
    told = imports.done(run)
    figures = (told, told.refusals, told.no_email, told.shared_people, told.maybe)
    return [figures, *(look for _row, look in parts.each(run))]


@pytest.mark.parametrize("seed", range(TIMES))
def test_in_stretches_as_at_once(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(seed)
    event, data = make_event(), a_file(chance)
    for name in chance.sample(NAMES, 2):
        contact = make_contact(event, email=chance.choice(("", "ana@x.org")))
        make_guest(event, name, make_invitation(event, contact=contact))
    at_once = started(event, data)
    monkeypatch.setattr(parts, "SIZE", chance.choice((1, 2, 3)))
    in_stretches = started(event, data)
    assert said_of(in_stretches) == said_of(at_once), data.decode()

    choices = {
        row[0]: chance.choice([*look["maybe"], ""])
        for row, look in parts.each(at_once)
        if "maybe" in look
    }
    monkeypatch.undo()
    imports.choose(at_once.pk, choices)
    monkeypatch.setattr(parts, "SIZE", chance.choice((1, 2, 3)))
    imports.choose(in_stretches.pk, choices)
    for run in (at_once, in_stretches):
        run.refresh_from_db()
    assert said_of(in_stretches) == said_of(at_once), (data.decode(), choices)


def started(event: Event, data: bytes) -> ImportRun:
    return imports.start(event, ImportRun.Kind.GUESTS, data, by=None, at=AT)
