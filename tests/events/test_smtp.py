"""Each phase of handing over, against a real relay that misbehaves at it."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult

from events import smtp
from tests.events.mails import use_relay
from tests.relay import Act, Relay, hang_up, once, relay, say, wait

MAIL = b"Message-ID: <one@mail.example>\r\nSubject: hello\r\n\r\nHello\r\n.dot\r\n"


def nothing() -> None:
    """Nobody is told that the dot comes next."""


CERTIFICATE = Path(__file__).with_name("relay_test_certificate.pem")


@pytest.fixture
def it(settings: Any) -> Iterator[Relay]:
    with relay() as started:
        use_relay(settings, started)
        yield started


@pytest.fixture
def transport(it: Relay) -> Iterator[smtp.Transport]:
    with smtp.open_transport() as opened:
        yield opened


def hand_over(
    transport: smtp.Transport,
    recipient: str = "amy@mail.example",
    on_dot: Callable[[], None] = nothing,
) -> int:
    return transport.hand_over("lounge@lounge.example", recipient, MAIL, on_dot)


def test_a_mail_arrives_as_it_was_written(it: Relay, transport: smtp.Transport) -> None:
    assert hand_over(transport) == 250
    assert it.taken == [MAIL]


def test_one_connection_carries_many_mails(
    it: Relay, transport: smtp.Transport
) -> None:
    for _ in range(3):
        hand_over(transport)
    assert (len(it.taken), it.visits) == (3, 1)


@pytest.mark.parametrize(
    ("phase", "act", "error", "code", "detail"),
    [
        ("ehlo", say("421 4.3.2 closing"), smtp.RelayDown, 421, "connect 4.3.2"),
        ("ehlo", hang_up, smtp.RelayDown, None, "connect SMTPServerDisconnected"),
        ("mail", say("451 4.3.0 later"), smtp.Deferred, 451, "mail 4.3.0"),
        ("mail", say("553 5.1.8 not you"), smtp.Deferred, 553, "mail 5.1.8"),
        ("mail", hang_up, smtp.Deferred, None, "mail"),
        ("rcpt", say("450 4.2.0 grey"), smtp.Deferred, 450, "rcpt 4.2.0"),
        ("rcpt", say("550 5.1.1 nobody"), smtp.Refused, 550, "rcpt 5.1.1"),
        ("rcpt", say("421 4.3.2 closing"), smtp.Deferred, 421, "rcpt 4.3.2"),
        ("rcpt", hang_up, smtp.Deferred, None, "rcpt"),
        ("rcpt", wait(3), smtp.Deferred, None, "rcpt"),
        ("data", say("451 later"), smtp.Deferred, 451, "data"),
        ("data", say("554 5.7.1 spam"), smtp.Refused, 554, "data 5.7.1"),
        ("data", hang_up, smtp.Deferred, None, "data"),
        ("dot", say("452 4.3.1 full"), smtp.Deferred, 452, "dot 4.3.1"),
        ("dot", say("552 5.3.4 big"), smtp.Refused, 552, "dot 5.3.4"),
        ("dot", say("421 4.3.2 closing"), smtp.Deferred, 421, "dot 4.3.2"),
        ("dot", hang_up, smtp.Unknown, None, "dot"),
        ("dot", say("nonsense"), smtp.Unknown, None, "dot"),
        ("taken", hang_up, smtp.Unknown, None, "dot"),
    ],
)
def test_each_failure_says_whether_the_mail_was_taken(
    it: Relay,
    transport: smtp.Transport,
    phase: str,
    act: Act,
    error: type,
    code: int,
    detail: str,
) -> None:
    it.at[phase] = act

    with pytest.raises(error) as raised:
        hand_over(transport)

    assert (raised.value.code, raised.value.detail) == (code, detail)
    assert len(it.taken) == (phase == "taken")


def test_no_answer_in_time_after_the_dot_is_unknown(
    it: Relay, transport: smtp.Transport, settings: Any
) -> None:
    settings.EMAIL_DOT_TIMEOUT = 0.2
    it.at["taken"] = wait(1)
    with pytest.raises(smtp.Unknown):
        hand_over(transport)
    assert len(it.taken) == 1


def test_the_answer_to_the_dot_is_waited_for_longer_than_the_rest(
    it: Relay, transport: smtp.Transport, settings: Any
) -> None:
    settings.EMAIL_TIMEOUT, settings.EMAIL_DOT_TIMEOUT = 0.5, 5
    it.at["taken"] = wait(1)
    assert hand_over(transport) == 250


def test_after_a_refusal_the_same_connection_serves_the_next(
    it: Relay, transport: smtp.Transport
) -> None:
    it.at["rcpt"] = once(say("550 5.1.1 nobody"))
    with pytest.raises(smtp.Refused):
        hand_over(transport)

    assert hand_over(transport) == 250
    assert it.visits == 1


@pytest.mark.parametrize("act", [hang_up, say("421 4.3.2 too many")])
def test_a_kept_connection_that_died_is_renewed(
    it: Relay, transport: smtp.Transport, act: Act
) -> None:
    hand_over(transport)
    it.at["mail"] = once(act)
    assert hand_over(transport) == 250
    assert it.visits == 2


def test_the_callback_comes_after_the_body_and_before_the_dot(
    it: Relay, transport: smtp.Transport
) -> None:
    arrived = threading.Event()
    it.at["body"] = lambda visit: arrived.set()
    seen: list[tuple[bool, int]] = []

    hand_over(transport, on_dot=lambda: seen.append((arrived.wait(2), len(it.taken))))

    assert seen == [(True, 0)]


def test_a_callback_that_says_stop_leaves_no_copy(
    it: Relay, transport: smtp.Transport
) -> None:
    def stop() -> None:
        raise LookupError

    with pytest.raises(LookupError):
        hand_over(transport, on_dot=stop)

    assert hand_over(transport) == 250
    assert len(it.taken) == 1


@pytest.mark.parametrize("address", ["amy@mail.example\r\nDATA", "ämy@mail.example"])
def test_an_impossible_address_is_refused_before_the_relay(
    it: Relay, transport: smtp.Transport, address: str
) -> None:
    with pytest.raises(smtp.Refused):
        hand_over(transport, address)
    assert it.visits == 0


def test_a_relay_that_is_not_there_is_down(settings: Any, it: Relay) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        settings.EMAIL_PORT = listener.getsockname()[1]
    with smtp.open_transport() as transport, pytest.raises(smtp.RelayDown) as raised:
        hand_over(transport)
    assert raised.value.detail == "connect ConnectionRefusedError"


def test_a_relay_that_accepts_and_never_speaks_is_down(
    settings: Any, it: Relay
) -> None:
    settings.EMAIL_TIMEOUT = 0.2
    with socket.create_server(("127.0.0.1", 0)) as listener:
        settings.EMAIL_PORT = listener.getsockname()[1]
        with smtp.open_transport() as transport, pytest.raises(smtp.RelayDown):
            hand_over(transport)


@pytest.fixture
def tls_relay(settings: Any) -> Iterator[Relay]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATE)

    def authenticator(*session: Any) -> AuthResult:
        return AuthResult(success=session[-1].password == b"right", handled=False)

    with relay(tls_context=context, authenticator=authenticator) as started:
        use_relay(settings, started)
        settings.EMAIL_HOST = "localhost"
        settings.EMAIL_USE_TLS = True
        settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "lounge", "right"
        yield started
    smtp.tls_context.cache_clear()


@pytest.fixture
def _certificate_is_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    smtp.tls_context.cache_clear()
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))


@pytest.mark.usefixtures("_certificate_is_trusted")
def test_a_password_goes_through_a_verified_connection(tls_relay: Relay) -> None:
    with smtp.open_transport() as transport:
        assert hand_over(transport) == 250


def test_a_relay_with_a_strange_certificate_gets_nothing(tls_relay: Relay) -> None:
    smtp.tls_context.cache_clear()
    with smtp.open_transport() as transport, pytest.raises(smtp.RelayDown) as raised:
        hand_over(transport)
    assert raised.value.detail == "connect SSLCertVerificationError"


@pytest.mark.usefixtures("_certificate_is_trusted")
def test_a_wrong_password_blames_the_relay_and_not_the_mail(
    tls_relay: Relay, settings: Any
) -> None:
    settings.EMAIL_HOST_PASSWORD = "wrong"
    with smtp.open_transport() as transport, pytest.raises(smtp.RelayDown) as raised:
        hand_over(transport)
    assert raised.value.code == 535


def test_a_folder_takes_mail_whole_and_once(settings: Any, tmp_path: Path) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    with smtp.open_transport() as transport:
        hand_over(transport)
        hand_over(transport)
    (path,) = (tmp_path / "mail").iterdir()
    assert path.suffix == ".eml"
    assert path.read_bytes() == MAIL


def test_another_backend_is_refused_by_name(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    with pytest.raises(smtp.ImproperlyConfigured), smtp.open_transport():
        pass
