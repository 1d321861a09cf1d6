"""Webhooks over HTTP to gunicorn: doubled, reordered, lost, forged, and no database.

Stripe's own courier is silent here; the test brings its letters.
"""

import json
from collections.abc import Iterator
from itertools import permutations
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.conf import settings
from pytest_django import Settings

from donations.models import Donation, StripeEvent
from losers_lounge import schedule
from tests.donations.signing import completed, sign
from tests.faults.money_stage import (
    Stage,
    Winner,
    bodies,
    database_down,
    knock,
    running_stage,
)
from tests.racing import at_the_same_moment

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(settings.EMBEDDED, reason="SQLite has one process"),
]
AT_ONCE = 20
LOST_IS_BOOKED_WITHIN_SECONDS = 15 * 60


@pytest.fixture
def stage(tmp_path: Path, settings: Settings) -> Iterator[Stage]:
    with running_stage(tmp_path, settings) as running:
        running.stand_in.deliver(paused=True)
        yield running


def test_webhooks_that_come_as_webhooks_come(stage: Stage) -> None:
    often = paid(stage, stage.winner())
    comes_often(stage, often)
    told = [a_long_story(stage, stage.winner()) for _ in range(3)]
    comes_in_another_order(stage, told)
    lost = paid(stage, stage.winner())
    unanswered = paid(stage, stage.winner())
    comes_without_a_database(stage, unanswered)
    leaves_no_trace(stage)
    concerns_nobody(stage)

    for donation in (often, lost, unanswered):
        stage.eventually(lambda one=donation: state_of(one) == Donation.State.PAID)
        assert donation.entries.count() == donation.receipts.count() == 1
        assert stage.event.messages.filter(kind="receipt").exists()
    stage.eventually(lambda: len({read(one) for one in told}) == 1)
    assert read(told[0])[0] == Donation.State.CHARGED_BACK
    stage.ends_well()


def paid(stage: Stage, winner: Winner) -> Donation:
    return winner.pay(winner.until_led(winner.give))


def state_of(donation: Donation) -> str:
    donation.refresh_from_db()
    return donation.state


def comes_often(stage: Stage, donation: Donation) -> None:
    """Twenty at the same moment, of which one is the first; and five times later."""
    body = the_one(stage, donation, "checkout.session.completed")
    found = at_the_same_moment(AT_ONCE, lambda _number: knock(stage, body))
    found += [knock(stage, body) for _ in range(5)]
    assert found == [200] * (AT_ONCE + 5)
    assert StripeEvent.objects.filter(event_id=json.loads(body)["id"]).count() == 1


def the_one(stage: Stage, donation: Donation, kind: str) -> bytes:
    [body] = [
        one
        for one in bodies(stage, donation.public_id)
        if json.loads(one)["type"] == kind
    ]
    return body


def a_long_story(stage: Stage, winner: Winner) -> Donation:
    """Paid, refunded in part, disputed, and the dispute is lost."""
    donation = paid(stage, winner)
    [session] = stage.known("checkout.session", client_reference_id=donation.public_id)
    stage.stand_in.refund(session["payment_intent"], 30_000)
    dispute = stage.stand_in.issuer.dispute(session["payment_intent"])
    stage.stand_in.issuer.decide(dispute["id"], "lost")
    return donation


def comes_in_another_order(stage: Stage, donations: list[Donation]) -> None:
    """First and last change places; what is between is shuffled by a seed."""
    for donation, seed in zip(donations, permutations(range(3)), strict=False):
        [session] = stage.known(
            "checkout.session", client_reference_id=donation.public_id
        )
        letters = bodies(stage, session["payment_intent"])
        Random(str(seed)).shuffle(letters)
        assert [knock(stage, body) for body in letters] == [200] * len(letters)


def read(donation: Donation) -> tuple[Any, ...]:
    """What of a donation's books does not name it."""
    state = state_of(donation)
    entries = donation.entries.values_list("kind", "gross_cents", "net_cents")
    return (
        state,
        donation.refunded_cents,
        donation.charged_back_cents,
        tuple(sorted(entries)),
        donation.receipts.valid().count(),
        tuple(donation.disputes.values_list("status", flat=True)),
    )


def comes_without_a_database(stage: Stage, donation: Donation) -> None:
    """Stripe hears 5xx, comes again, and is heard."""
    body = the_one(stage, donation, "checkout.session.completed")
    with database_down():
        assert knock(stage, body) >= 500
    assert knock(stage, body) == 200


def leaves_no_trace(stage: Stage) -> None:
    body = completed(Donation(public_id="forged"))
    for signature in (
        "",
        "t=1,v1=0",
        sign(body, "whsec_guess"),
        sign(body, minutes=-6),
        sign(body, minutes=6),
        sign(body + b" "),
    ):
        assert knock(stage, body, signature) == 400
    assert not StripeEvent.objects.filter(event_id="evt_forged").exists()


def concerns_nobody(stage: Stage) -> None:
    """Signed, and of the other mode, of a stranger's account, of an unknown object."""
    for number, fields in enumerate(
        (
            {"livemode": True},
            {"account": "acct_of_a_stranger"},
            {"type": "a.type.of.next.year"},
            {},
        )
    ):
        name = f"nobody{number}"
        body = completed(Donation(public_id=name), **fields)
        assert knock(stage, body) == 200
        event = StripeEvent.objects.filter(event_id=f"evt_{name}")
        stage.eventually(lambda event=event: event.get().state == "ignored")


def test_a_lost_webhook_is_booked_within_a_quarter_of_an_hour() -> None:
    """In production's own times: it is found by one sweep and done by the next."""
    found, done = (
        schedule.SECONDS[f"donations.tasks.{name}"]
        for name in ("catch_up_events", "process_owed_events")
    )
    assert found + done <= LOST_IS_BOOKED_WITHIN_SECONDS
    assert schedule.SECONDS["donations.tasks.reconcile"] <= (
        LOST_IS_BOOKED_WITHIN_SECONDS
    )
