import pytest

from events import outbox
from events.models import Event, Message
from events.server_words import cleaned
from tests.events.mails import make_message

pytestmark = pytest.mark.django_db

JON = Message(recipient_name="Jon Hamm", recipient_email="jon.hamm@mail.example")


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("5.1.1 <jon.hamm@mail.example>: unknown", "…: unknown"),
        ("5.2.2 mailbox of Jon Hamm is full", "mailbox of … is full"),
        ("mailbox JON.HAMM not found", "mailbox … not found"),
        ("try hamm, JON", "try …, …"),
        ("4.2.0 one\r\n4.2.0 two\x00\x1b[31m", "one two [31m"),
        ("\u202etxet\u202c", "txet"),
        ("", ""),
    ],
)
def test_nobody_is_named(said: str, kept: str) -> None:
    assert cleaned(said, JON) == kept


def test_a_long_speech_is_cut() -> None:
    assert len(cleaned("no " * 10_000, JON)) <= 300


@pytest.mark.parametrize(
    ("detail", "words"),
    [
        ("rcpt 5.1.1", "There is no such address"),
        ("rcpt 5.2.2", "The mailbox is full"),
        ("dot 5.7.999", "Their mail server does not trust this mail"),
        ("rcpt", "The mail server refused it"),
        ("rcpt 5.9.9", "The mail server refused it"),
    ],
)
def test_a_host_reads_why_in_plain_words(event: Event, detail: str, words: str) -> None:
    message = make_message(event)
    said = "5.1.1 guest unknown, see https://relay.example/why"
    outbox.settle_refused(outbox.claim(), 550, detail, said)
    message.refresh_from_db()
    assert message.explanation.endswith(words)
    assert message.server_words.endswith("unknown, see https://relay.example/why")
