"""Signed links: a lookup that may be known, and a mac that opens the door.

Token = `<lookup>.<mac>`. The mac is HMAC-SHA256 over purpose, lookup and version
with a key derived from SECRET_KEY, so nothing in the database opens a door; raising
the version of a row retires every link and QR code made for it before.
"""

import base64
import hashlib
import hmac
import secrets
from functools import cache

from django.conf import settings
from django.urls import reverse

TOKEN = "TOKEN"  # noqa: S105 (its place in an address)
MAC_BYTES = 20  # 160 bits; RFC 2104 section 5 asks for at least half the hash
MOST_VERSIONS = 50  # Nobody's link was retired more often than that.
URL_NAMES = {
    "invitation": "guests:link",
    "contact": "guests:contact_link",
    "calendar": "guests:calendar_link",
    "pass": "guests:door_pass",
    "pair": "guests:pair",
    "pay": "guests:pay_link",
    "donor": "donations:donor_link",
    "unsubscribe": "events:unsubscribe",
}


def make_lookup() -> str:
    """Sixteen random characters, unique enough to find a row by.

    Never "-" first: in a table for people that would be a formula, and be escaped.
    """
    lookup = secrets.token_urlsafe(12)
    return make_lookup() if lookup.startswith("-") else lookup


def make_token(purpose: str, lookup: str, version: int) -> str:
    return f"{lookup}.{_mac(settings.SECRET_KEY, purpose, lookup, version)}"


def split_token(token: str) -> tuple[str, str]:
    """The lookup and the mac of a token; ("", "") when it is not one."""
    lookup, dot, mac = token.partition(".")
    return (lookup, mac) if dot and lookup and mac else ("", "")


def is_genuine(purpose: str, lookup: str, version: int, mac: str) -> bool:
    """Whether the mac was made here for this version, under a key still in use."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    given = mac.encode()
    return any(
        hmac.compare_digest(_mac(key, purpose, lookup, version).encode(), given)
        for key in keys
    )


def was_genuine(purpose: str, lookup: str, mac: str) -> bool:
    """Whether it was once, for a version long gone, or for a row that is no more."""
    versions = range(1, MOST_VERSIONS)
    return any(is_genuine(purpose, lookup, version, mac) for version in versions)


def absolute_url(purpose: str, lookup: str, version: int) -> str:
    """The whole address, made from SITE_URL and never from a request's Host."""
    token = make_token(purpose, lookup, version)
    return settings.SITE_URL + _path_of(purpose).replace(TOKEN, token)


@cache
def _path_of(purpose: str) -> str:
    return reverse(URL_NAMES[purpose], args=[TOKEN])


def make_code(purpose: str, lookup: str) -> str:
    """Six digits to be said aloud; like a mac, they stand in no row of the database."""
    number = int.from_bytes(_digest(settings.SECRET_KEY, purpose, lookup, "code"))
    return f"{number % 1_000_000:06}"


def _mac(key: str, purpose: str, lookup: str, version: int) -> str:
    digest = _digest(key, purpose, lookup, version)[:MAC_BYTES]
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _digest(key: str, purpose: str, lookup: str, version: object) -> bytes:
    link_key = hmac.digest(key.encode(), b"losers_lounge.links", hashlib.sha256)
    message = f"{purpose}\0{lookup}\0{version}".encode()
    return hmac.digest(link_key, message, hashlib.sha256)
