from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from events import outbox, tasks
from events.models import Event, Message
from tests.events.mails import lapse_leases, make_message

State = Message.State
Reason = Message.Reason

pytestmark = pytest.mark.django_db


def test_the_leases_are_longer_than_the_waits_they_cover(settings: Any) -> None:
    settings.EMAIL_TIMEOUT, settings.EMAIL_DOT_TIMEOUT = 20, 600
    assert outbox.lease_before_the_dot().total_seconds() > 11 * 20
    assert outbox.lease_of_the_dot().total_seconds() > 600


def test_a_worker_that_lost_its_lease_does_not_send(event: Event) -> None:
    make_message(event)
    slow = outbox.claim()
    lapse_leases()
    outbox.sweep()
    outbox.claim()

    with pytest.raises(outbox.ClaimLost):
        outbox.begin_handover(slow)


def test_a_lapsed_claim_is_queued_again_with_one_copy_possible(event: Event) -> None:
    message = make_message(event)
    outbox.claim()

    assert outbox.sweep() == 0
    lapse_leases()
    assert outbox.sweep() == 1

    message.refresh_from_db()
    assert (message.state, message.copies_possible) == (State.QUEUED, 1)


def test_an_unanswered_dot_is_tried_once_more_and_then_left(event: Event) -> None:
    message = make_message(event)
    for state in (State.QUEUED, State.UNKNOWN):
        outbox.begin_handover(outbox.claim())
        lapse_leases()
        outbox.sweep()
        message.refresh_from_db()
        assert (message.state, message.copies_possible) == (state, 2)

    assert outbox.claim() is None
    assert outbox.sweep() == 0
    assert message.explanation


def test_a_late_answer_is_recorded_before_a_second_copy_leaves(event: Event) -> None:
    message = make_message(event)
    slow = outbox.claim()
    outbox.begin_handover(slow)
    lapse_leases()
    outbox.sweep()

    assert outbox.settle_sent(slow, 250)

    message.refresh_from_db()
    assert message.state == State.SENT
    assert outbox.claim() is None


def test_an_old_answer_does_not_end_a_newer_claim(event: Event) -> None:
    make_message(event)
    slow = outbox.claim()
    outbox.begin_handover(slow)
    lapse_leases()
    outbox.sweep()
    outbox.claim()

    assert not outbox.settle_sent(slow, 250)


def test_a_message_that_kills_its_workers_stops_after_five(event: Event) -> None:
    message = make_message(event)
    for _ in range(5):
        assert outbox.claim() == message
        lapse_leases()
        outbox.sweep()

    message.refresh_from_db()
    assert message.state == State.FAILED
    assert message.explanation
    assert outbox.claim() is None


def test_a_deferred_message_waits_longer_each_time(event: Event) -> None:
    message = make_message(event)
    waits = []
    for _ in range(6):
        outbox.settle_deferred(outbox.claim(), 450, "rcpt 4.2.0")
        message.refresh_from_db()
        waits.append(round((message.not_before - timezone.now()).total_seconds() / 60))
        Message.objects.update(not_before=timezone.now() - timedelta(minutes=1))

    assert waits == [1, 5, 15, 60, 60, 60]
    assert message.state == State.QUEUED
    assert (message.smtp_code, message.last_error) == (450, "deferred rcpt 4.2.0")


def test_a_message_deferred_for_a_day_fails(event: Event) -> None:
    message = make_message(event)
    claimed = outbox.claim()
    Message.objects.update(first_tried_at=timezone.now() - timedelta(hours=24))

    outbox.settle_deferred(claimed, 450, "rcpt")

    message.refresh_from_db()
    assert message.state == State.FAILED
    assert message.last_error == Reason.TOO_OLD


def test_a_refused_message_fails_at_once(event: Event) -> None:
    message = make_message(event)
    outbox.settle_refused(outbox.claim(), 550, "rcpt 5.1.1")
    message.refresh_from_db()
    assert (message.state, message.smtp_code) == (State.FAILED, 550)


def test_the_sweep_task_rings_when_something_is_due(
    event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    rings: list[int] = []
    monkeypatch.setattr(outbox, "ring", lambda: rings.append(1))
    tasks.sweep_outbox()
    assert rings == []
    make_message(event)
    tasks.sweep_outbox()
    assert rings == [1]
