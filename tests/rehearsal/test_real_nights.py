"""Random nights on the real processes, which are killed: it heals, and all is true.

`REAL_NIGHTS=10 python3 manage.py test tests/rehearsal/test_real_nights.py` plays more
of them, `REAL_NIGHT=17` the one of that seed, `REAL_NIGHT_WAVES=100` longer ones. What
happened is printed when one fails. The seed decides what is pressed and what dies, but
not who is faster: a night is played again, not repeated.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from pytest_django import Settings

from donations.models import Discrepancy, DonationAttempt, Reconciliation, Refund
from guests.models import ImportRun
from tests.faults.money_stage import Stage, running_stage
from tests.rehearsal.nemesis import Nemesis
from tests.rehearsal.real_money import Money
from tests.rehearsal.real_night import RealNight, Watch
from tests.rehearsal.real_presses import People

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(settings.EMBEDDED, reason="SQLite has one process"),
]
CRASH = '"exception": '
WAVES = int(os.environ.get("REAL_NIGHT_WAVES", "15"))
SEEDS = (
    [int(os.environ["REAL_NIGHT"])]
    if "REAL_NIGHT" in os.environ
    else range(int(os.environ.get("REAL_NIGHTS", "1")))
)


@pytest.mark.parametrize("seed", SEEDS)
def test_processes_die_and_nothing_is_lost(
    tmp_path: Path, settings: Settings, seed: int
) -> None:
    with running_stage(tmp_path, settings, beat_apart=True) as stage:
        night = RealNight(seed, stage)
        people = People(night)
        money = Money(night, people)
        Nemesis(night)
        try:
            with Watch(night) as watch:
                for _wave in range(WAVES):
                    night.wave()
                night.heal()
                at_rest(stage)
            assert watch.looks and not watch.sold_twice
            assert not night.complaints
            people.nobody_was_imported_twice()
            money.cash_is_counted_once()
            stage.ends_well()
        except BaseException:
            print(f"REAL_NIGHT={seed}", *night.log, *books(), sep="\n")
            print(*[line for line in stage.stack.complaints() if CRASH in line])
            raise


def books() -> Iterator[object]:
    """How the ledger last stood beside Stripe, for whoever has to look."""
    if run := Reconciliation.objects.first():
        yield vars(run)
    yield from Discrepancy.objects.open().values()


def at_rest(stage: Stage) -> None:
    """What was begun has come to an end, and nobody has looked after it."""
    lost = (DonationAttempt.State.CREATED, DonationAttempt.State.UNKNOWN)
    for owed in (
        DonationAttempt.objects.filter(state__in=lost),
        Refund.objects.owed(),
        ImportRun.objects.filter(state=ImportRun.State.APPLYING),
    ):
        stage.eventually(lambda owed=owed: not owed.all())
    before = Reconciliation.objects.first()
    stage.eventually(lambda: Reconciliation.objects.first() != before)
