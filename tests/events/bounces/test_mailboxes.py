from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from events import bounces, smtp, tasks
from events.bounces import mailboxes
from events.models import Event, Message
from tests.events.bounces.imap import CERTIFICATE, PASSWORD, Inbox, inbox
from tests.events.bounces.letters import bounce
from tests.events.bounces.test_records import make_sent
from tests.racing import at_the_same_moment

State = Message.State

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(event: Event) -> list[Message]:
    return [make_sent(event) for _ in range(3)]


@pytest.fixture
def folder(settings: Any, tmp_path: Path, sent: list[Message]) -> Path:
    """A Maildir in which two mails have come back, between a letter and junk."""
    for name in ("new", "cur", "tmp"):
        (tmp_path / name).mkdir()
    junk = [b"Subject: hello\r\n\r\nhello", b"\xff\x00"]
    for number, mail in enumerate([junk[0], bounce(sent[0]), bounce(sent[1]), junk[1]]):
        (tmp_path / "new" / f"{number}.relay").write_bytes(mail)
    settings.BOUNCES_URL = f"maildir://{tmp_path}"
    return tmp_path


def states(event: Event) -> list[str]:
    return list(event.messages.order_by("pk").values_list("state", flat=True))


def test_a_maildir_is_read_once_and_its_mails_are_marked(
    event: Event, folder: Path
) -> None:
    assert bounces.read(timezone.now()) == (4, 2)
    assert states(event) == [State.BOUNCED, State.BOUNCED, State.SENT]
    assert list((folder / "new").iterdir()) == []
    assert {path.name[-4:] for path in (folder / "cur").iterdir()} == {":2,S"}
    assert bounces.read(timezone.now()) == (0, 0)


def test_a_reader_that_dies_before_the_mark_reads_it_again(
    event: Event, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dying(report: object, at: object) -> bool:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(mailboxes, "record", dying)
        with pytest.raises(KeyboardInterrupt):
            bounces.read(timezone.now())
    bounces.read(timezone.now())
    assert states(event) == [State.BOUNCED, State.BOUNCED, State.SENT]


@pytest.mark.django_db(transaction=True)
def test_two_readers_at_once_record_each_report_once(
    event: Event, folder: Path
) -> None:
    counts = at_the_same_moment(2, lambda _: bounces.read(timezone.now()))
    assert sum(changed for _read, changed in counts) == 2
    assert list((folder / "new").iterdir()) == []


def test_the_command_tells_what_it_read(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("read_bounces")
    assert "4 mails read, 2 changed" in capsys.readouterr().out


def test_the_command_fails_in_one_line(settings: Any) -> None:
    with pytest.raises(CommandError, match="BOUNCES_URL is not set"):
        call_command("read_bounces")
    settings.BOUNCES_URL = "maildir:///nowhere"
    with pytest.raises(CommandError, match="could not be read: FileNotFoundError"):
        call_command("read_bounces")


def test_the_task_reads_and_outlives_a_mailbox_that_is_down(
    event: Event, folder: Path, settings: Any
) -> None:
    tasks.read_bounces()
    assert State.BOUNCED in states(event)
    settings.BOUNCES_URL = "maildir:///nowhere"
    tasks.read_bounces()


@pytest.fixture
def server(
    settings: Any, sent: list[Message], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Inbox]:
    smtp.tls_context.cache_clear()
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    with inbox([b"Subject: hello\r\n\r\nhello", bounce(sent[2])]) as started:
        who = f"lounge:{quote(PASSWORD, safe='')}"
        settings.BOUNCES_URL = f"imaps://{who}@localhost:{started.port}/INBOX"
        yield started
    smtp.tls_context.cache_clear()


def test_a_mailbox_is_read_over_tls_and_its_mails_are_marked(
    event: Event, server: Inbox
) -> None:
    assert bounces.read(timezone.now()) == (2, 1)
    assert states(event)[2] == State.BOUNCED
    assert server.seen == {1, 2}
    assert bounces.read(timezone.now()) == (0, 0)


@pytest.mark.parametrize(
    ("right", "wrong"), [("lounge:", "lounge:no"), ("INBOX", "OUTBOX")]
)
def test_a_mailbox_that_refuses_is_down_and_no_password_is_told(
    server: Inbox, settings: Any, right: str, wrong: str
) -> None:
    settings.BOUNCES_URL = settings.BOUNCES_URL.replace(right, wrong)
    with pytest.raises(bounces.MailboxDown) as raised:
        bounces.read(timezone.now())
    assert str(raised.value) == "error"


def test_a_mailbox_with_a_strange_certificate_gets_no_password(
    server: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    smtp.tls_context.cache_clear()
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(bounces.MailboxDown, match="SSLCertVerificationError"):
        bounces.read(timezone.now())
