"""What no webhook brought: Stripe's list of events, and its lists of objects."""

from datetime import datetime, timedelta
from itertools import islice

import structlog
from django.utils import timezone

from donations import reconciliation, stripe_gateway
from donations.log_and_continue import log_and_continue
from donations.models import Donation, EventsRead, StripeEvent
from donations.stripe_gateway import StripeError, VerifiedEvent
from donations.stripe_gateway.lists import Listed
from donations.webhooks import queue, routing
from donations.webhooks.inbox import as_row
from losers_lounge import doorbell

logger = structlog.get_logger(__name__)

PROCESS_OWED = "donations.tasks.process_owed_events"
BATCH = 200
OVERLAP = timedelta(hours=1)
# Stripe forgets events after thirty days; a day is left for its clock and ours.
KEPT = timedelta(days=29)
# Every type that may change something here, by its whole name: a list takes no
# prefixes.
TYPES = (
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "checkout.session.expired",
    "payment_intent.succeeded",
    "payment_intent.payment_failed",
    "payment_intent.processing",
    "payment_intent.canceled",
    "charge.refunded",
    "refund.created",
    "refund.updated",
    "refund.failed",
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated",
    "charge.dispute.closed",
    "setup_intent.succeeded",
    "setup_intent.setup_failed",
    "payment_method.detached",
    "payout.created",
    "payout.paid",
    "payout.failed",
    "payout.canceled",
    "payout.reconciliation_completed",
    "radar.early_fraud_warning.created",
)


def catch_up(at: datetime) -> int:
    """Store the events that no webhook brought, of every account; how many.

    Where Stripe's list no longer reaches back far enough, every object is looked at
    instead. An account it does not answer for is asked again next time, from the
    same point.
    """
    stored = 0
    for account in reconciliation.accounts():
        try:
            stored += _catch_up(account, at)
        except StripeError as error:
            logger.error("catch_up_failed", account=account, error=str(error))
    if stored:
        logger.warning("webhooks_were_lost", events=stored)
        doorbell.ring(PROCESS_OWED)
    return stored


def sweep_objects(account: str, since: datetime, *, at: datetime) -> int:
    """Follow every page, payment, refund, dispute and payout created since then.

    As if a webhook had named each; how many concerned something here. Raises
    StripeError when Stripe could not list them to the end.
    """
    begun = timezone.now()
    followed = 0
    for kind in stripe_gateway.KINDS:
        for named in stripe_gateway.objects(kind, since, account=account):
            if _is_settled(account, named, begun):
                continue
            with log_and_continue("sweep_failed", id=named["id"]):
                followed += routing.follow(account, named, at=at)
    return followed


def recover(*, at: datetime, since: datetime | None = None) -> None:
    """Hear and do all that no webhook brought; with `since`, from every object anew.

    Raises StripeError when `since` is given and Stripe could not list them all.
    """
    if since is None:
        catch_up(at)
    else:
        for account in reconciliation.accounts():
            sweep_objects(account, since, at=at)
    # What fails is put off, so that this comes to an end.
    while queue.process_owed(at):
        pass


def _catch_up(account: str, at: datetime) -> int:
    since = _read_until(account, at) - OVERLAP
    stored = 0
    if at - since > KEPT:
        sweep_objects(account, since, at=at)
    events = stripe_gateway.events(since, account=account, types=TYPES)
    while chunk := list(islice(events, BATCH)):
        stored += _store_missing(account, chunk, at)
    # Only what was read to its end counts as read.
    EventsRead.objects.update_or_create(account=account, defaults={"until": at})
    return stored


def _read_until(account: str, at: datetime) -> datetime:
    row = EventsRead.objects.filter(account=account).first()
    return row.until if row else reconciliation.checkpoint(account, at)


def _store_missing(account: str, listed: list[VerifiedEvent], at: datetime) -> int:
    ids = [event.event_id for event in listed]
    stored = StripeEvent.objects.filter(account=account, event_id__in=ids)
    known = set(stored.values_list("event_id", flat=True))
    rows = [as_row(event, at) for event in listed if event.event_id not in known]
    StripeEvent.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _is_settled(account: str, named: Listed, begun: datetime) -> bool:
    """Whether nothing can be learned: it was asked for just now, or is booked."""
    donation = routing.donation_of(account, named)
    if donation is None:
        return False
    if donation.checked_at is not None and donation.checked_at >= begun:
        # Its dispute and its refunds came with the same answer, but for their rows.
        return named["object"] != "dispute"
    if donation.state not in Donation.MONEY_MOVED:
        return False
    is_paid_page = named["object"] == "checkout.session"
    return is_paid_page or named["id"] == donation.payment_intent_id
