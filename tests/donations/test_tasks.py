"""Beat finds what is owed, one at a time, and a broker that is away costs nothing."""

from threading import Barrier, Event
from typing import Any

import pytest
from kombu.exceptions import OperationalError

from donations import tasks
from donations.models import Donation, Reconciliation
from donations.webhooks.inbox import TASK
from losers_lounge import doorbell
from losers_lounge.celery import app
from losers_lounge.periodic import only_one
from losers_lounge.stand_in.server import StandIn
from tests.donations.factories import make_donation, pay
from tests.donations.signing import completed, post
from tests.racing import PATIENCE_SECONDS, at_the_same_moment
from tests.workers import eventually

# What a broker that answers nobody costs who waits for it.
HANGS_SECONDS = 30


@pytest.mark.django_db
def test_beat_processes_what_no_bell_was_heard_for(stand_in: StandIn) -> None:
    donation = make_donation()
    post(completed(donation, pay(stand_in, donation)))

    tasks.process_owed_events()

    donation.refresh_from_db()
    assert donation.state == Donation.State.PAID


@pytest.mark.django_db
def test_beat_reconciles_and_settles(stand_in: StandIn) -> None:
    donation = make_donation()
    pay(stand_in, donation)

    tasks.sweep_checkouts()
    tasks.reconcile()

    assert Reconciliation.objects.get().verdict == Reconciliation.Verdict.MATCHED


@pytest.mark.django_db(transaction=True)
def test_of_two_beats_one_does_the_job() -> None:
    all_have_asked = Barrier(4)

    def job(_: int) -> bool:
        with only_one("a job") as mine:
            all_have_asked.wait(PATIENCE_SECONDS)
            return mine

    assert sorted(at_the_same_moment(4, job)) == [False, False, False, True]
    with only_one("a job") as mine, only_one("another job") as other:
        assert mine and other


@pytest.mark.django_db(transaction=True)
def test_a_job_that_fails_frees_its_lock() -> None:
    def job(_: int) -> None:
        with only_one("a job"):
            raise ValueError

    at_the_same_moment(1, job)

    assert at_the_same_moment(1, lambda _: only_one("a job").__enter__()) == [True]


def test_a_broker_that_is_away_keeps_nobody_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried: list[tuple[int, ...]] = []
    all_have_rung = Event()

    def refuse(task: str, args: tuple[int, ...], **options: Any) -> None:
        all_have_rung.wait(HANGS_SECONDS)
        tried.append(args)
        raise OperationalError("refused")

    monkeypatch.setattr(app, "send_task", refuse)
    for number in range(3):
        doorbell.ring(TASK, number)
    assert tried == [], "somebody waited until the broker had answered"
    all_have_rung.set()
    eventually(lambda: tried == [(0,), (1,), (2,)])
