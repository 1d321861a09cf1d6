"""The outbox and the relay together: what is due leaves, and leaves once."""

import os
import socket
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import psycopg
import pytest
from celery.signals import celeryd_after_setup
from django.db import connection
from django.utils import timezone

from events import delivery, doorbell, outbox, smtp, tasks
from events.models import Event, Message
from events.outbox import outcomes
from tests.events.mails import (
    is_postgres,
    lapse_leases,
    make_draft,
    make_due,
    make_message,
    use_relay,
)
from tests.factories import make_event
from tests.racing import at_the_same_moment
from tests.relay import Relay, hang_up, once, relay, say, wait

pytestmark = pytest.mark.django_db(transaction=True)

State = Message.State


@pytest.fixture
def it(settings: Any) -> Iterator[Relay]:
    with relay() as started:
        use_relay(settings, started)
        yield started


@pytest.fixture(autouse=True)
def rings(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    heard: list[int] = []
    monkeypatch.setattr(doorbell, "ring", lambda times=1: heard.append(times))
    monkeypatch.setattr(outbox, "ring", doorbell.ring)
    return heard


def drain() -> int:
    return delivery.drain(10, lambda: False)


def test_what_is_due_is_sent_once_over_one_connection(event: Event, it: Relay) -> None:
    outbox.create([make_draft(event) for _ in range(20)], timezone.now())

    assert drain() == 20
    assert drain() == 0

    ids = Message.objects.values_list("message_id", flat=True)
    assert [it.copies(message_id) for message_id in ids] == [1] * 20
    assert it.visits == 1
    assert outbox.progress(event)[State.SENT] == 20
    sent = Message.objects.first()
    assert (sent.smtp_code, sent.attempts, sent.last_error) == (250, 1, "")
    assert sent.created_at <= sent.handover_at <= sent.sent_at


def test_a_mail_costs_three_queries(
    event: Event, it: Relay, django_assert_num_queries: Any
) -> None:
    """Claim, hand-over, outcome; each commits by itself."""
    outbox.create([make_draft(event) for _ in range(10)], timezone.now())
    place_and_looks = 5
    with django_assert_num_queries(10 * 3 + place_and_looks):
        drain()


@pytest.mark.parametrize(
    ("phase", "reply", "state", "explained"),
    [
        ("rcpt", "450 4.2.0 grey", State.QUEUED, "later"),
        ("rcpt", "451 4.3.0 later", State.QUEUED, "later"),
        ("rcpt", "421 4.3.2 closing", State.QUEUED, "later"),
        ("ehlo", "421 4.3.2 closing", State.QUEUED, "Waiting for the mail server"),
        ("rcpt", "550 5.1.1 amy@mail.example unknown", State.FAILED, "refused"),
        ("dot", "554 5.7.1 spam", State.FAILED, "refused"),
    ],
)
def test_a_definite_answer_settles_one_mail_and_no_other(
    event: Event, it: Relay, phase: str, reply: str, state: State, explained: str
) -> None:
    first, second = make_message(event), make_message(event)
    it.at[phase] = once(say(reply))

    drain()
    drain()

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.smtp_code) == (state, int(reply[:3]))
    assert explained in first.explanation
    assert "amy" not in first.last_error
    assert second.state == State.SENT
    make_due()
    drain()
    assert it.copies(first.message_id) == (state == State.QUEUED)


def test_a_relay_that_is_away_is_asked_once_and_everything_leaves_when_it_is_back(
    event: Event, it: Relay, settings: Any
) -> None:
    outbox.create([make_draft(event) for _ in range(5)], timezone.now())
    port = settings.EMAIL_PORT
    with socket.create_server(("127.0.0.1", 0)) as listener:
        settings.EMAIL_PORT = listener.getsockname()[1]

    assert drain() == 0
    assert sorted(Message.objects.values_list("attempts", flat=True)) == [0, 0, 0, 0, 1]

    settings.EMAIL_PORT = port
    make_due()
    assert drain() == 5


def test_a_dot_without_an_answer_is_repeated_once_with_the_same_bytes(
    event: Event, it: Relay
) -> None:
    message = make_message(event)
    it.at["taken"] = hang_up

    for state, copies in ((State.QUEUED, 1), (State.UNKNOWN, 2)):
        drain()
        message.refresh_from_db()
        assert message.state == State.HANDING_OVER
        lapse_leases()
        outbox.sweep()
        message.refresh_from_db()
        assert (message.state, it.copies(message.message_id)) == (state, copies)

    assert drain() == 0
    first, second = it.by_id[message.message_id]
    assert first == second
    assert outbox.counts()["copies_possible"] == 1


def test_a_slow_relay_makes_no_second_copy(
    event: Event, it: Relay, settings: Any
) -> None:
    settings.EMAIL_TIMEOUT = 0.3
    messages = [make_message(event) for _ in range(2)]
    it.at["taken"] = wait(0.5)

    assert drain() == 2

    assert outbox.sweep() == 0
    assert [it.copies(message.message_id) for message in messages] == [1, 1]


def two_drains_share_one_message(it: Relay) -> None:
    message = make_message(make_event())
    assert sum(at_the_same_moment(2, lambda _: drain())) == 1
    assert it.copies(message.message_id) == 1


def test_two_workers_with_one_message_send_one_copy(it: Relay) -> None:
    for _ in range(3):
        two_drains_share_one_message(it)


def slow_worker_and_fast_worker(it: Relay) -> int:
    """The copies that leave when one message is claimed again after its lease."""
    message = make_message(make_event())
    slow = outbox.claim()
    lapse_leases()
    outbox.sweep()
    fast = outbox.claim()
    with smtp.open_transport() as transport:
        for claimed in (slow, fast):
            delivery.deliver(claimed, transport)
    return it.copies(message.message_id)


def test_a_worker_that_comes_back_late_sends_nothing(it: Relay) -> None:
    assert slow_worker_and_fast_worker(it) == 1


def test_it_would_send_a_second_copy_without_the_guard(it: Relay) -> None:
    with patch.object(outbox, "begin_handover", lambda message: None):
        assert slow_worker_and_fast_worker(it) == 2


@pytest.mark.skipif(not is_postgres(), reason="SQLite has no advisory locks")
@pytest.mark.parametrize("most", [1, 3])
def test_no_more_than_the_crew_may_drain_at_a_time(
    event: Event, it: Relay, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery.crew, "most", most)
    outbox.create([make_draft(event) for _ in range(30)], timezone.now())
    it.at["mail"] = wait(0.01)

    sent = at_the_same_moment(5, lambda _: drain())

    assert sum(sent) == 30
    assert len([number for number in sent if number]) <= most


def test_a_worker_of_four_lets_three_send_and_another_worker_brings_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(delivery, "crew", delivery.Crew())
    worker = SimpleNamespace(concurrency=4)
    celeryd_after_setup.send(sender="celery@here", instance=worker, conf=None)
    assert delivery.crew.most == 3
    assert delivery.crew.name == f"celery@here.{os.getpid()}"


def test_a_drain_that_finds_more_than_one_mail_calls_another(
    event: Event, it: Relay, rings: list[int]
) -> None:
    make_message(event)
    make_message(event)
    rings.clear()
    assert drain() == 2
    assert rings == [1]
    make_message(event)
    rings.clear()
    assert drain() == 1
    assert rings == []


def test_a_mail_that_cannot_be_written_does_not_stop_the_others(
    event: Event, it: Relay
) -> None:
    broken = make_message(event, template="tests/email/missing")
    healthy = make_message(event)

    assert drain() == 1

    broken.refresh_from_db()
    healthy.refresh_from_db()
    assert (broken.state, healthy.state) == (State.QUEUED, State.SENT)
    assert broken.last_error == "broken TemplateDoesNotExist"
    for _ in range(4):
        make_due()
        drain()
    broken.refresh_from_db()
    assert (broken.state, broken.attempts) == (State.FAILED, 5)


def test_a_stopping_worker_claims_no_more_and_rings_for_the_rest(
    event: Event, it: Relay, rings: list[int]
) -> None:
    outbox.create([make_draft(event) for _ in range(3)], timezone.now())
    rings.clear()
    answers = iter([False, True])

    assert delivery.drain(10, lambda: next(answers)) == 1

    assert rings == [1, 1]  # for help, and for the rest
    assert outbox.progress(event)[State.QUEUED] == 2


def test_the_signal_of_the_worker_stops_claiming(event: Event, it: Relay) -> None:
    make_message(event)
    tasks.stop_claiming()
    try:
        assert tasks.deliver_queued() == 0
    finally:
        tasks._stopping[0] = 0
    assert tasks.deliver_queued() == 1


@pytest.mark.skipif(not is_postgres(), reason="SQLite has no server to restart")
def test_an_answer_is_recorded_although_the_database_was_away_for_a_moment(
    event: Event, it: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = make_message(event)
    monkeypatch.setattr(outcomes, "PATIENCE_SECONDS", 0.01)
    it.at["taken"] = lambda visit: cut_connections()

    assert drain() == 1

    message.refresh_from_db()
    assert message.state == State.SENT


def cut_connections() -> None:
    """As a restart of the database does to every session."""
    with psycopg.connect(**connection.get_connection_params()) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND datname = current_database()"
        )
