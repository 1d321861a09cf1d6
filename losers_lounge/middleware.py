"""Middleware that stands before everything else."""

import sys
import time
from collections.abc import Callable
from http import HTTPStatus
from ipaddress import IPv6Address, ip_address, ip_network

import psycopg
from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import defaults

from losers_lounge import csvfile, tally

GetResponse = Callable[[HttpRequest], HttpResponse]

# Where somebody stands before a checker and waits.
AT_THE_DOOR = {f"guests:door_{press}" for press in ("admit", "code", "deny", "sync")}
METHODS = ("GET", "HEAD", "OPTIONS", "POST")
CHARSETS = ("utf-8", "utf8")
# The largest file of guests with its form around it; a proxy may ask for less.
LARGEST_BODY = csvfile.MAX_BYTES + 2**20
FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST")
PERMISSIONS = "camera=(self), geolocation=(), microphone=(), payment=(), usb=()"
# PostgreSQL's lock_not_available, and SQLite's words for the same thing.
LOCK_NOT_AVAILABLE = "55P03"
# Connection exceptions, and shutdown, crash and start of the server. A connection
# that just ended carries no state at all.
SERVER_IS_AWAY = ("08", "57P01", "57P02", "57P03")


class CountAnswers:
    """Count what went wrong, what was throttled, and how long the door took."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = self.get_response(request)
        if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            tally.count("answers.5xx")
        elif response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            tally.count("answers.throttled")
        match = request.resolver_match
        if request.method == "POST" and match and match.view_name in AT_THE_DOOR:
            tally.time_taken("door", time.perf_counter() - began)
        return response


class RefuseOddRequests:
    """Answer at the gate what no view should ever see.

    A length that is no number and another charset escape Django as an uncaught
    error, from its CSRF check or from reading the address; function views answer
    TRACE; PostgreSQL refuses NUL in any text; and Django would write an upload of any
    size to the disk.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in METHODS:
            return HttpResponse(status=405, headers={"Allow": ", ".join(METHODS)})
        charset = request.content_params.get("charset", "utf-8").lower()
        if charset not in CHARSETS:
            return HttpResponse(status=415)
        if not is_length(request.META.get("CONTENT_LENGTH") or "0"):
            return HttpResponse(status=400)
        if content_length(request) > LARGEST_BODY:
            return HttpResponse(status=413)
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            return HttpResponse(status=404)
        # A quoted cookie may spell one: session="a\\000b".
        if any("\0" in value for value in request.COOKIES.values()):
            return HttpResponse(status=400)
        return self.get_response(request)


def content_length(request: HttpRequest) -> int:
    """What the request says of its body; 0 when it says nothing sensible."""
    length = request.META.get("CONTENT_LENGTH") or ""
    return int(length) if is_length(length) else 0


def is_length(text: str) -> bool:
    """Whether this can be how long a body is: Django falls over any other word."""
    return text.isascii() and text.isdecimal() and len(text) < 19


class PrivatePages:
    """What a browser may do with our pages: keep no copy, use the camera at the door.

    Static files are answered before this and may be kept.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if "no-store" not in response.get("Cache-Control", ""):
            response["Cache-Control"] = "private, no-store"
        response["Permissions-Policy"] = PERMISSIONS
        # No page of ours is for a search engine; robots.txt says so too.
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response


class ContentSecurity(CSPMiddleware):
    """django-csp's own; the policy of pages that add nothing to it is written once."""

    def __init__(self, get_response: GetResponse) -> None:
        super().__init__(get_response)
        self.usual = build_policy()

    def process_response(
        self, request: HttpRequest, response: HttpResponse
    ) -> HttpResponse:
        said = (*vars(request), *vars(response))
        if settings.DEBUG or any(name.startswith("_csp") for name in said):
            return super().process_response(request, response)
        response.headers.setdefault(HEADER, self.usual)
        return response


class TrustedProxies:
    """Believe X-Forwarded-* from the proxies in settings, and from nobody else."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.networks = [ip_network(name) for name in settings.TRUSTED_PROXIES]

    def __call__(self, request: HttpRequest) -> HttpResponse:
        meta = request.META
        meta["REMOTE_ADDR"] = plain(meta.get("REMOTE_ADDR", ""))
        if self.is_trusted(meta["REMOTE_ADDR"]):
            hops = map(plain, meta.get("HTTP_X_FORWARDED_FOR", "").split(","))
            strangers = [hop for hop in hops if not self.is_trusted(hop)]
            if strangers and strangers[-1]:
                meta["REMOTE_ADDR"] = strangers[-1]
        else:
            for header in FORWARDED:
                meta.pop(header, None)
        return self.get_response(request)

    def is_trusted(self, address: str) -> bool:
        try:
            parsed = ip_address(address)
        except ValueError:
            return False
        return any(parsed in network for network in self.networks)


def plain(address: str) -> str:
    """An address of IPv4 as such: a socket for both kinds calls it ::ffff:192.0.2.1.

    Those all begin alike, and would count as one household (losers_lounge/throttle).
    """
    address = address.strip()
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    mapped = parsed.ipv4_mapped if isinstance(parsed, IPv6Address) else None
    return str(mapped or address)


class BusyDatabase:
    """A lock that is held too long becomes "try again", not a hang and not a 500."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponse | None:
        return try_again(request) if is_lock_wait(exception) else None


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's page for what broke; while the database is away, "try again".

    What was under way was rolled back as a whole, or was saved and its answer lost:
    every press may be repeated. Django has written the error to the log by now.
    """
    error = sys.exc_info()[1]
    if is_lock_wait(error) or is_database_away(error):
        return try_again(request)
    return defaults.server_error(request)


def try_again(request: HttpRequest) -> HttpResponse:
    response = render(request, "503.html", status=503)
    response["Retry-After"] = "3"
    return response


def is_lock_wait(error: BaseException | None) -> bool:
    if not isinstance(error, OperationalError):
        return False
    return sqlstate(error) == LOCK_NOT_AVAILABLE or "database is locked" in str(error)


def is_database_away(error: BaseException | None) -> bool:
    """Whether the server is down, starting or has ended our connection."""
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    state = sqlstate(error)
    is_cut = isinstance(error.__cause__, psycopg.Error) and state is None
    return is_cut or (state or "").startswith(SERVER_IS_AWAY)


def sqlstate(error: BaseException) -> str | None:
    return getattr(error.__cause__, "sqlstate", None)
