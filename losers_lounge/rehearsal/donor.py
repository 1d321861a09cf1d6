"""A donor with a browser: opens the payment page, and presses a button there."""

import json
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlencode, urlsplit

from django.conf import settings

TIMEOUT_SECONDS = 10
CONTROL, DISPUTES = "/_stand_in/webhooks", "/_stand_in/disputes"
FORM, JSON = "application/x-www-form-urlencoded", "application/json"


class NoStandIn(Exception):
    """There is no stand-in to rehearse against; the text says why."""


@dataclass(frozen=True)
class Page:
    """What the browser was answered."""

    status: int
    location: str
    text: str


def find_the_stand_in() -> None:
    """Make sure that no real Stripe is on the other side. Raises NoStandIn."""
    if settings.STRIPE_IS_LIVE:
        raise NoStandIn("Refused: STRIPE_API_KEY is live, and this moves money.")
    base = settings.STRIPE_API_BASE
    if base == settings.STRIPE_OWN_BASE or urlsplit(base).scheme != "http":
        raise NoStandIn(
            "Refused: STRIPE_API_BASE is not the stand-in, and this is a rehearsal."
        )
    try:
        is_there = browse("GET", base + CONTROL).status == 200
    except (OSError, HTTPException):
        is_there = False
    if not is_there:
        raise NoStandIn(
            f"Stripe's stand-in does not answer at {base}: is the demo running?"
        )


def give(url: str, card: str) -> Page:
    """Open the page as a browser does, then let the card pay or be declined."""
    shown = browse("GET", url)
    if shown.status != 200:
        return shown
    action = "pay" if card == "good" else "decline"
    form = {"action": action, "email": "somebody@example.com"}
    return browse("POST", url, urlencode(form))


def save_card(url: str, card: str) -> Page:
    """Save a card on the page of a pledge: good, or one that makes trouble later."""
    browse("GET", url)
    return browse("POST", url, urlencode({"action": card}))


def dispute(payment_intent_id: str) -> Page:
    """Ask the bank for the money back, as if one had never given it."""
    wish = json.dumps({"payment_intent": payment_intent_id})
    return browse("POST", settings.STRIPE_API_BASE + DISPUTES, wish, JSON)


def browse(method: str, url: str, body: str = "", kind: str = FORM) -> Page:
    """One request over the wire; no redirect is followed."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.netloc, timeout=TIMEOUT_SECONDS)
    headers = {"Content-Type": kind} if body else {}
    try:
        connection.request(method, parts.path or "/", body or None, headers)
        answer = connection.getresponse()
        text = answer.read().decode("utf-8", "replace")
        return Page(answer.status, answer.headers.get("Location", ""), text)
    finally:
        connection.close()
