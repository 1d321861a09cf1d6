"""Workers that die at the worst line, beats that are two, tasks that come twice."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from unittest.mock import patch

from celery import Celery
from django.utils import timezone

from donations.models import Reconciliation
from events import outbox
from events.models import Event, Message
from tests.events.mails import lapse_leases, make_draft
from tests.factories import make_event
from tests.faults.house import House
from tests.faults.invariants import Told, when_healed
from tests.relay import wait
from tests.stack import Process
from tests.workers import eventually

State = Message.State


def make_wave(event: Event, mails: int) -> list[Message]:
    """So many mails in the outbox, for which nobody has rung yet."""
    with patch("events.doorbell.ring"):
        outbox.create([make_draft(event) for _ in range(mails)], timezone.now())
    return list(event.messages.order_by("pk"))


def is_out(event: Event) -> bool:
    waiting = [State.QUEUED, State.CLAIMED, State.HANDING_OVER]
    return not event.messages.filter(state__in=waiting).exists()


@contextmanager
def workers(house: House, **variables: str) -> Iterator[None]:
    """The worker under these variables; afterwards the one from before."""
    house.start_worker(**variables)
    try:
        yield
    finally:
        house.stop("worker")


def test_a_worker_killed_after_each_mail_is_noted_sends_none_twice(
    house: House,
) -> None:
    """The queue never hears that it is done and gives the task out again."""
    event = make_event()
    with workers(house, CHAOS_KILL="after_sent"):
        wave = make_wave(event, 4)
        eventually(lambda: is_out(event))
        died = house.stack.processes["worker"].written().count("signal 9 (SIGKILL)")
    assert died >= len(wave)
    copies = [house.stack.relay.copies(message.message_id) for message in wave]
    assert copies == [1] * len(wave)
    when_healed(event, Told(), relay=house.stack.relay)
    assert set(event.messages.values_list("attempts", "copies_possible")) == {(1, 1)}


def test_a_mail_that_kills_whoever_takes_it_fails_after_five_and_others_leave(
    house: House,
) -> None:
    event = make_event()
    poison, *others = make_wave(event, 4)

    def is_over() -> bool:
        lapse_leases()
        poison.refresh_from_db()
        return poison.state == State.FAILED and is_out(event)

    with workers(house, CHAOS_KILL=f"in_hand/{poison.pk}"):
        eventually(is_over)

    assert poison.attempts == 5
    assert poison.explanation
    relay = house.stack.relay
    assert relay.copies(poison.message_id) == 0
    assert [relay.copies(other.message_id) for other in others] == [1] * 3
    when_healed(event, Told(), relay=relay)


def test_a_deploy_in_the_middle_of_a_wave_costs_and_doubles_nothing(
    house: House,
) -> None:
    """The old worker is told to stop, finishes what it holds, the new one goes on."""
    event = make_event()
    house.stack.relay.at["taken"] = wait(0.1)
    old = house.stack.processes.pop("worker")
    make_wave(event, 30)
    eventually(lambda: event.messages.filter(state=State.SENT).count() >= 3)

    os.kill(old.popen.pid, signal.SIGTERM)
    house.start_worker("worker")
    eventually(lambda: old.popen.poll() is not None)

    eventually(lambda: is_out(event))
    house.stack.relay.at.clear()
    assert event.messages.filter(copies_possible=1, state=State.SENT).count() == 30
    when_healed(event, Told(), relay=house.stack.relay)
    old.kill()


STRIKES = "Scheduler: Sending due task"


def test_of_two_beats_one_strikes_and_the_other_takes_over(house: House) -> None:
    second = start_beat(house, "second")
    plain = start_beat(house, "plain", "--scheduler", "celery.beat:PersistentScheduler")
    try:
        # Without the lock it strikes as well, and everything would be done twice.
        eventually(lambda: plain.written().count(STRIKES) > 5)
        house.stop("plain")
        assert second.written().count(STRIKES) == 0

        house.stop("worker")
        eventually(lambda: second.written().count(STRIKES) > 5)
    finally:
        house.stop("second")
        house.stop("plain")


def start_beat(house: House, name: str, *words: str) -> Process:
    own = ["--schedule", str(house.stack.folder / name), "--loglevel", "INFO"]
    app = ["-m", "celery", "-A", "losers_lounge", "beat"]
    return house.stack.start(name, *app, *own, *words)


def test_a_periodic_task_that_comes_many_times_is_done_by_one_at_a_time(
    house: House,
) -> None:
    """Redelivered, or rung for twice: two workers have it, one goes through."""
    began, event = timezone.now(), make_event()
    house.start_worker("second", "--without-heartbeat")
    with Celery("elsewhere", broker=house.broker.url, set_as_current=False) as app:
        for _ in range(20):
            app.send_task("donations.tasks.reconcile")
            app.send_task("events.tasks.sweep_outbox")
    with house.queue() as queue:
        eventually(lambda: queue.llen("celery") == 0)
    house.stop("second")
    runs = Reconciliation.objects.filter(started_at__gte=began, account="")
    spans = sorted(runs.values_list("started_at", "finished_at"))
    assert spans
    assert all(one[1] <= two[0] for one, two in pairwise(spans))
    when_healed(event, Told(), relay=house.stack.relay)
