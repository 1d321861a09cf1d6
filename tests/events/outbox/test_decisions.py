from typing import Any

import pytest
from django.utils import timezone

from events import outbox, suppression
from events.models import Event, Message
from tests.events.mails import lapse_leases, make_message

State = Message.State
Reason = Message.Reason

pytestmark = pytest.mark.django_db


def set_fields(message: Message, **fields: Any) -> Message:
    Message.objects.filter(pk=message.pk).update(**fields)
    message.refresh_from_db()
    return message


def make_doubtful(event: Event, **fields: Any) -> Message:
    """A mail whose dot went out, and whose worker died before the answer."""
    message = make_message(event, **fields)
    outbox.begin_handover(outbox.claim())
    lapse_leases()
    return message


def test_what_has_not_left_can_be_taken_back(event: Event) -> None:
    queued, held, sent = (make_message(event) for _ in range(3))
    set_fields(held, state=State.HELD)
    set_fields(sent, state=State.SENT, sent_at=timezone.now())

    assert outbox.withdraw(event.messages.all()) == 2

    for message in (queued, held):
        message.refresh_from_db()
        assert (message.state, message.last_error) == (
            State.SUPPRESSED,
            Reason.WITHDRAWN,
        )
    assert outbox.claim() is None


def test_what_may_have_arrived_is_not_called_unsent_when_taken_back(
    event: Event,
) -> None:
    message = make_doubtful(event)
    outbox.sweep()

    assert outbox.withdraw(event.messages.all()) == 1

    message.refresh_from_db()
    assert (message.state, message.last_error) == (State.UNKNOWN, Reason.NO_ANSWER)


def test_a_mail_in_hand_cannot_be_taken_back(event: Event) -> None:
    make_message(event)
    outbox.claim()
    assert outbox.withdraw(event.messages.all()) == 0


def test_a_host_may_send_again_what_failed_or_may_have_arrived(event: Event) -> None:
    failed, unknown, sent = (make_message(event) for _ in range(3))
    set_fields(failed, state=State.FAILED, attempts=5)
    set_fields(unknown, state=State.UNKNOWN, copies_possible=2)
    set_fields(sent, state=State.SENT, sent_at=timezone.now())

    assert outbox.send_again(event.messages.all()) == 2

    assert {outbox.claim(), outbox.claim(), outbox.claim()} == {failed, unknown, None}
    unknown.refresh_from_db()
    assert unknown.copies_possible == 3


def test_what_came_back_goes_to_the_new_address_as_the_same_letter(
    event: Event,
) -> None:
    message = make_message(event, is_bulk=True)
    set_fields(
        message,
        state=State.BOUNCED,
        sent_at=timezone.now(),
        returned_at=timezone.now(),
        last_error="no_mailbox 5.1.1",
        server_words="no such user",
    )

    new = "jon@new.example"
    assert outbox.send_again(event.messages.all(), recipient_email=new) == 1

    again = outbox.claim()
    assert (again.pk, again.recipient_email) == (message.pk, new)
    assert (again.message_id, again.lookup) == (message.message_id, message.lookup)
    assert (again.last_error, again.server_words, again.returned_at) == ("", "", None)


def test_a_new_address_that_wants_no_mail_gets_none(event: Event) -> None:
    make_message(event, is_bulk=True)
    Message.objects.update(state=State.FAILED)
    suppression.suppress("jon@new.example", timezone.now())

    outbox.send_again(event.messages.all(), recipient_email="jon@new.example")

    assert outbox.claim() is None
    assert event.messages.get().state == State.SUPPRESSED


def test_a_reader_who_called_it_spam_is_not_asked_again(event: Event) -> None:
    make_message(event)
    Message.objects.update(state=State.COMPLAINED)
    assert outbox.send_again(event.messages.all()) == 0


def test_a_press_settles_the_mail_in_doubt(event: Event) -> None:
    waiting = make_doubtful(event)
    outbox.sweep()

    assert outbox.note_arrival(waiting.about) == 1

    waiting.refresh_from_db()
    assert waiting.state == State.SENT
    assert waiting.sent_at == waiting.handover_at
    assert outbox.claim() is None


def test_a_press_before_the_sweep_saves_the_second_copy(event: Event) -> None:
    message = make_doubtful(event)

    assert outbox.note_arrival(message.about) == 1
    outbox.sweep()

    message.refresh_from_db()
    assert (message.state, message.copies_possible) == (State.SENT, 1)


def test_a_press_does_not_outshout_a_relay_that_refuses(event: Event) -> None:
    """The link may have been shown to the guest by somebody's hand."""
    message = make_message(event)
    claimed = outbox.claim()
    outbox.begin_handover(claimed)
    outbox.note_arrival(message.about)

    outbox.settle_deferred(claimed, 450, "dot")

    message.refresh_from_db()
    assert message.state == State.QUEUED


def test_a_press_proves_nothing_when_an_earlier_mail_has_the_link(
    event: Event,
) -> None:
    first = make_message(event)
    set_fields(first, state=State.SENT, sent_at=timezone.now())
    reminder = make_doubtful(event, about=first.about)

    assert outbox.note_arrival(first.about) == 0
    outbox.sweep()

    reminder.refresh_from_db()
    assert reminder.state == State.QUEUED


def test_a_press_says_nothing_of_mail_that_never_left(event: Event) -> None:
    message = make_message(event)
    assert outbox.note_arrival(message.about) == 0
    assert outbox.note_arrival("invitation/none") == 0
