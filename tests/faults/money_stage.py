"""An evening whose money is asked for over HTTP, of a real gunicorn and Celery."""

import json
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest_django
import requests
from django.core.cache import caches
from django.db import connection
from psycopg import sql

from donations.models import Donation
from events.models import Event, Member
from guests.models import Guest
from losers_lounge.rehearsal import donor
from losers_lounge.stand_in.server import StandIn
from tests.donations.signing import sign
from tests.factories import make_category, make_event, make_member
from tests.faults import visitors
from tests.faults.invariants import Told, at_any_moment, when_healed
from tests.faults.killing import Killing
from tests.faults.visitors import Visitor
from tests.guests.night import make_nominated_guest, win
from tests.guests.pledging import pledged
from tests.stack import Stack, running_stack
from tests.workers import eventually

HURRY = "tests.faults.hurry_settings"
# For everything that heals by itself: sweeps look each second, waits last five.
HEALS_SECONDS = 180
READS_SECONDS = 0.5


@dataclass
class Stage:
    """The processes, the evening they serve, and what its people were told."""

    stack: Stack
    killing: Killing
    event: Event
    told: Told = field(default_factory=Told)

    def __post_init__(self) -> None:
        user = make_member(self.event, Member.Role.FINANCE).user
        self.finance = visitors.member(self.stack.url, user)

    @property
    def stand_in(self) -> StandIn:
        return self.stack.stripe

    def winner(self) -> "Winner":
        """Somebody who owes, with their link open in a browser."""
        category = make_category(self.event)
        guest = make_nominated_guest(self.event, category)
        win(category, guest)
        return self.with_browser(guest)

    def nominee(self) -> "Winner":
        """Somebody who may pledge."""
        return self.with_browser(
            make_nominated_guest(self.event, make_category(self.event))
        )

    def pledged(self) -> Guest:
        """Somebody whose card is saved."""
        return pledged(self.stand_in, self.event)

    def with_browser(self, guest: Guest) -> "Winner":
        browser = visitors.guest_of(self.stack.url, guest.invitation)
        return Winner(self, guest, browser)

    def eventually(self, claim: Any) -> None:
        eventually(claim, HEALS_SECONDS)

    def refund(self, donation: Donation, nonce: str = "") -> requests.Response | None:
        """Finance gives a part of it back."""
        fields = {"amount": "300.00", "reason": "They asked", "sure": "1"}
        fields["nonce"] = nonce or uuid4().hex
        where = f"/donations/{self.event.slug}/gifts/{donation.public_id}/refund/"
        return self.finance.press(where, fields)

    def ends_well(self) -> None:
        """Every invariant holds in the end, and nobody helped.

        What no fault may break holds now; the rest when all that is owed is done.
        """
        at_any_moment(self.event, self.told)
        deadline = time.monotonic() + HEALS_SECONDS
        sides = {"relay": self.stack.relay, "stand_in": self.stand_in}
        while True:
            try:
                when_healed(self.event, self.told, **sides)
                return
            except AssertionError:
                # A last letter or webhook may be on its way.
                if time.monotonic() > deadline:
                    raise
            time.sleep(READS_SECONDS)

    def known(self, kind: str, **wanted: Any) -> list[dict[str, Any]]:
        """What Stripe has on record of a kind, whatever anybody here believes."""
        store = self.stand_in._store
        with store.transaction():
            rows = list(store.rows("", kind))
        return [row for row in rows if all(row[k] == v for k, v in wanted.items())]


@dataclass(eq=False)
class Winner:
    stage: Stage
    guest: Guest
    browser: Visitor

    def page(self, room: str) -> str:
        return f"/invitation/{self.guest.invitation.public_id}/{room}/"

    def give(self) -> requests.Response | None:
        return self.browser.press(self.page("donate"), {"guest": self.guest.public_id})

    def agree(self) -> requests.Response | None:
        fields = {"do": "agree", "guest": self.guest.public_id}
        return self.browser.press(self.page("pledge"), fields)

    def until_led(self, press: Any) -> str:
        """Press as often as the page says "try again"; where it led to in the end."""
        found: list[str] = []

        def led() -> bool:
            answer = press()
            assert answer is not None, "nobody was to be killed any more"
            if answer.status_code == 302:
                found.append(answer.headers["Location"])
            else:
                # Words, and the button again: nothing else is an answer here.
                assert answer.status_code == 503, answer.text
                # Nobody presses again before they have read them.
                time.sleep(READS_SECONDS)
            return bool(found)

        self.stage.eventually(led)
        return found[0]

    def pay(self, address: str) -> Donation:
        """On Stripe's page; our donation, which nobody has told of it."""
        assert donor.give(address, "good").status == 303
        [donation] = Donation.objects.filter(
            settlements__obligation__guest=self.guest,
            attempts__session_id=address.rsplit("/", 1)[1],
        )
        self.stage.told.paid.add(donation.pk)
        return donation


@contextmanager
def running_stage(
    folder: Path,
    settings: pytest_django.Settings,
    *,
    beat_apart: bool = False,
    **variables: str,
) -> Iterator[Stage]:
    """The stage, with everything running; the test shares the processes' addresses."""
    caches["database"].clear()
    # Forked from one that has read everything, a worker that died is soon replaced.
    hurry = {"DJANGO_SETTINGS_MODULE": HURRY, "GUNICORN_CMD_ARGS": "--preload"}
    with running_stack(folder, beat_apart=beat_apart, **hurry | variables) as stack:
        # Workers die here, and say so.
        stack.complaints_expected = True
        settings.SITE_URL = stack.url
        settings.STRIPE_API_BASE = stack.stripe.base_url
        event = make_event(charges_pledges_by_rule=True, hold_minutes=0)
        yield Stage(stack, Killing(stack.stripe), event)


def bodies(stage: Stage, about: str) -> list[bytes]:
    """What Stripe has to tell that names this, in no order, as webhooks carry it."""
    found = [json.dumps(row).encode() for row in stage.known("event")]
    return [body for body in found if about.encode() in body]


def knock(stage: Stage, body: bytes, signature: str | None = None) -> int:
    """Post a webhook as Stripe does, or as a forger; the answer's status."""
    answer = requests.post(
        f"{stage.stack.url}/stripe/webhook/",
        data=body,
        headers={
            "Content-Type": "application/json",
            "Stripe-Signature": sign(body) if signature is None else signature,
        },
        timeout=visitors.PATIENCE_SECONDS,
    )
    if answer.ok:
        stage.told.webhooks.add(json.loads(body)["id"])
    return answer.status_code


@contextmanager
def database_down() -> Iterator[None]:
    """Nobody but this test reaches its database: all are thrown out and kept out."""
    connection.ensure_connection()
    known, mine = connection.get_connection_params(), connection.connection.info
    shut = sql.SQL("ALTER DATABASE {} WITH ALLOW_CONNECTIONS {}")
    name = sql.Identifier(known["dbname"])
    beside = {key: known[key] for key in ("host", "user", "port") if known.get(key)}
    with psycopg.connect(dbname="postgres", autocommit=True, **beside) as keeper:
        keeper.execute(shut.format(name, sql.Literal(False)))
        keeper.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = %s AND pid <> %s",
            [known["dbname"], mine.backend_pid],
        )
        try:
            yield
        finally:
            keeper.execute(shut.format(name, sql.Literal(True)))


def count_by(rows: list[dict[str, Any]], name: str) -> Counter[str]:
    return Counter(row[name] for row in rows)
