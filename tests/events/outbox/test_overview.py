import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError
from django.utils import timezone

from events import outbox
from events.models import Event, Message, SendingHold
from tests.events.mails import make_message
from tests.factories import make_event

State = Message.State

pytestmark = pytest.mark.django_db


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


def test_progress_counts_each_state_of_one_kind_or_subject(event: Event) -> None:
    make_message(event, about="invitation/1")
    make_message(event, kind="receipt", about="donation/1")
    make_message(make_event())

    assert outbox.progress(event)[State.QUEUED] == 2
    assert outbox.progress(event, kind="receipt")[State.QUEUED] == 1
    assert outbox.progress(event, about="invitation/")[State.QUEUED] == 1
    assert outbox.progress(event)[State.SENT] == 0


def test_the_command_holds_tells_and_releases(
    event: Event, capsys: pytest.CaptureFixture[str]
) -> None:
    make_message(event)
    call_command("outbox", "hold", "--reason", "relay is moving")
    call_command("outbox", "status")
    told = capsys.readouterr().out
    assert "Waiting: 1 message." in told
    assert "held             1" in told
    assert "relay is moving" in told

    call_command("outbox", "release")
    assert "Going out now: 1 message." in capsys.readouterr().out
    assert not SendingHold.objects.exists()


def test_the_command_fails_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise DatabaseError("no connection")

    monkeypatch.setattr(outbox, "counts", broken)
    with pytest.raises(CommandError, match="did not answer: no connection"):
        call_command("outbox", "status")
