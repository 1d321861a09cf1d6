import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from events import outbox
from events.models import Event, Message, SendingHold
from tests.events.mails import make_message
from tests.factories import make_event

State = Message.State

pytestmark = pytest.mark.django_db


@pytest.fixture
def other() -> Event:
    return make_event()


def test_a_hold_of_one_event_lets_the_others_mail_leave(
    event: Event, other: Event
) -> None:
    before, elsewhere = make_message(event), make_message(other)

    assert outbox.hold("the date moves", timezone.now(), event) == 1
    after = make_message(event)

    assert [outbox.claim(), outbox.claim()] == [elsewhere, None]
    assert outbox.progress(event)[State.HELD] == 2
    assert outbox.release(event) == 2
    assert {outbox.claim(), outbox.claim()} == {before, after}


def test_mail_under_two_holds_waits_for_both(event: Event, other: Event) -> None:
    mine, elsewhere = make_message(event), make_message(other)
    outbox.hold("the date moves", timezone.now(), event)
    outbox.hold("restored from a backup", timezone.now())

    assert outbox.release(event) == 0
    outbox.hold("the date moves", timezone.now(), event)
    assert outbox.release() == 1
    assert [outbox.claim(), outbox.claim()] == [elsewhere, None]

    outbox.sweep()
    mine.refresh_from_db()
    assert mine.state == State.HELD
    assert outbox.release(event) == 1
    assert outbox.claim() == mine


def test_held_twice_is_held_once_for_the_first_reason(event: Event) -> None:
    outbox.hold("first", timezone.now(), event)
    outbox.hold("second", timezone.now(), event)
    assert SendingHold.objects.get().reason == "first"


def test_what_is_sent_again_under_a_hold_waits(event: Event) -> None:
    message = make_message(event)
    Message.objects.update(state=State.FAILED)
    outbox.hold("the date moves", timezone.now(), event)

    assert outbox.send_again(event.messages.all()) == 1
    message.refresh_from_db()
    assert message.state == State.HELD


def test_the_command_holds_one_event(
    event: Event, other: Event, capsys: pytest.CaptureFixture[str]
) -> None:
    make_message(event)
    make_message(other)
    call_command("outbox", "hold", event.slug, "--reason", "the date moves")
    assert "Waiting: 1 message." in capsys.readouterr().out

    call_command("outbox", "status", event.slug)
    told = capsys.readouterr().out
    assert "held             1" in told
    assert f"Sending of {event.slug} is held since" in told

    call_command("outbox", "release", event.slug)
    assert "Going out now: 1 message." in capsys.readouterr().out


def test_the_command_knows_no_event_of_that_name() -> None:
    with pytest.raises(CommandError, match="no event called nowhere"):
        call_command("outbox", "hold", "nowhere")
