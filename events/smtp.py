"""Hand one mail over by phases, so that every failure says whether it was taken.

Django's own backend raises one exception for a relay that left before it took the
mail and for one that left after. Here the last step, the dot, stands alone:

    RelayDown   no connection, so nothing was taken; the message is not at fault
    Deferred    a definite "later": nothing was taken
    Refused     a definite "no" (RFC 5321 4.2.1, 5yz): nothing was taken
    Unknown     the dot went out and no answer came (RFC 1047)
"""

import hashlib
import os
import re
import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

END_OF_DATA = b".\r\n"
LINE_WITH_DOT = re.compile(rb"^\.", re.MULTILINE)
SERVICE_CLOSING = 421
# RFC 3463: class, subject and detail, at the beginning of the reply's words.
ENHANCED = re.compile(rb"\s*([245]\.\d{1,3}\.\d{1,3})\b")


class NotSent(Exception):
    """What the relay said in which phase.

    Its own words name people: they are in `words`, never in the exception's text.
    """

    def __init__(self, phase: str, code: int | None = None, words: bytes = b"") -> None:
        self.code = code
        self.detail = f"{phase} {enhanced(words)}".strip()
        self.words = words.decode(errors="replace")
        super().__init__(" ".join(filter(None, [self.detail, str(code or "")])))


class RelayDown(NotSent):
    pass


class Deferred(NotSent):
    pass


class Refused(NotSent):
    pass


class Unknown(NotSent):
    pass


class Transport(Protocol):
    def hand_over(
        self, sender: str, recipient: str, mail: bytes, on_dot: Callable[[], None]
    ) -> int:
        """Hand over one mail; the relay's code. `on_dot` runs just before the dot."""

    def close(self) -> None: ...


@contextmanager
def open_transport() -> Iterator[Transport]:
    """What EMAIL_URL names: an SMTP relay or a folder. It connects when first used."""
    transport: Transport
    match settings.EMAIL_BACKEND:
        case "django.core.mail.backends.smtp.EmailBackend":
            transport = Relay()
        case "django.core.mail.backends.filebased.EmailBackend":
            transport = Folder(Path(settings.EMAIL_FILE_PATH))
        case _:
            raise ImproperlyConfigured("EMAIL_URL: use smtp://, smtps:// or filemail:")
    try:
        yield transport
    finally:
        transport.close()


class Relay:
    """One connection to the relay, kept from mail to mail and renewed when it dies."""

    def __init__(self) -> None:
        self.connection: smtplib.SMTP | None = None

    def hand_over(
        self, sender: str, recipient: str, mail: bytes, on_dot: Callable[[], None]
    ) -> int:
        if not recipient.isascii() or recipient.split() != [recipient]:
            raise Refused("address")
        is_kept = self.connection is not None
        try:
            self.begin(sender)
        except Deferred as error:
            # A kept connection may have been closed since: nothing was begun on it.
            if not is_kept or error.code not in (None, SERVICE_CLOSING):
                raise
            self.begin(sender)
        self.step("rcpt", lambda smtp: smtp.rcpt(recipient))
        self.step("data", lambda smtp: smtp.docmd("DATA"), expected=(354,))
        self.step("body", lambda smtp: smtp.send(stuffed(mail)))
        try:
            on_dot()
        except BaseException:
            self.drop()  # without a dot: the relay forgets what it has (RFC 5321 3.8)
            raise
        return self.dot()

    def begin(self, sender: str) -> None:
        if self.connection is None:
            self.connection = connected()
        self.step("mail", lambda smtp: smtp.mail(sender), refusal=Deferred)

    def step(
        self,
        phase: str,
        command: Callable[[smtplib.SMTP], tuple[int, bytes] | None],
        expected: tuple[int, ...] = (250, 251),
        refusal: type[NotSent] = Refused,
    ) -> None:
        """One command before the dot: whatever goes wrong, nothing was taken."""
        try:
            reply = command(self.open)
        except (smtplib.SMTPException, OSError):
            self.drop()
            raise Deferred(phase) from None
        if reply and reply[0] not in expected:
            raise self.verdict(phase, reply, refusal)

    def dot(self) -> int:
        """The one unknowable step, with its own long limit (RFC 5321 4.5.3.2.6)."""
        try:
            self.open.sock.settimeout(settings.EMAIL_DOT_TIMEOUT)
            self.open.send(END_OF_DATA)
            reply = self.open.getreply()
            self.open.sock.settimeout(settings.EMAIL_TIMEOUT)
        except (smtplib.SMTPException, OSError):
            self.drop()
            raise Unknown("dot") from None
        code = reply[0]
        if code // 100 == 2:
            return code
        if code // 100 in (4, 5):
            raise self.verdict("dot", reply, Refused)
        self.drop()
        raise Unknown("dot")

    def verdict(
        self, phase: str, reply: tuple[int, bytes], refusal: type[NotSent]
    ) -> NotSent:
        code, words = reply
        kind = refusal if code // 100 == 5 else Deferred
        if code // 100 in (4, 5) and code != SERVICE_CLOSING:
            self.forget()
            return kind(phase, code, words)
        self.drop()
        return kind(phase, code if code > 0 else None, words)

    @property
    def open(self) -> smtplib.SMTP:
        if self.connection is None or self.connection.sock is None:
            raise smtplib.SMTPServerDisconnected
        return self.connection

    def forget(self) -> None:
        """RSET, so that the next mail starts clean."""
        try:
            self.open.rset()
        except (smtplib.SMTPException, OSError):
            self.drop()

    def drop(self) -> None:
        connection, self.connection = self.connection, None
        if connection is not None:
            connection.close()

    def close(self) -> None:
        try:
            self.open.quit()
        except (smtplib.SMTPException, OSError):
            self.drop()
        self.connection = None


class Folder:
    """Mails as files, for people who read them on this machine.

    The name follows from the content: a second copy replaces the first.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def hand_over(
        self, sender: str, recipient: str, mail: bytes, on_dot: Callable[[], None]
    ) -> int:
        name = hashlib.sha256(mail).hexdigest()[:32]
        unfinished = self.path / f".{name}.{os.getpid()}.part"
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            unfinished.write_bytes(mail)
        except OSError as error:
            raise RelayDown(f"folder {type(error).__name__}") from None
        on_dot()
        unfinished.replace(self.path / f"{name}.eml")
        return 250

    def close(self) -> None:
        pass


def connected() -> smtplib.SMTP:
    """A connection through STARTTLS and AUTH; every failure on the way is RelayDown."""
    connection = None
    try:
        connection = opened()
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        greet(connection)
        if settings.EMAIL_USE_TLS:
            connection.starttls(context=tls_context())
            greet(connection)
        if settings.EMAIL_HOST_USER:
            connection.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)
    except smtplib.SMTPResponseException as error:
        if connection:
            connection.close()
        words = error.smtp_error
        raw = words if isinstance(words, bytes) else words.encode()
        raise RelayDown("connect", error.smtp_code, raw) from None
    except (smtplib.SMTPException, OSError) as error:
        if connection:
            connection.close()
        raise RelayDown(f"connect {type(error).__name__}") from None
    return connection


def greet(connection: smtplib.SMTP) -> None:
    code, words = connection.ehlo()
    if code // 100 == 5:
        code, words = connection.helo()
    if code != 250:
        raise smtplib.SMTPHeloError(code, words)


def opened() -> smtplib.SMTP:
    where = (settings.EMAIL_HOST, settings.EMAIL_PORT)
    who, limit = settings.MAIL_DOMAIN, settings.EMAIL_TIMEOUT
    if settings.EMAIL_USE_SSL:
        context = tls_context()
        return smtplib.SMTP_SSL(*where, who, timeout=limit, context=context)
    return smtplib.SMTP(*where, who, timeout=limit)


@cache
def tls_context() -> ssl.SSLContext:
    """Certificates and names are checked: a password goes through here."""
    return ssl.create_default_context()


def stuffed(mail: bytes) -> bytes:
    """Lines that begin with a dot get a second one (RFC 5321 4.5.2)."""
    return LINE_WITH_DOT.sub(b"..", mail if mail.endswith(b"\r\n") else mail + b"\r\n")


def enhanced(words: bytes) -> str:
    """The status code of RFC 3463 at the beginning of a reply, such as 5.1.1."""
    found = ENHANCED.match(words)
    return found[1].decode() if found else ""
