"""Whoever is forgotten is nowhere: dump, later mail, pages, files, exports and logs."""

import json
import logging
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from donations import statements
from donations.models import LedgerEntry, Receipt
from events.models import Event
from guests import facts
from guests.models import Guest
from guests.privacy import evenings, retention, telling
from losers_lounge.stand_in.server import StandIn
from tests.guests.devices import make_device
from tests.guests.factories import make_guest
from tests.losers_lounge.commands import failure, run
from tests.privacy.planted import Person, address, evening, phone, plant, settle
from tests.privacy.searching import dump, hits
from tests.relay import Relay

# pg_dump reads what is committed; on SQLite every row is read in the test's own.
pytestmark = pytest.mark.django_db(transaction=connection.vendor == "postgresql")

GONE, STAYS = "Quixwell", "Ottermark"
# All that was planted, in the words it was planted with.
TOLD = [
    words.format(GONE)
    for words in (
        *("Zed {}", "Knows {}", "tag{}", "No {}", "By {}", "Plus {}", "Asked {}"),
        *("Twin {}", "Rude {}", "Poor {}", "Rich {}", "Dent {}", "Passport {}"),
        *("Kind {}", "For {}", "Porter {}", "From {}", "Ballot "),
    )
] + [address(GONE), phone(GONE), '"customer_name"']


@pytest.fixture
def event(stand_in: StandIn, mail_relay: Relay) -> Event:
    return evening()


@pytest.fixture
def leaver(event: Event, stand_in: StandIn) -> Person:
    return plant(event, GONE, stand_in)


@pytest.fixture
def stayer(event: Event, leaver: Person, stand_in: StandIn) -> Person:
    person = plant(event, STAYS, stand_in)
    settle(event)
    return person


def figures(event: Event) -> dict[str, Any]:
    """All that `facts` prints, but for the moment and mail written meanwhile."""
    found = facts.of(event.slug, timezone.now())
    del found["as_of"]
    return found


def books(event: Event) -> list[Any]:
    """Every movement, every receipt's figures, the statement of them to the byte."""
    entries = LedgerEntry.objects.filter(event=event).order_by("pk")
    receipts = Receipt.objects.filter(donation__event=event).order_by("pk")
    names = ("number", "amount_cents", "deductible_cents", "fair_value_cents")
    sums = [[cents for _name, _what, cents in row.lines] for row in receipts]
    lines = [row["hash"] for row in statements.lines(event)]
    return [list(entries.values()), list(receipts.values(*names)), sums, lines]


def test_one_person_is_forgotten_everywhere_and_nobody_else(
    event: Event,
    leaver: Person,
    stayer: Person,
    mail_relay: Relay,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture,
) -> None:
    assert all(hits(dump(), [mark]) for mark in leaver.marks[:-1]), "it would be heard"
    told = json.dumps(telling.of(stayer.email, timezone.now()))
    assert hits(told, [STAYS])
    assert hits(told, [GONE]) == []
    mine = json.dumps(telling.of(leaver.email, timezone.now()))
    assert hits(mine, [STAYS]) == []
    assert [words for words in TOLD if words not in mine] == []

    before, kept = figures(event), books(event)
    said, _err = run("erase_person", leaver.email)
    assert "Say --yes" in said
    assert figures(event) == before
    with caplog.at_level(logging.DEBUG):
        said, _err = run("erase_person", leaver.email, "--yes")
    assert "stays in the books" in said
    found = hits(dump(), leaver.marks)
    assert not found, "\n".join(found)
    assert hits(caplog.text + "".join(capfd.readouterr()), leaver.marks) == []
    assert figures(event) == before
    assert books(event) == kept
    assert hits(dump(), stayer.marks[:-1])
    assert json.dumps(telling.of(stayer.email, timezone.now())) is not None

    spool = len(mail_relay.taken)
    settle(event)
    later = b"\n".join(mail_relay.taken[spool:]).decode(errors="replace")
    assert hits(later, leaver.marks) == []
    assert "Nothing is held" in failure("export_person", leaver.email)


def test_an_evening_is_forgotten_but_for_the_books_of_who_gave(
    event: Event, leaver: Person, stayer: Person, mail_relay: Relay
) -> None:
    make_device(event, name=f"Phone of {GONE}")
    make_guest(event, f"Friend {GONE}", notes=f"Not {STAYS}", answer=Guest.Answer.NO)
    settle(event)
    marks = [*leaver.marks, *stayer.marks]
    before, kept = figures(event), books(event)
    assert "Not yet" not in run("erase_event", event.slug)[0]
    assert figures(event) == before
    run("erase_event", event.slug, "--yes")
    found = [line for line in _outside_money(marks)]
    assert not found, "\n".join(found)
    assert figures(event) == before
    assert books(event) == kept
    assert not evenings.unfinished().exists()
    spool = len(mail_relay.taken)
    settle(event)
    later = b"\n".join(mail_relay.taken[spool:]).decode(errors="replace")
    assert hits(later, marks) == []
    # Their years go by, and who gave is forgotten too.
    at = timezone.now() + timedelta(days=366 * 7)
    retention.forget_due(at)
    found = hits(dump(), [GONE, STAYS])
    assert not found, "\n".join(found)
    assert books(event) == kept


def _outside_money(marks: list[str]) -> list[str]:
    """Hits but in the books, and in letters and lines that are about a donation."""
    table, found = "", []
    for line in dump().splitlines():
        if line.startswith("COPY "):
            table = line.split()[1]
        # SQLite's lines begin with their table; PostgreSQL's follow its name.
        is_money = "donations_" in (table or line[:20]) or "donation/" in line
        if not is_money and hits(line, marks):
            found.append(f"{table}: {line[:150]}")
    return found
