"""Workers killed, brokers emptied: no mail is lost, and copies are counted."""

import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import pytest
import redis
from celery import Celery
from django.conf import settings as django_settings
from django.utils import timezone

from events import outbox, tasks
from events.models import Event, Message
from losers_lounge import doorbell
from tests.events.mails import lapse_leases, make_draft, make_message, use_relay
from tests.relay import HANG_UP, Relay, Visit, relay, wait
from tests.workers import eventually, kill_owner, worker

pytestmark = pytest.mark.django_db(transaction=True)

State = Message.State
# How long a broker that answers nothing is waited for, by who waits (settings.py).
HANGS_SECONDS = 5


@pytest.fixture(scope="module")
def one_relay() -> Iterator[Relay]:
    with relay() as started:
        yield started


@pytest.fixture
def it(one_relay: Relay, settings: Any) -> Iterator[Relay]:
    one_relay.forget()
    use_relay(settings, one_relay)
    broker().flushdb()
    yield one_relay
    one_relay.forget()


@pytest.fixture
def mail_environment(it: Relay) -> dict[str, str]:
    return {
        "EMAIL_URL": f"smtp://127.0.0.1:{it.port}",
        "EMAIL_TIMEOUT": "2",
        "EMAIL_DOT_TIMEOUT": "3",
    }


def broker() -> redis.Redis:
    return redis.Redis.from_url(django_settings.CELERY_BROKER_URL)


class Killing:
    """Kills, after some visits, the process that speaks to the relay; once."""

    def __init__(self, after: int = 0) -> None:
        self.visits_left = after
        self.is_done = False

    def __call__(self, visit: Visit) -> str | None:
        self.visits_left -= 1
        if self.visits_left >= 0 or self.is_done:
            return None
        kill_owner(*visit.ends)
        self.is_done = True
        return HANG_UP


def a_sweep_later() -> bool:
    """What beat does every thirty seconds, until nothing is left to do."""
    tasks.sweep_outbox()
    unsettled = [State.QUEUED, State.CLAIMED, State.HANDING_OVER]
    return not Message.objects.filter(state__in=unsettled).exists()


def copies_of_all(it: Relay) -> list[int]:
    ids = Message.objects.order_by("pk").values_list("message_id", flat=True)
    return [it.copies(message_id) for message_id in ids]


@pytest.mark.parametrize(
    ("phase", "copies", "copies_possible"),
    [
        ("rcpt", 1, (1,)),
        ("data", 1, (1,)),
        ("body", 1, (1, 2)),  # the commit before the dot may have been made
        ("dot", 1, (2,)),
        ("taken", 2, (2,)),
    ],
)
def test_a_worker_killed_at_a_phase_loses_nothing(
    event: Event,
    it: Relay,
    mail_environment: dict[str, str],
    phase: str,
    copies: int,
    copies_possible: tuple[int, ...],
) -> None:
    """The pool replaces the killed process; the lease gives its mail back."""
    hurt = make_message(event)
    it.at[phase] = killing = Killing()
    with worker("--concurrency=2", **mail_environment) as process:
        outbox.ring()
        eventually(lambda: killing.is_done)
        lapse_leases()
        eventually(a_sweep_later)
        assert process.poll() is None

    hurt.refresh_from_db()
    assert (hurt.state, hurt.attempts) == (State.SENT, 2)
    assert hurt.copies_possible in copies_possible
    assert it.copies(hurt.message_id) == copies
    assert len(set(it.by_id[hurt.message_id])) == 1
    assert outbox.counts()["copies_possible"] == hurt.copies_possible - 1


def test_a_whole_worker_killed_in_a_wave_is_replaced_by_another(
    event: Event, it: Relay, mail_environment: dict[str, str]
) -> None:
    outbox.create([make_draft(event) for _ in range(30)], timezone.now())
    it.at["taken"] = killing = Killing(after=10)
    with worker("--pool=solo", **mail_environment) as first:
        eventually(lambda: killing.is_done)
        eventually(lambda: first.poll() is not None)
    assert outbox.progress(event)[State.SENT] == 10

    lapse_leases()
    with worker("--pool=solo", **mail_environment):
        eventually(a_sweep_later)

    copies = copies_of_all(it)
    assert sorted(copies) == [1] * 29 + [2]
    assert outbox.progress(event)[State.SENT] == 30
    assert outbox.counts()["copies_possible"] == 1


def test_a_broker_emptied_in_a_wave_costs_no_mail(
    event: Event,
    it: Relay,
    mail_environment: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    it.at["rcpt"] = wait(0.005)
    with worker("--pool=solo", **mail_environment):
        outbox.create([make_draft(event) for _ in range(40)], timezone.now())
        eventually(lambda: len(it.taken) >= 5)
        broker().flushdb()
        outbox.create([make_draft(event) for _ in range(10)], timezone.now())
        broker().flushdb()
        eventually(a_sweep_later)

    assert copies_of_all(it) == [1] * 50


def test_mail_made_while_the_broker_is_away_goes_out_when_it_is_back(
    event: Event, it: Relay, mail_environment: dict[str, str], settings: Any
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        away = f"redis://127.0.0.1:{listener.getsockname()[1]}/0"
    with unheard_broker(away):
        began = time.monotonic()
        outbox.create([make_draft(event) for _ in range(3)], timezone.now())
        assert time.monotonic() - began < HANGS_SECONDS
    with worker("--pool=solo", **mail_environment):
        eventually(a_sweep_later)
    assert copies_of_all(it) == [1, 1, 1]


def test_a_broker_that_never_answers_does_not_hold_up_a_page(event: Event) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"redis://127.0.0.1:{listener.getsockname()[1]}/0"
        with unheard_broker(url):
            began = time.monotonic()
            for _ in range(3):
                outbox.create([make_draft(event)], timezone.now())
            assert time.monotonic() - began < HANGS_SECONDS


@contextmanager
def unheard_broker(url: str) -> Iterator[None]:
    """Rings go to this address, through a bell of its own."""
    with (
        patch.object(
            doorbell, "app", Celery("elsewhere", broker=url, set_as_current=False)
        ),
        patch.object(doorbell, "_bell", None),
    ):
        yield


def test_a_warm_stop_finishes_the_mail_in_hand_and_leaves_the_rest(
    event: Event, it: Relay, mail_environment: dict[str, str]
) -> None:
    outbox.create([make_draft(event) for _ in range(5)], timezone.now())
    it.at["taken"] = wait(0.5)
    with worker("--concurrency=1", **mail_environment) as process:
        outbox.ring()
        eventually(lambda: len(it.taken) == 1)
        os.kill(process.pid, signal.SIGTERM)
        eventually(lambda: process.poll() is not None)

    progress = outbox.progress(event)
    assert progress[State.QUEUED] >= 3
    assert progress[State.QUEUED] + progress[State.SENT] == 5
    assert progress[State.SENT] == len(it.taken)
