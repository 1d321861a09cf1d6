import time
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.db.models import F
from django.utils import timezone

from events import outbox, suppression
from events.models import Event, Message
from events.outbox import claims
from tests.events.mails import make_draft, make_message
from tests.factories import make_event
from tests.racing import WINDOW_SECONDS, at_the_same_moment, seen_to_fail

State = Message.State
Reason = Message.Reason

pytestmark = pytest.mark.django_db


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

    def look_then_take() -> Message | None:
        message = claims.due().first()
        time.sleep(WINDOW_SECONDS)
        if message:
            Message.objects.filter(pk=message.pk).update(attempts=F("attempts") + 1)
        return message

    def race() -> None:
        Message.objects.all().delete()
        two_workers_claim_one_message()

    with patch.object(claims, "_take_next", look_then_take):
        seen_to_fail(race)


@pytest.mark.django_db(transaction=True)
def test_workers_share_a_queue_without_waiting_for_each_other() -> None:
    event = make_event()
    outbox.create([make_draft(event) for _ in range(8)], timezone.now())

    claims = at_the_same_moment(8, lambda _: outbox.claim())

    assert len({claim.pk for claim in claims}) == 8


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


def test_an_address_suppressed_in_the_meantime_is_noticed_at_the_claim(
    event: Event,
) -> None:
    message = make_message(event, is_bulk=True)
    suppression.suppress(message.recipient_email, timezone.now())
    Message.objects.update(state=State.QUEUED)

    assert outbox.claim() is None

    message.refresh_from_db()
    assert message.state == State.SUPPRESSED
