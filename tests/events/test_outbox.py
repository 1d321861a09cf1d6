import time
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.db.models import F, Value
from django.utils import timezone

from events import doorbell, outbox, suppression, tasks
from events.models import Event, Message, SendingHold
from events.outbox import claims
from tests.events.mails import lapse_leases, make_draft, make_message
from tests.factories import make_event
from tests.racing import WINDOW_SECONDS, at_the_same_moment

State = Message.State
Reason = Message.Reason

pytestmark = pytest.mark.django_db


@pytest.fixture
def rings(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    heard: list[int] = []
    monkeypatch.setattr(doorbell, "ring", lambda times=1: heard.append(times))
    return heard


def test_creating_twice_leaves_one_row(event: Event) -> None:
    draft = make_draft(event)

    assert outbox.create([draft], timezone.now()) == 1
    assert outbox.create([draft], timezone.now()) == 0

    assert Message.objects.count() == 1


def test_the_bell_rings_after_the_commit_and_only_for_new_mail(
    event: Event, rings: list[int], django_capture_on_commit_callbacks
) -> None:
    draft = make_draft(event)
    with django_capture_on_commit_callbacks(execute=True):
        outbox.create([draft], timezone.now())
        assert rings == []
    assert rings == [1]
    with django_capture_on_commit_callbacks(execute=True):
        outbox.create([draft], timezone.now())
    assert rings == [1]


def test_creating_a_large_wave_takes_few_queries(
    event: Event, django_assert_max_num_queries
) -> None:
    drafts = [make_draft(event, is_bulk=True) for _ in range(2500)]
    with django_assert_max_num_queries(20):
        assert outbox.create(drafts, timezone.now()) == 2500


def test_mail_for_later_waits(event: Event) -> None:
    later = timezone.now() + timedelta(hours=1)
    make_message(event, not_before=later)
    assert outbox.claim() is None


def test_a_claim_takes_a_lease_and_counts_the_attempt(event: Event) -> None:
    made = make_message(event)

    claimed = outbox.claim()

    made.refresh_from_db()
    assert claimed == made
    assert (made.state, made.attempts) == (State.CLAIMED, 1)
    assert made.lease_until > timezone.now()
    assert made.claim_id == claimed.claim_id
    assert outbox.claim() is None


def test_a_receipt_does_not_wait_behind_invitations(event: Event) -> None:
    make_message(event, is_bulk=True)
    receipt = make_message(event, kind="receipt")
    assert outbox.claim() == receipt


def test_the_leases_are_longer_than_the_waits_they_cover(settings) -> None:
    settings.EMAIL_TIMEOUT, settings.EMAIL_DOT_TIMEOUT = 20, 600
    assert outbox.lease_before_the_dot().total_seconds() > 11 * 20
    assert outbox.lease_of_the_dot().total_seconds() > 600


def two_workers_claim_one_message() -> None:
    event = make_event()
    message = make_message(event)

    claims = at_the_same_moment(2, lambda _: outbox.claim())

    assert sorted(claim is None for claim in claims) == [False, True]
    message.refresh_from_db()
    assert message.attempts == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_one_claims_the_message() -> None:
    for _ in range(5):
        two_workers_claim_one_message()
        Message.objects.all().delete()


@pytest.mark.django_db(transaction=True)
def test_two_workers_both_claim_it_when_nothing_locks() -> None:
    """The switch: the same look at the queue, without FOR UPDATE SKIP LOCKED."""

    def look_only() -> Message | None:
        found = claims.due().annotate(
            event_status=F("event__status"), is_unsubscribed=Value(False)
        )
        message = found.first()
        time.sleep(WINDOW_SECONDS)
        return message

    with patch.object(claims, "_next_due", look_only), pytest.raises(AssertionError):
        two_workers_claim_one_message()


@pytest.mark.django_db(transaction=True)
def test_workers_share_a_queue_without_waiting_for_each_other() -> None:
    event = make_event()
    outbox.create([make_draft(event) for _ in range(8)], timezone.now())

    claims = at_the_same_moment(8, lambda _: outbox.claim())

    assert len({claim.pk for claim in claims}) == 8


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


def test_mail_of_a_cancelled_event_stays_but_receipts_go(event: Event) -> None:
    invitation = make_message(event, is_bulk=True)
    receipt = make_message(event, kind="receipt")
    event.status = Event.Status.CANCELLED
    event.save()

    assert outbox.claim() == receipt
    assert outbox.claim() is None

    invitation.refresh_from_db()
    assert (invitation.state, invitation.last_error) == (
        State.SUPPRESSED,
        Reason.CANCELLED,
    )


def test_a_suppressed_address_gets_no_bulk_mail_but_its_receipt(event: Event) -> None:
    suppression.suppress("Amy@Mail.example", timezone.now())
    address = {"recipient_email": "amy@mail.example"}

    invitation = make_message(event, is_bulk=True, **address)
    receipt = make_message(event, **address)

    assert invitation.state == State.SUPPRESSED
    assert receipt.state == State.QUEUED


def test_an_address_suppressed_in_the_meantime_is_noticed_at_the_claim(
    event: Event,
) -> None:
    message = make_message(event, is_bulk=True)
    suppression.suppress(message.recipient_email, timezone.now())
    Message.objects.update(state=State.QUEUED)

    assert outbox.claim() is None

    message.refresh_from_db()
    assert message.state == State.SUPPRESSED


def test_a_wish_made_under_an_older_key_still_holds(event: Event, settings) -> None:
    suppression.suppress("amy@mail.example", timezone.now())
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "n" * 60

    message = make_message(event, is_bulk=True, recipient_email="amy@mail.example")

    assert message.state == State.SUPPRESSED


def test_while_sending_is_held_nothing_leaves_and_new_mail_waits(event: Event) -> None:
    before = make_message(event)
    in_hand = outbox.claim()
    waiting = make_message(event)

    assert outbox.hold("restored from a backup", timezone.now()) == 1
    after = make_message(event)
    outbox.settle_deferred(in_hand, 450, "rcpt")
    Message.objects.filter(pk=before.pk).update(not_before=timezone.now())

    assert outbox.claim() is None
    assert outbox.progress(event)[State.HELD] == 2
    assert outbox.release() == 2
    assert {outbox.claim() for _ in range(3)} == {before, waiting, after}


def test_mail_left_held_after_a_release_is_found_by_the_sweep(event: Event) -> None:
    message = make_message(event)
    Message.objects.update(state=State.HELD)
    outbox.sweep()
    assert outbox.claim() == message


def test_a_host_may_send_again_what_failed_or_may_have_arrived(event: Event) -> None:
    failed, unknown, sent = (make_message(event) for _ in range(3))
    Message.objects.filter(pk=failed.pk).update(state=State.FAILED, attempts=5)
    Message.objects.filter(pk=unknown.pk).update(state=State.UNKNOWN, copies_possible=2)
    Message.objects.filter(pk=sent.pk).update(state=State.SENT, sent_at=timezone.now())

    assert outbox.send_again(event.messages.all()) == 2

    assert {outbox.claim(), outbox.claim(), outbox.claim()} == {failed, unknown, None}
    unknown.refresh_from_db()
    assert unknown.copies_possible == 3


def test_progress_counts_each_state_of_one_kind_or_subject(event: Event) -> None:
    make_message(event, about="invitation/1")
    make_message(event, kind="receipt", about="donation/1")
    make_message(make_event())

    assert outbox.progress(event)[State.QUEUED] == 2
    assert outbox.progress(event, kind="receipt")[State.QUEUED] == 1
    assert outbox.progress(event, about="invitation/")[State.QUEUED] == 1
    assert outbox.progress(event)[State.SENT] == 0


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


def test_a_rolled_back_transaction_owes_no_mail(event: Event) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        outbox.create([make_draft(event)], timezone.now())
        raise RuntimeError
    assert not Message.objects.exists()


def test_the_command_holds_tells_and_releases(event: Event, capsys) -> None:
    make_message(event)
    call_command("outbox", "hold", "--reason", "relay is moving")
    call_command("outbox", "status")
    told = capsys.readouterr().out
    assert "1 messages wait" in told
    assert "held             1" in told
    assert "relay is moving" in told

    call_command("outbox", "release")
    assert "1 messages go out" in capsys.readouterr().out
    assert not SendingHold.objects.exists()


def test_the_command_fails_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise DatabaseError("no connection")

    monkeypatch.setattr(outbox, "counts", broken)
    with pytest.raises(CommandError, match="did not answer: no connection"):
        call_command("outbox", "status")
