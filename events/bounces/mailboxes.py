"""Fetch reports from the mailbox named by BOUNCES_URL; each is marked as seen.

Recording twice is once: two readers at a time, or one that dies between the record
and the mark, do no harm.
"""

import imaplib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

import structlog
from django.conf import settings

from events.bounces.records import record
from events.bounces.reports import LARGEST_REPORT, parse
from events.smtp import tls_context

logger = structlog.get_logger(__name__)

MOST_AT_ONCE = 500
IMAPS_PORT = 993


class MailboxDown(Exception):
    """It could not be read; the text says why, and no password."""


def read(at: datetime) -> tuple[int, int]:
    """Record what has come since; how many mails were read, how many changed one.

    MailboxDown if it cannot be read; what was recorded until then stays.
    """
    url = urlsplit(settings.BOUNCES_URL)
    unseen = imap if url.scheme == "imaps" else maildir
    read, changed = 0, 0
    try:
        for mail in unseen():
            report = parse(mail)
            read += 1
            changed += bool(report and record(report, at))
    except (imaplib.IMAP4.error, OSError) as error:
        raise MailboxDown(type(error).__name__) from None
    if read:
        logger.info("bounces.read", mails=read, changed=changed)
    return read, changed


def maildir() -> Iterator[bytes]:
    """Each new mail of a folder; it is marked when the next one is asked for."""
    folder = Path(urlsplit(settings.BOUNCES_URL).path)
    for path in sorted((folder / "new").iterdir())[:MOST_AT_ONCE]:
        try:
            with path.open("rb") as mail:
                content = mail.read(LARGEST_REPORT)
        except FileNotFoundError:
            continue  # another reader has it
        yield content
        with suppress(FileNotFoundError):
            path.rename(folder / "cur" / f"{path.name}:2,S")


def imap() -> Iterator[bytes]:
    """Each unseen mail; it is marked when the next one is asked for."""
    with inbox() as connection:
        _kind, found = connection.uid("SEARCH", "UNSEEN")
        for uid in (found[0] or b"").decode("ascii", "replace").split()[:MOST_AT_ONCE]:
            part = f"(BODY.PEEK[]<0.{LARGEST_REPORT}>)"
            _kind, answer = connection.uid("FETCH", uid, part)
            yield b"".join(item[1] for item in answer if isinstance(item, tuple))
            connection.uid("STORE", uid, "+FLAGS.SILENT", r"(\Seen)")


@contextmanager
def inbox() -> Iterator[imaplib.IMAP4]:
    url = urlsplit(settings.BOUNCES_URL)
    connection = imaplib.IMAP4_SSL(
        url.hostname,
        url.port or IMAPS_PORT,
        ssl_context=tls_context(),
        timeout=settings.EMAIL_TIMEOUT,
    )
    with connection:
        connection.login(unquote(url.username or ""), unquote(url.password or ""))
        folder = unquote(url.path.strip("/")) or "INBOX"
        kind, said = connection.select(f'"{folder}"')
        if kind != "OK":
            raise imaplib.IMAP4.error(said)
        yield connection
