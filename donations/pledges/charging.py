"""Charge a saved card: an attempt is committed, the card is charged, the end is kept.

The attempt's number is in the idempotency key. An answer that was lost is looked up
before anything is asked anew, so a card is charged once, whoever is killed when.
"""

from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.utils import timezone

from donations import settlement, stripe_gateway
from donations.log_and_continue import log_and_continue
from donations.models import Donation, DonationAttempt, Pledge
from donations.pledge_states import Word, move
from donations.pledges.offering import locked
from donations.pledges.refusals import NotChargeable
from donations.stripe_gateway import (
    CardOrder,
    StripeBusy,
    StripeError,
    StripeRefused,
    StripeUnavailable,
    TriedCharge,
)
from events.outbox import epoch

logger = structlog.get_logger(__name__)

AttemptState = DonationAttempt.State
OFF_SESSION = DonationAttempt.Kind.OFF_SESSION

# Of the same donor's card, whatever its bank says.
MOST_TRIES = 3
BETWEEN_TRIES = timedelta(hours=24)
# A charge makes two calls at most, each given up after three times 23 seconds and the
# waits between them: begun at the latest moment, it is over when it is swept.
LATEST_START = timedelta(minutes=1)
IN_FLIGHT = timedelta(minutes=4)
CLOCKS_DIFFER = timedelta(minutes=5)
# At a time: each is asked about over the network.
BATCH = 100
# After a refusal that says nothing of the card (a key, a limit): not at once again.
AFTER_TROUBLE = timedelta(hours=1)
CHARGEABLE = (Pledge.State.CARD_SAVED, Pledge.State.DECLINED)
ASKS = "authentication_required"
CARD_GONE = "card_gone"
FORGOTTEN = "charged before this database was brought back from a backup"


def may_be_charged(pledge: Pledge, at: datetime) -> bool:
    """Whether the card may be charged now, for all that the pledge itself says."""
    return (
        pledge.state in CHARGEABLE
        and bool(pledge.payment_method_id)
        and pledge.tries < MOST_TRIES
        and (pledge.next_try_at is None or pledge.next_try_at <= at)
        and at < pledge.last_charge_at
    )


def _covers(pledge: Pledge, donation: Donation) -> bool:
    """Whether so much was agreed to, in this currency and to this account."""
    same = (pledge.currency, pledge.stripe_account)
    return (
        donation.amount_cents <= pledge.amount_cents
        and (donation.currency, donation.stripe_account) == same
    )


@transaction.atomic
def claim(pledge_id: int, donation_id: int, at: datetime) -> DonationAttempt:
    """Commit to one charge of this donation on the pledge's card.

    Raises NotChargeable where it may not be: not now, not so much, or because the
    donation is paid, or on a page, or being charged; or because this database came
    from a backup, which does not know of the charges since.
    """
    if epoch.is_held():
        raise NotChargeable
    donation = Donation.objects.locked().get(pk=donation_id)
    pledge = locked(pledge_id)
    attempts = list(donation.attempts.all())
    is_free = donation.is_payable and not any(row.is_live for row in attempts)
    if not (is_free and _covers(pledge, donation) and may_be_charged(pledge, at)):
        raise NotChargeable
    pledge.donation = donation
    pledge.save(update_fields=["donation"])
    move(pledge, Word.CHARGE_BEGUN, at)
    return DonationAttempt.objects.create(
        donation=donation,
        number=DonationAttempt.number_after(attempts),
        kind=OFF_SESSION,
        created_at=at,
        expires_at=at + IN_FLIGHT,
    )


def charge(attempt_id: int, at: datetime) -> Pledge:
    """Charge the card as the attempt says, and keep how it ended; the pledge then.

    Never raises for Stripe's sake: what is not known is looked up by `sweep`.
    """
    attempt = _read(attempt_id)
    pledge = attempt.donation.pledge
    is_late = timezone.now() - attempt.created_at > LATEST_START
    if attempt.state != AttemptState.CREATED or is_late:
        return pledge
    try:
        if _was_forgotten(pledge):
            _end(attempt, Word.NOT_REACHED, FORGOTTEN, at, wait=AFTER_TROUBLE)
        else:
            account, key = pledge.stripe_account, attempt.idempotency_key
            order = _order(attempt, pledge)
            tried = stripe_gateway.charge_card(order, account=account, key=key)
            _keep(attempt, tried, at)
    except StripeBusy:
        pass
    except StripeUnavailable as error:
        _unknown(attempt, error)
    except StripeRefused as error:
        _trouble(attempt, error, at)
    pledge.refresh_from_db()
    return pledge


def _was_forgotten(pledge: Pledge) -> bool:
    """Whether Stripe knows a charge of this pledge that this database does not.

    Only one that was brought back from a backup can have forgotten any; elsewhere
    nothing is asked. Who was charged waits for a person, who finds the payment among
    the exceptions, and is not charged again.
    """
    if not epoch.began_after(pledge.created_at):
        return False
    references = stripe_gateway.charges_of(
        pledge.public_id,
        pledge.created_at - CLOCKS_DIFFER,
        account=pledge.stripe_account,
        customer_id=pledge.customer_id,
    )
    known = Donation.objects.filter(public_id__in=references)
    is_forgotten = known.count() < len(references)
    if is_forgotten:
        logger.error("charge_forgotten", pledge=pledge.public_id)
    return is_forgotten


def sweep_charges(at: datetime) -> int:
    """Find out what became of charges that nobody has told the end of; how many."""
    live = DonationAttempt.objects.live().filter(
        kind=OFF_SESSION, created_at__lte=at - IN_FLIGHT
    )
    done = 0
    for attempt_id in list(live.order_by("pk").values_list("pk", flat=True)[:BATCH]):
        with log_and_continue("charge_sweep_failed", attempt=attempt_id):
            _recover(_read(attempt_id), at)
            done += 1
    return done


def _read(attempt_id: int) -> DonationAttempt:
    rows = DonationAttempt.objects.select_related(
        "donation__event__charity", "donation__pledge"
    )
    return rows.get(pk=attempt_id, kind=OFF_SESSION)


def _order(attempt: DonationAttempt, pledge: Pledge) -> CardOrder:
    donation, event = attempt.donation, attempt.donation.event
    return CardOrder(
        reference=donation.public_id,
        attempt=attempt.number,
        pledge=pledge.public_id,
        event_slug=event.slug,
        amount_cents=donation.amount_cents,
        currency=donation.currency,
        description=f"Donation to {event.charity.legal_name}, {event.name}",
        customer_id=pledge.customer_id,
        payment_method_id=pledge.payment_method_id,
    )


def _recover(attempt: DonationAttempt, at: datetime) -> None:
    pledge = attempt.donation.pledge
    found = stripe_gateway.find_charge(
        attempt.donation.public_id,
        attempt.number,
        attempt.created_at - CLOCKS_DIFFER,
        account=pledge.stripe_account,
        customer_id=pledge.customer_id,
    )
    if found is None:
        # Not at Stripe, and no call is under way any more: it never arrived.
        _end(attempt, Word.NOT_REACHED, "never reached Stripe", at)
        return
    _keep(attempt, found, at)


def _keep(attempt: DonationAttempt, tried: TriedCharge, at: datetime) -> None:
    """Keep how a charge ended. A refused one is given up at Stripe first, so that
    it cannot be paid beside the page that follows."""
    rows = DonationAttempt.objects.filter(pk=attempt.pk)
    rows.update(payment_intent_id=tried.payment_intent_id)
    attempt.payment_intent_id = tried.payment_intent_id
    account = attempt.donation.stripe_account
    refusal = tried.refusal or (ASKS if tried.status == "requires_action" else "")
    if tried.status.startswith("requires_") and tried.payment_intent_id:
        tried = stripe_gateway.cancel_payment(tried.payment_intent_id, account=account)
    if tried.status == "succeeded":
        settlement.settle(
            attempt.donation_id, payment_intent_id=tried.payment_intent_id, at=at
        )
    elif refusal:
        word = Word.BANK_ASKS if refusal == ASKS else Word.CARD_REFUSED
        _end(attempt, word, refusal, at, is_try=True)
    elif tried.status == "canceled":
        _end(attempt, Word.NOT_REACHED, "canceled at Stripe", at)
    else:
        # "processing", or a word that does not exist yet: looked up again.
        _unknown(attempt, tried.status)


def _trouble(attempt: DonationAttempt, error: StripeRefused, at: datetime) -> None:
    """Stripe refused the question itself: the card is gone, or it is our fault."""
    pledge = attempt.donation.pledge
    try:
        card = stripe_gateway.fetch_card(
            pledge.payment_method_id, account=pledge.stripe_account
        )
        is_gone = not card.is_attached
    except StripeRefused:
        is_gone = True
    except StripeError:
        _unknown(attempt, error)
        return
    if is_gone:
        _end(attempt, Word.CARD_REFUSED, CARD_GONE, at)
    else:
        logger.error("charge_refused", error=str(error), pledge=pledge.public_id)
        _end(attempt, Word.NOT_REACHED, str(error), at, wait=AFTER_TROUBLE)


def _unknown(attempt: DonationAttempt, why: object) -> None:
    logger.warning("charge_answer_lost", attempt=attempt.idempotency_key, why=str(why))
    DonationAttempt.objects.filter(pk=attempt.pk, state=AttemptState.CREATED).update(
        state=AttemptState.UNKNOWN
    )


@transaction.atomic
def _end(
    attempt: DonationAttempt,
    word: Word,
    error: str,
    at: datetime,
    *,
    is_try: bool = False,
    wait: timedelta | None = None,
) -> None:
    """Write down, once, that no money was taken, and why."""
    Donation.objects.locked().get(pk=attempt.donation_id)
    pledge = locked(attempt.donation.pledge.pk)
    ended = DonationAttempt.objects.live().filter(pk=attempt.pk)
    is_refusal = word != Word.NOT_REACHED
    if not ended.update(
        state=AttemptState.FAILED,
        error=error[:300],
        decline_code=error[:100] if is_refusal else "",
    ):
        return
    if is_try:
        pledge.tries += 1
        wait = BETWEEN_TRIES
    if wait is not None:
        pledge.next_try_at = at + wait
    pledge.save(update_fields=["tries", "next_try_at"])
    move(pledge, word, at)
