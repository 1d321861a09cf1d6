"""Methods, charsets, cookies and bodies that no browser sends. All are 4xx."""

import io
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest
from django.db import connection
from django.test import Client

from losers_lounge.middleware import LARGEST_BODY
from losers_lounge.wsgi import application
from tests.security.policy import POLICY
from tests.security.scene import Scene

pytestmark = pytest.mark.django_db

LOGIN = "/accounts/login/"


@pytest.mark.parametrize("method", ["TRACE", "PUT", "PATCH", "DELETE", "CONNECT", "X"])
def test_a_method_nobody_uses_is_refused_everywhere(
    scene: Scene, everyone: Client, method: str
) -> None:
    for name in POLICY:
        response = everyone.generic(method, scene.url(name))
        assert response.status_code == HTTPStatus.METHOD_NOT_ALLOWED, name


CONTENT_TYPES = (
    "application/x-www-form-urlencoded; charset=utf-8",
    "application/x-www-form-urlencoded; charset=utf-7",
    "application/x-www-form-urlencoded; charset=utf-16",
    "application/x-www-form-urlencoded; charset=idna",
    "text/plain; charset=zip",
    "application/json; charset=rot13",
    "multipart/form-data",
    "multipart/form-data; boundary=",
    "multipart/form-data; boundary=\u00e4",
    "multipart/form-data; charset=utf-16; boundary=x",
    "multipart/mixed; boundary=x",
    "application/json",
    "text/xml",
    "; charset=",
    "x" * 5000,
)


@pytest.fixture(autouse=True)
def _one_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server closes it between requests, and with it the test's transaction."""
    monkeypatch.setattr(connection, "close_if_unusable_or_obsolete", lambda: None)


def status_of(method: str, path: str, body: bytes = b"", **said: str) -> int:
    """What a real server would send back: Django's test client is kinder."""
    statuses: list[str] = []

    def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> None:
        statuses.append(status)

    where, _, query = path.partition("?")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "PATH_INFO": where,
        "QUERY_STRING": query,
        "HTTP_HOST": "testserver",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        **said,
    }
    setup_testing_defaults(environ)
    answer: Iterable[bytes] = application(environ, start)
    assert b"Traceback" not in b"".join(answer)
    return int(statuses[0].split()[0])


def cookies_of(client: Client) -> str:
    pairs = (f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    return "; ".join(pairs)


@pytest.mark.parametrize("kind", CONTENT_TYPES, ids=ascii)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_odd_content_type_is_the_client_s_fault(
    scene: Scene, kind: str, method: str
) -> None:
    cookies = f"{cookies_of(scene.guest())}; csrf={'a' * 32}"
    body = b"a=b&csrfmiddlewaretoken=" + b"a" * 32 if method == "POST" else b""
    many = "/?" + "&".join(f"a{number}=" for number in range(1500))
    for path in (LOGIN, "/lost-link/", scene.url("guests:rsvp"), "/?q=%ff", many):
        said = {"CONTENT_TYPE": kind, "HTTP_COOKIE": cookies}
        assert status_of(method, path, body, **said) < 500, path


@pytest.mark.parametrize("charset", ["utf-7", "zip", "idna", "latin-1"])
def test_another_charset_is_refused(charset: str) -> None:
    kind = {"CONTENT_TYPE": f"text/plain; charset={charset}"}
    assert status_of("GET", "/", **kind) == HTTPStatus.UNSUPPORTED_MEDIA_TYPE


@pytest.mark.parametrize("name", ["session", "csrf", "guest", "messages", "x"])
def test_a_nul_in_a_cookie_is_refused(name: str) -> None:
    """A quoted cookie may spell what no header may hold."""
    cookie = f'{name}="ab\\000cdefghijklmnop"'
    for path in (LOGIN, "/events/", "/invitation/x/"):
        status = status_of("GET", path, HTTP_COOKIE=cookie)
        assert status == HTTPStatus.BAD_REQUEST, path


@pytest.mark.parametrize(
    "cookie",
    [
        "session=" + "x" * 4000,
        "session=\xff\xfe; csrf=\xff",
        "guest=a.b.c; session=..; csrf=;;;=",
        "messages=[[\\x]]; messages=0$x",
        "=; ; \x7f=\x7f",
    ],
    ids=ascii,
)
def test_odd_cookies_are_nobody_s(cookie: str) -> None:
    for path in (LOGIN, "/events/", "/invitation/x/", "/lost-link/"):
        assert status_of("GET", path, HTTP_COOKIE=cookie) < 500, path


@pytest.mark.parametrize("name", ["account_login", "guests:lost_link", "guests:import"])
def test_a_body_that_is_too_large_is_not_read(scene: Scene, name: str) -> None:
    length = {"CONTENT_LENGTH": str(LARGEST_BODY + 1)}
    kind = {"CONTENT_TYPE": "multipart/form-data; boundary=x"}
    status = status_of("POST", scene.url(name), b"", **length, **kind)
    assert status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE


@pytest.mark.parametrize(
    "length", ["-1", "x", "1e3", "1.5", "9" * 40, "9" * 5000, "\u0664"], ids=ascii
)
def test_a_length_that_is_no_number_is_refused(length: str) -> None:
    """Django falls over it as soon as a view asks for the body."""
    said = {"CONTENT_LENGTH": length, "CONTENT_TYPE": "application/json"}
    assert status_of("POST", LOGIN, b"{}", **said) == HTTPStatus.BAD_REQUEST


def test_no_length_is_no_body() -> None:
    assert status_of("POST", LOGIN, b"a=b", CONTENT_LENGTH="") < 500


def test_more_fields_or_more_text_than_any_form_has_are_refused() -> None:
    kind = {"CONTENT_TYPE": "application/x-www-form-urlencoded"}
    many = "&".join(f"a{number}=b" for number in range(1500)).encode()
    for body in (many, b"a=" + b"b" * (5 * 2**20 + 1)):
        status = status_of("POST", LOGIN, body, **kind)
        assert 400 <= status < 500


@pytest.mark.parametrize("agent", ["", "\xff\xfe", "<script>", "x" * 8000])
def test_an_odd_browser_is_served(agent: str) -> None:
    said = {"HTTP_USER_AGENT": agent, "HTTP_ACCEPT_LANGUAGE": agent}
    said |= {"HTTP_REFERER": agent, "HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": agent}
    said |= {"HTTP_HX_CURRENT_URL": "http://[", "HTTP_X_REQUEST_ID": agent}
    assert status_of("GET", "/", **said) == HTTPStatus.OK
