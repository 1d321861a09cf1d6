"""Hand one mail over by phases, so that every failure says whether it was taken.

Django's own backend raises one exception for a relay that left before it took the
mail and for one that left after. Here the last step, the dot, stands alone:

    RelayDown   no connection, so nothing was taken; the message is not at fault
    Deferred    a definite "later": nothing was taken
    Refused     a definite "no" (RFC 5321 4.2.1, 5yz): nothing was taken
    Unknown     the dot went out and no answer came (RFC 1047)
"""

import re
import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Protocol, Self

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

BACKENDS = "django.core.mail.backends"
END_OF_DATA = b".\r\n"
SERVICE_CLOSING = 421
# RFC 3463: class, subject and detail, at the beginning of the reply's words.
ENHANCED = re.compile(rb"\s*([245]\.\d{1,3}\.\d{1,3})\b")


class NotSent(Exception):
    """What the relay said in which phase; never its words, which name people."""

    def __init__(self, phase: str, code: int | None = None, enhanced: str = "") -> None:
        super().__init__(" ".join(filter(None, [phase, str(code or ""), enhanced])))
        self.code = code
        self.detail = f"{phase} {enhanced}".strip()


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
    if settings.EMAIL_BACKEND == f"{BACKENDS}.smtp.EmailBackend":
        transport: Transport = Relay()
    elif settings.EMAIL_BACKEND == f"{BACKENDS}.filebased.EmailBackend":
        transport = Folder(Path(settings.EMAIL_FILE_PATH))
    else:
        raise ImproperlyConfigured("EMAIL_URL: use smtp://, smtps:// or filemail://")
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
        is_kept = self.connection is not None
        try:
            self.begin(sender)
        except Deferred as error:
            # A kept connection may have been closed since: nothing was begun on it.
            if not is_kept or error.code not in (None, SERVICE_CLOSING):
                raise
            self.begin(sender)
        self.step("rcpt", lambda smtp: smtp.rcpt(recipient))
        self.step("data", lambda smtp: smtp.docmd("DATA"), expected=354)
        self.step("body", lambda smtp: smtp.send(stuffed(mail)))
        try:
            on_dot()
        except BaseException:
            self.close()  # without a dot: the relay forgets what it has (RFC 5321 3.8)
            raise
        return self.dot()

    def begin(self, sender: str) -> None:
        if self.connection is None:
            self.connect()
        self.step("mail", lambda smtp: smtp.mail(sender), refusal=Deferred)

    def connect(self) -> None:
        """Through STARTTLS and AUTH; every failure on the way is RelayDown."""
        try:
            self.connection = open_connection()
            self.connection.ehlo_or_helo_if_needed()
            if settings.EMAIL_USE_TLS:
                self.connection.starttls(context=tls_context())
                self.connection.ehlo_or_helo_if_needed()
            if settings.EMAIL_HOST_USER:
                user, password = settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD
                self.connection.login(user, password)
        except smtplib.SMTPResponseException as error:
            self.close()
            raise RelayDown(
                "connect", error.smtp_code, enhanced(error.smtp_error)
            ) from None
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise RelayDown(f"connect {type(error).__name__}") from None

    def step(
        self,
        phase: str,
        command: Callable[[smtplib.SMTP], tuple[int, bytes] | None],
        expected: int = 250,
        refusal: type[NotSent] = Refused,
    ) -> None:
        """One command before the dot: whatever goes wrong, nothing was taken."""
        try:
            reply = command(self.open)
        except (smtplib.SMTPException, OSError):
            self.close()
            raise Deferred(phase) from None
        if reply and reply[0] not in (expected, 251):
            self.forget()
            raise self.verdict(phase, reply, refusal)

    def dot(self) -> int:
        """The one unknowable step, with its own long limit (RFC 5321 4.5.3.2.6)."""
        try:
            self.limit(settings.EMAIL_DOT_TIMEOUT)
            self.open.send(END_OF_DATA)
            reply = self.open.getreply()
            self.limit(settings.EMAIL_TIMEOUT)
        except (smtplib.SMTPException, OSError):
            self.close()
            raise Unknown("dot") from None
        if reply[0] // 100 == 2:
            return reply[0]
        self.forget()
        raise self.verdict("dot", reply, Refused)

    def verdict(
        self, phase: str, reply: tuple[int, bytes], refusal: type[NotSent]
    ) -> NotSent:
        code, words = reply
        if code == SERVICE_CLOSING or code < 0:
            self.close()
        kind = refusal if code // 100 == 5 else Deferred
        return kind(phase, code if code > 0 else None, enhanced(words))

    @property
    def open(self) -> smtplib.SMTP:
        if self.connection is None or self.connection.sock is None:
            raise smtplib.SMTPServerDisconnected
        return self.connection

    def limit(self, seconds: float) -> None:
        if sock := self.open.sock:
            sock.settimeout(seconds)

    def forget(self) -> None:
        """RSET, so that the next mail starts clean."""
        try:
            self.open.rset()
        except (smtplib.SMTPException, OSError):
            self.close()

    def close(self) -> None:
        connection, self.connection = self.connection, None
        if connection is not None:
            connection.close()

