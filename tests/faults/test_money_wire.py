"""Each fault of the wire to Stripe, met by people who press: once in the end, always.

tests/donations/test_fault_matrix.py asks the functions; here it is gunicorn that meets
the fault, and Celery that finds out what became of it. `FAULT_COUNTS=1,3` also has
them go away while the client still asks again.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from pytest_django import Settings

from donations.models import Donation, Refund
from losers_lounge.stand_in.faults import Fault
from tests.faults.money_stage import Stage, Winner, count_by, running_stage

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(settings.EMBEDDED, reason="SQLite has one process"),
]
# The client asks three times: no answer ever comes.
TIMES = [int(count) for count in os.environ.get("FAULT_COUNTS", "3").split(",")]
HANGS_SECONDS = 1.2
LED, SORRY = 302, 503


@pytest.fixture
def stage(tmp_path: Path, settings: Settings) -> Iterator[Stage]:
    with running_stage(tmp_path, settings) as running:
        yield running


def test_whatever_the_wire_does_one_page_one_charge_one_refund(stage: Stage) -> None:
    winners = {}
    for fault in Fault:
        for times in TIMES:
            winners[stage.winner()] = fault, times
    for winner, (fault, times) in winners.items():
        presses_under(stage, winner, fault, times)
    stage.eventually(
        lambda: (
            not Donation.objects.exclude(state=Donation.State.PAID)
            .filter(pk__in=stage.told.paid)
            .exists()
        )
    )
    for donation, (fault, times) in zip(
        Donation.objects.filter(pk__in=stage.told.paid).order_by("pk"),
        winners.values(),
        strict=True,
    ):
        give_back_under(stage, donation, fault, times)

    done = Refund.objects.filter(state=Refund.State.SUCCEEDED, amount_cents=30_000)
    stage.eventually(lambda: done.count() == len(winners))
    assert set(count_by(stage.known("refund"), "payment_intent").values()) == {1}
    assert len(stage.known("charge", paid=True)) == len(winners)
    stage.ends_well()


def presses_under(stage: Stage, winner: Winner, fault: Fault, times: int) -> None:
    """The first press may be answered with words; then all goes well."""
    stage.stand_in.fail(
        fault,
        path="/v1/checkout/sessions",
        method="POST",
        count=times,
        seconds=HANGS_SECONDS,
    )
    answer = winner.give()
    assert answer is not None and answer.status_code in (LED, SORRY), answer
    if answer.status_code == SORRY:
        assert "Nothing was charged" in answer.text
    stage.stand_in.clear_faults()
    winner.pay(winner.until_led(winner.give))


def give_back_under(stage: Stage, donation: Donation, fault: Fault, times: int) -> None:
    """Whatever is answered is a page: the row is owed, and asked for again."""
    stage.stand_in.fail(
        fault, path="/v1/refunds", method="POST", count=times, seconds=HANGS_SECONDS
    )
    answer = stage.refund(donation)
    assert answer is not None and answer.status_code == LED, answer
    stage.stand_in.clear_faults()
