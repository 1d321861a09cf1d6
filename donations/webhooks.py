"""Stripe's webhooks: verify, store, answer. What they mean is found out later.

The stored row is what is owed; the bell only makes it quick. A payload is read for
ids alone: what they name is fetched, so order, replay and content cannot matter.
"""

import json
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from donations import reconciliation, settlement, stripe_gateway
from donations.models import Donation, LedgerEntry, StripeEvent
from donations.stripe_gateway import StripeError, VerifiedEvent
from losers_lounge import doorbell

logger = structlog.get_logger(__name__)

State = StripeEvent.State

LARGEST_BODY = 256 * 1024
TASK = "donations.tasks.process_stripe_event"
PROCESS_OWED = "donations.tasks.process_owed_events"
# Events whose object leads to a donation; all others are stored and left alone.
FOLLOWED = (
    "checkout.session.",
    "payment_intent.",
    "charge.",
    "refund.",
)
# A worker that takes an event has it for so long; then it is owed again.
IN_HAND = timedelta(minutes=2)
MOST_ATTEMPTS = 12
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=1)
BATCH = 200


def receive(body: bytes, signature: str, *, at: datetime | None = None) -> bool:
    """Store a webhook once; whether it was new. Raises Forged, and stores nothing."""
    at = at or timezone.now()
    event = stripe_gateway.verify_event(body, signature)
    with transaction.atomic():
        row = _row(event, at)
        # ON CONFLICT DO NOTHING: of eight at once, one is stored and none fails.
        StripeEvent.objects.bulk_create([row], ignore_conflicts=True)
        stored = StripeEvent.objects.only("pk", "state", "received_at").get(
            account=event.account, event_id=event.event_id
        )
        is_new = stored.state == State.NEW and stored.received_at == at
        if is_new:
            transaction.on_commit(partial(doorbell.ring, TASK, stored.pk), robust=True)
    return is_new


def catch_up(at: datetime) -> int:
    """Store the events that no webhook brought, of every account; how many.

    Stripe lists them for thirty days. An account it does not answer for is asked
    again next time, from the same point.
    """
    stored = 0
    for account in reconciliation.accounts():
        since = reconciliation.checkpoint(account, at)
        events = stripe_gateway.events(since, account=account)
        try:
            while chunk := list(islice(events, BATCH)):
                stored += _store_missing(account, chunk, at)
        except StripeError as error:
            logger.error("catch_up_failed", account=account, error=str(error))
    if stored:
        logger.warning("webhooks_were_lost", events=stored)
        doorbell.ring(PROCESS_OWED)
    return stored


def process(pk: int, *, at: datetime | None = None) -> None:
    """Do what a stored event asks for; quietly nothing if it is done or in hand."""
    at = at or timezone.now()
    # Of two workers holding the same id, the database lets one take it. The attempt
    # is committed before the work: an event that kills its workers comes to an end.
    owed = StripeEvent.objects.owed(at).filter(pk=pk)
    if not owed.update(not_before=at + IN_HAND, attempts=F("attempts") + 1):
        return
    event = StripeEvent.objects.get(pk=pk)
    if event.attempts > MOST_ATTEMPTS:
        _put_off(event, "every worker that took it stopped", at)
        return
    try:
        is_ours = _settle_what_it_names(event, at)
    except StripeError as error:
        _put_off(event, str(error), at)
        return
    event.state = State.DONE if is_ours else State.IGNORED
    event.processed_at = at
    event.error = ""
    event.save(update_fields=["state", "processed_at", "error"])


def process_owed(at: datetime) -> int:
    """Process what is owed, oldest first; how many were looked at."""
    owed = list(StripeEvent.objects.owed(at).values_list("pk", flat=True)[:BATCH])
    for pk in owed:
        process(pk, at=at)
    return len(owed)


def given_up(account: str) -> int:
    """How many events of an account no attempt could process."""
    return StripeEvent.objects.filter(account=account, state=State.DEAD).count()


def try_again(account: str, *, at: datetime | None = None) -> int:
    """Owe the events that were given up once more; how many."""
    at = at or timezone.now()
    dead = StripeEvent.objects.filter(account=account, state=State.DEAD)
    owed = dead.update(state=State.NEW, attempts=0, not_before=at)
    doorbell.ring(PROCESS_OWED)
    return owed


def _store_missing(account: str, listed: list[VerifiedEvent], at: datetime) -> int:
    ids = [event.event_id for event in listed]
    stored = StripeEvent.objects.filter(account=account, event_id__in=ids)
    known = set(stored.values_list("event_id", flat=True))
    rows = [_row(event, at) for event in listed if event.event_id not in known]
    StripeEvent.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _row(event: VerifiedEvent, at: datetime) -> StripeEvent:
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
        not_before=at,
        state=State.NEW if is_ours else State.IGNORED,
        processed_at=None if is_ours else at,
    )


def _settle_what_it_names(event: StripeEvent, at: datetime) -> bool:
    """Whether the event names a donation of ours, which then is up to date."""
    named = json.loads(event.payload)["data"]["object"]
    kind = _text(named, "object")
    session_id = _text(named, "id") if kind == "checkout.session" else ""
    intent_id = (
        _text(named, "id")
        if kind == "payment_intent"
        else _text(named, "payment_intent")
    )
    donation_id = _donation_id(event.account, named, intent_id)
    if donation_id is None:
        return False
    settlement.settle(
        donation_id, session_id=session_id, payment_intent_id=intent_id, at=at
    )
    return True


def _donation_id(account: str, named: dict[str, Any], intent_id: str) -> int | None:
    """The donation by our reference, else by payment, by charge, or by asking."""
    donations = Donation.objects.for_account(account)
    metadata = named.get("metadata") or {}
    references = {
        reference
        for reference in (
            _text(metadata, "donation_id"),
            _text(named, "client_reference_id"),
        )
        if reference
    }
    if references:
        return _pk(donations.filter(public_id__in=references))
    if intent_id and (pk := _pk(donations.filter(payment_intent_id=intent_id))):
        return pk
    charge_id = _text(named, "charge")
    if charge_id:
        entries = LedgerEntry.objects.filter(
            account=account, charge_id=charge_id, donation__isnull=False
        )
        if pk := entries.values_list("donation_id", flat=True).first():
            return pk
    if intent_id:
        payment = stripe_gateway.fetch_payment(intent_id, account=account)
        if payment.reference:
            return _pk(donations.filter(public_id=payment.reference))
    return None


def _pk(donations: Any) -> int | None:
    return donations.values_list("pk", flat=True).first()


def _text(named: dict[str, Any], key: str) -> str:
    value = named.get(key) if isinstance(named, dict) else None
    return value if isinstance(value, str) and "\0" not in value else ""


def _put_off(event: StripeEvent, error: str, at: datetime) -> None:
    """Try it later, each time after a longer wait, until it is given up in sight."""
    is_dead = event.attempts >= MOST_ATTEMPTS
    event.state = State.DEAD if is_dead else State.FAILED
    event.error = error[:300]
    event.not_before = at + min(FIRST_WAIT * 2**event.attempts, LONGEST_WAIT)
    event.save(update_fields=["state", "error", "not_before"])
    logger.warning("stripe_event_failed", event_pk=event.pk, attempts=event.attempts)
