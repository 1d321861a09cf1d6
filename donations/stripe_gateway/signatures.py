"""Whether a webhook is Stripe's. Whatever else it is, it is a forgery."""

import json
import time
from datetime import UTC, datetime
from typing import Any

import stripe
from django.conf import settings

from donations.stripe_gateway.records import Forged, Stale, VerifiedEvent

# Stripe's client refuses what is older; what is newer it would accept.
TOLERANCE_SECONDS = 300


def verify_event(body: bytes, signature: str) -> VerifiedEvent:
    """The event in a webhook's raw body; raises Forged for anything else.

    Several secrets are in use while one is rotated. A signature with a letter
    outside ASCII, a body that is not UTF-8 or not an object: all are forgeries.
    """
    try:
        if not any(_is_signed(body, signature, secret) for secret in _secrets()):
            is_old = any(_is_signed(body, signature, s, None) for s in _secrets())
            raise Stale("signed long ago") if is_old else Forged("signature")
        if _signed_at(signature) > time.time() + TOLERANCE_SECONDS:
            raise Stale("signed in the future")
        return _verified(json.loads(body), body.decode())
    except (
        ValueError,
        TypeError,
        AttributeError,
        KeyError,
        OverflowError,
        OSError,
        RecursionError,
    ) as error:
        raise Forged(type(error).__name__) from error


def _secrets() -> list[str]:
    return [secret for secret in settings.STRIPE_WEBHOOK_SECRETS if secret.strip()]


def _is_signed(
    body: bytes, signature: str, secret: str, tolerance: int | None = TOLERANCE_SECONDS
) -> bool:
    try:
        return stripe.WebhookSignature.verify_header(body, signature, secret, tolerance)
    except stripe.SignatureVerificationError:
        return False


def _signed_at(signature: str) -> int:
    stamps = [part[2:] for part in signature.split(",") if part.startswith("t=")]
    return int(stamps[0])


def _verified(event: dict[str, Any], body: str) -> VerifiedEvent:
    if event["object"] != "event" or not isinstance(event["livemode"], bool):
        raise Forged("not an event")
    if not isinstance(event["data"]["object"], dict):
        raise Forged("an event about nothing")
    return VerifiedEvent(
        event_id=_word(event["id"], 255),
        account=_word(event.get("account") or "", 255),
        type=_word(event["type"], 100),
        api_version=_word(event.get("api_version") or "", 60),
        livemode=event["livemode"],
        occurred_at=datetime.fromtimestamp(event["created"], UTC),
        body=body,
    )


def _word(value: Any, longest: int) -> str:
    if not isinstance(value, str) or len(value) > longest or not value.isprintable():
        raise Forged("not an id")
    return value
