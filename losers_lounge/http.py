"""Middleware that stands before everything else."""

from collections.abc import Callable
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from losers_lounge import csvfile

GetResponse = Callable[[HttpRequest], HttpResponse]

METHODS = ("GET", "HEAD", "OPTIONS", "POST")
CHARSETS = ("utf-8", "utf8")
# The largest file of guests with its form around it; a proxy may ask for less.
LARGEST_BODY = csvfile.MAX_BYTES + 2**20
FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST")
PERMISSIONS = "camera=(self), geolocation=(), microphone=(), payment=(), usb=()"
# PostgreSQL's lock_not_available, and SQLite's words for the same thing.
LOCK_NOT_AVAILABLE = "55P03"


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
        return response


class TrustedProxies:
    """Believe X-Forwarded-* from the proxies in settings, and from nobody else."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.networks = [ip_network(name) for name in settings.TRUSTED_PROXIES]

    def __call__(self, request: HttpRequest) -> HttpResponse:
        meta = request.META
        if self.is_trusted(meta.get("REMOTE_ADDR", "")):
            hops = meta.get("HTTP_X_FORWARDED_FOR", "").split(",")
            strangers = [hop.strip() for hop in hops if not self.is_trusted(hop)]
            if strangers and strangers[-1]:
                meta["REMOTE_ADDR"] = strangers[-1]
        else:
            for header in FORWARDED:
                meta.pop(header, None)
        return self.get_response(request)

    def is_trusted(self, address: str) -> bool:
        try:
            parsed = ip_address(address.strip())
        except ValueError:
            return False
        return any(parsed in network for network in self.networks)


class BusyDatabase:
    """A lock that is held too long becomes "try again", not a hang and not a 500."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponse | None:
        if not isinstance(exception, OperationalError) or not is_lock_wait(exception):
            return None
        response = render(request, "503.html", status=503)
        response["Retry-After"] = "3"
        return response


def is_lock_wait(error: OperationalError) -> bool:
    state = getattr(error.__cause__, "sqlstate", None)
    return state == LOCK_NOT_AVAILABLE or "database is locked" in str(error)
