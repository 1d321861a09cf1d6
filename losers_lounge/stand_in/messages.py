"""What comes in over HTTP and what goes out."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any


class Sent(Enum):
    """How much of an answer reaches the other side."""

    WHOLE = "whole"
    HALF = "half"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Incoming:
    """One request, read whole."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: str
    # The other end of the connection, on this machine.
    port: int = 0


@dataclass(frozen=True)
class Answer:
    """One answer, and how it is to be sent."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    sent: Sent = Sent.WHOLE


def as_json(status: int, body: Any, headers: dict[str, str] | None = None) -> Answer:
    """A JSON answer."""
    kind = {"Content-Type": "application/json"}
    encoded = json.dumps(body, separators=(",", ":")).encode()
    return Answer(status, encoded, kind | (headers or {}))


def as_html(status: int, page: str) -> Answer:
    """An HTML page that loads nothing but what stands in it."""
    headers = {
        "Cache-Control": "no-store",
        "Content-Security-Policy": (
            "default-src 'none'; base-uri 'none'; frame-ancestors 'none';"
            " img-src data:; style-src 'unsafe-inline'"
        ),
        "Content-Type": "text/html; charset=utf-8",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
    return Answer(status, page.encode(), headers)


def see_other(url: str) -> Answer:
    """Go there with GET."""
    return Answer(303, headers={"Location": url, "Cache-Control": "no-store"})
