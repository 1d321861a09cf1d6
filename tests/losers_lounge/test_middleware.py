import psycopg
import pytest
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from pytest_django import Settings

from losers_lounge.middleware import RefuseOddRequests, TrustedProxies, is_lock_wait

factory = RequestFactory()


def view(request: HttpRequest) -> HttpResponse:
    return HttpResponse("seen")


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PUT", "DELETE", "PROPFIND"])
def test_an_odd_method_is_refused_before_any_view(method: str) -> None:
    response = RefuseOddRequests(view)(factory.generic(method, "/"))
    assert response.status_code == 405
    assert "POST" in response["Allow"]


def test_a_form_in_another_charset_is_refused() -> None:
    kind = "application/x-www-form-urlencoded; charset=utf-16"
    response = RefuseOddRequests(view)(factory.post("/", b"a=b", content_type=kind))
    assert response.status_code == 415


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", "utf8"])
def test_an_ordinary_form_passes(charset: str) -> None:
    kind = f"application/x-www-form-urlencoded; charset={charset}"
    response = RefuseOddRequests(view)(factory.post("/", b"a=b", content_type=kind))
    assert response.content == b"seen"


@pytest.mark.parametrize("url", ["/a%00b/", "/?q=%00"])
def test_a_nul_finds_nothing(url: str) -> None:
    assert RefuseOddRequests(view)(factory.get(url)).status_code == 404


def address_seen(remote: str, forwarded: str) -> str:
    def tell(request: HttpRequest) -> HttpResponse:
        return HttpResponse(request.META["REMOTE_ADDR"])

    request = factory.get("/", REMOTE_ADDR=remote, HTTP_X_FORWARDED_FOR=forwarded)
    return TrustedProxies(tell)(request).content.decode()


@pytest.mark.parametrize(
    ("remote", "forwarded", "seen"),
    [
        ("10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "198.51.100.7, 203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "203.0.113.9, 10.0.0.2", "203.0.113.9"),
        ("203.0.113.50", "198.51.100.7", "203.0.113.50"),
        ("10.0.0.1", "", "10.0.0.1"),
        # A server that listens on [::] is told of IPv4 in this way.
        ("::ffff:203.0.113.50", "198.51.100.7", "203.0.113.50"),
        ("::ffff:10.0.0.1", "::ffff:203.0.113.9", "203.0.113.9"),
    ],
)
def test_only_a_trusted_proxy_is_believed(
    settings: Settings, remote: str, forwarded: str, seen: str
) -> None:
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    assert address_seen(remote, forwarded) == seen


def test_a_stranger_s_forwarded_headers_are_dropped(settings: Settings) -> None:
    settings.TRUSTED_PROXIES = []

    def tell(request: HttpRequest) -> HttpResponse:
        return HttpResponse(request.META.get("HTTP_X_FORWARDED_PROTO", "none"))

    request = factory.get("/", HTTP_X_FORWARDED_PROTO="https")
    assert TrustedProxies(tell)(request).content == b"none"


def test_a_lock_that_is_held_too_long_is_known_by_its_code() -> None:
    error = OperationalError("canceling statement due to lock timeout")
    error.__cause__ = psycopg.errors.LockNotAvailable()
    assert is_lock_wait(error)
    assert is_lock_wait(OperationalError("database is locked"))
    assert not is_lock_wait(OperationalError("server closed the connection"))
