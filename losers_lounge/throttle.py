"""How often one network may try something: a fixed window, counted in the cache.

Two tries at the same moment may count as one: nothing here guards a secret that
could be guessed, it keeps strangers from wearing the place out.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

IPV6_PREFIX = 64  # What one household or phone has for itself.


@dataclass(frozen=True)
class Throttle:
    """At most so many tries of one purpose in so many seconds."""

    purpose: str
    most: int
    seconds: int

    def is_spent(self, who: str) -> bool:
        return self._tries(who)[0] >= self.most

    def count(self, who: str) -> None:
        tries, until = self._tries(who)
        cache.set(self._key(who), (tries + 1, until), until - time.time())

    def refusal(self, request: HttpRequest) -> HttpResponse:
        response = render(request, "429.html", status=429)
        response["Retry-After"] = str(self.seconds)
        return response

    def _tries(self, who: str) -> tuple[int, float]:
        """How many in the window, and when it ends; it begins with the first try."""
        return cache.get(self._key(who)) or (0, time.time() + self.seconds)

    def _key(self, who: str) -> str:
        return f"throttle.{self.purpose}.{who}"


@contextmanager
def as_long_as(seconds: float) -> Iterator[None]:
    """What is done inside takes this long, however soon it is done."""
    began = time.monotonic()
    try:
        yield
    finally:
        time.sleep(max(0, began + seconds - time.monotonic()))


def network(request: HttpRequest) -> str:
    """Where a request comes from, as TrustedProxies found it."""
    address = request.META.get("REMOTE_ADDR", "")
    try:
        parsed = ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, IPv6Address):
        return str(ip_network((parsed, IPV6_PREFIX), strict=False).network_address)
    return address
