"""How often one network may try something: a fixed window, counted in the cache.

Two tries at the same moment may count as one: nothing here guards a secret that
could be guessed, it keeps strangers from wearing the place out (ASVS 5.0, 2.4.1).
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network

import structlog
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

logger = structlog.get_logger(__name__)

IPV6_PREFIX = 64  # What one household or phone has for itself.
EVERYBODY = "everybody"


@dataclass(frozen=True)
class Throttle:
    """At most so many tries of one purpose in so many seconds.

    `most_of_all` is how many all who try may make together; 0: as many as they like.
    """

    purpose: str
    most: int
    seconds: int
    most_of_all: int = 0

    def is_spent(self, who: str) -> bool:
        if self._tries(who)[0] >= self.most:
            return True
        return bool(self.most_of_all) and self._tries(EVERYBODY)[0] >= self.most_of_all

    def admit(self, who: str) -> bool:
        """Whether they may try, which then counts as a try."""
        if self.is_spent(who):
            return False
        self.count(who)
        return True

    def count(self, who: str, tries: int = 1) -> None:
        """So many tries more; the one that spends it is logged, by purpose alone."""
        self._add(who, tries, self.most)
        if self.most_of_all:
            self._add(EVERYBODY, tries, self.most_of_all)

    def _add(self, who: str, more: int, most: int) -> None:
        tries, until = self._tries(who)
        cache.set(self._key(who), (tries + more, until), max(until - time.time(), 0))
        if tries < most <= tries + more:
            logger.warning("throttled", purpose=self.purpose, of_all=who == EVERYBODY)

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
