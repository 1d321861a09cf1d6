from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from events import bounces, outbox, suppression
from events.bounces import Kind, Report
from events.models import Event, Message
from tests.events.bounces.letters import bounce, complaint
from tests.events.mails import lapse_leases, make_message

State = Message.State
Reason = Message.Reason

pytestmark = pytest.mark.django_db


def reported(mail: bytes) -> bool:
    return bounces.record(bounces.parse(mail), timezone.now())


def make_sent(event: Event, **fields: Any) -> Message:
    message = make_message(event, **fields)
    claimed = outbox.claim()
    assert claimed == message
    outbox.begin_handover(claimed)
    outbox.settle_sent(claimed, 250)
    message.refresh_from_db()
    return message


@pytest.fixture
def sent(event: Event) -> Message:
    return make_sent(event, is_bulk=True)


def test_a_mail_that_came_back_says_why(sent: Message) -> None:
    assert reported(bounce(sent))
    sent.refresh_from_db()
    assert sent.state == State.BOUNCED
    assert sent.last_error == "no_mailbox 5.1.1"
    assert sent.explanation == "There is no such address"
    assert sent.server_words == "no such user"
    assert sent.returned_at


def test_a_full_mailbox_is_told_as_such(sent: Message) -> None:
    reported(bounce(sent, status="5.2.2", words="smtp; 552 5.2.2 over quota"))
    sent.refresh_from_db()
    assert sent.explanation == "The mail came back: The mailbox is full"


def test_told_twice_is_told_once(sent: Message) -> None:
    assert reported(bounce(sent))
    sent.refresh_from_db()
    first = sent.returned_at
    assert not reported(bounce(sent))
    sent.refresh_from_db()
    assert sent.returned_at == first


def test_a_delay_is_shown_and_changes_no_state(sent: Message) -> None:
    delay = bounce(sent, action="delayed", status="4.4.1", words="smtp; 451 no route")
    assert reported(delay)
    assert not reported(delay)
    sent.refresh_from_db()
    assert sent.state == State.SENT
    assert sent.explanation.startswith("Their mail server has not taken it yet")
    assert sent.server_words == "451 no route"

    assert reported(bounce(sent, status="5.4.7"))
    sent.refresh_from_db()
    assert sent.state == State.BOUNCED


def test_a_complaint_stops_all_further_bulk_mail(sent: Message, event: Event) -> None:
    waiting = make_message(event, is_bulk=True, recipient_email=sent.recipient_email)
    receipt = make_message(event, kind="receipt", recipient_email=sent.recipient_email)

    assert reported(complaint(sent))

    for message in (sent, waiting, receipt):
        message.refresh_from_db()
    assert (sent.state, waiting.state) == (State.COMPLAINED, State.SUPPRESSED)
    assert receipt.state == State.QUEUED
    assert suppression.is_suppressed(sent.recipient_email)


def test_a_complaint_without_our_message_id_is_anybodys_word(sent: Message) -> None:
    assert not reported(complaint(sent, returned=False))
    assert not suppression.is_suppressed(sent.recipient_email)


def test_a_report_without_our_message_id_marks_one_mail_the_newest(
    event: Event,
) -> None:
    first, second = (make_sent(event, recipient_email="a@b.example") for _ in range(2))
    mail = bounce(second, returned=False)

    assert reported(mail)

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == (State.SENT, State.BOUNCED)


def test_told_twice_without_our_message_id_is_told_once(event: Event) -> None:
    first, second = (make_sent(event, recipient_email="a@b.example") for _ in range(2))
    mail = bounce(second, returned=False)
    assert [reported(mail) for _ in range(3)] == [True, False, False]
    first.refresh_from_db()
    assert first.state == State.SENT


def test_a_report_about_an_old_mail_without_its_id_is_left(sent: Message) -> None:
    long_ago = timezone.now() - timedelta(days=8)
    Message.objects.update(sent_at=long_ago)
    assert not reported(bounce(sent, returned=False))


def test_a_report_about_mail_of_ours_to_no_guest_is_left(sent: Message) -> None:
    """A password's mail came back: no invitation is at fault."""
    other = Message(
        recipient_email=sent.recipient_email,
        recipient_name="Amy",
        message_id=f"<password@{sent.message_id.partition('@')[2]}",
    )
    assert not reported(bounce(other))


def test_a_relay_that_writes_its_own_message_id_is_understood(sent: Message) -> None:
    other = Message(
        recipient_email=sent.recipient_email,
        recipient_name="Amy",
        message_id="<0100@email.provider.example>",
    )
    assert reported(bounce(other))


def test_mail_that_has_not_left_cannot_have_come_back(event: Event) -> None:
    message = make_message(event)
    assert not reported(bounce(message))
    message.refresh_from_db()
    assert message.state == State.QUEUED


@pytest.mark.parametrize("is_swept", [False, True])
@pytest.mark.parametrize(
    ("action", "state"), [("failed", State.BOUNCED), ("delayed", State.SENT)]
)
def test_a_report_is_evidence_and_saves_the_second_copy(
    event: Event, action: str, state: str, is_swept: bool
) -> None:
    message = make_message(event)
    outbox.begin_handover(outbox.claim())
    lapse_leases()
    if is_swept:
        outbox.sweep()

    assert reported(bounce(message, action=action))
    outbox.sweep()

    message.refresh_from_db()
    assert message.state == state
    assert outbox.claim() is None


def test_a_late_answer_of_the_relay_does_not_undo_a_bounce(event: Event) -> None:
    message = make_message(event)
    claimed = outbox.claim()
    outbox.begin_handover(claimed)
    reported(bounce(message))

    outbox.settle_sent(claimed, 250)

    message.refresh_from_db()
    assert message.state == State.BOUNCED


def test_an_old_report_says_nothing_of_the_repaired_address(sent: Message) -> None:
    report = bounce(sent)
    reported(report)
    again = Message.objects.filter(pk=sent.pk)
    outbox.send_again(again, recipient_email="new@mail.example")
    claimed = outbox.claim()
    outbox.begin_handover(claimed)
    outbox.settle_sent(claimed, 250)

    assert not reported(report)
    old = Report(
        Kind.FAILED, sent.message_id, recipient=sent.recipient_email, is_trusted=True
    )
    assert not bounces.record(old, timezone.now())
    assert again.get().state == State.SENT


def test_a_forwarded_mail_that_came_back_is_found_by_its_id(sent: Message) -> None:
    assert reported(bounce(sent, recipient="elsewhere@other.example"))
