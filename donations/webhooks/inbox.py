"""What comes in is stored once, whoever brings it: a webhook or Stripe's list."""

from datetime import datetime
from functools import partial

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from donations import stripe_gateway
from donations.models import StripeEvent
from donations.stripe_gateway import VerifiedEvent
from losers_lounge import doorbell, tally
from losers_lounge.compiled_rows import insert_once

logger = structlog.get_logger(__name__)

State = StripeEvent.State

LARGEST_BODY = 256 * 1024
TASK = "donations.tasks.process_stripe_event"
# Events that may lead to money or to a card of ours; all others are stored and left
# alone, also those that Stripe has yet to invent.
FOLLOWED = (
    "checkout.session.",
    "payment_intent.",
    "charge.",
    "refund.",
    "setup_intent.",
    "payment_method.detached",
    "payout.",
    "radar.early_fraud_warning.",
)


def receive(body: bytes, signature: str, *, at: datetime | None = None) -> bool:
    """Store a webhook once; whether it was new. Raises Forged, and stores nothing."""
    at = at or timezone.now()
    event = stripe_gateway.verify_event(body, signature)
    if event.api_version != stripe_gateway.API_VERSION:
        # Taken all the same: of the payload only the ids are read.
        logger.warning(
            "webhook_of_another_version",
            event_id=event.event_id,
            version=event.api_version,
        )
    row = as_row(event, at)
    # ON CONFLICT DO NOTHING: of eight at once, one is stored and none fails.
    is_first = insert_once(row)
    is_new = is_first and row.state == State.NEW
    if is_new:
        transaction.on_commit(partial(doorbell.ring, TASK, row.pk), robust=True)
    tally.count(f"webhooks.{_result(event, is_first=is_first, is_new=is_new)}")
    return is_new


def _result(event: VerifiedEvent, *, is_first: bool, is_new: bool) -> str:
    if not is_first:
        return "duplicate"
    if event.livemode != settings.STRIPE_IS_LIVE:
        return "wrong_mode"
    return "accepted" if is_new else "ignored"


def as_row(event: VerifiedEvent, at: datetime) -> StripeEvent:
    """The row of an event: owed, or ignored for good when it cannot concern us."""
    is_ours = event.livemode == settings.STRIPE_IS_LIVE and event.type.startswith(
        FOLLOWED
    )
    return StripeEvent(
        event_id=event.event_id,
        account=event.account,
        type=event.type,
        api_version=event.api_version,
        livemode=event.livemode,
        payload=event.body,
        occurred_at=event.occurred_at,
        received_at=at,
        # Owed since it happened, by Stripe's clock: of one of ours that is fast, nobody
        # else would see that the event waits.
        not_before=min(at, event.occurred_at),
        state=State.NEW if is_ours else State.IGNORED,
        processed_at=None if is_ours else at,
    )
