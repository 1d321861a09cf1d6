"""Apply Stripe's word to a donation, whoever brings it and however often.

The word is fetched, outside any transaction; then the donation is locked, and its
state, ledger, receipt, bottle and mail follow in one transaction. An answer that was
asked for earlier than the one already applied is not applied.
"""

from dataclasses import dataclass
from datetime import datetime

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from donations import ledger, pledge_states, receipts, rewards, stripe_gateway
from donations.models import Donation, DonationAttempt
from donations.stripe_gateway import Payment, Session, StripeError

logger = structlog.get_logger(__name__)

State = Donation.State

ATTEMPT_ENDS = {
    "open": DonationAttempt.State.OPEN,
    "complete": DonationAttempt.State.COMPLETED,
    "expired": DonationAttempt.State.EXPIRED,
}


@dataclass(frozen=True)
class Truth:
    """What Stripe said of a donation when it was asked at `asked_at`."""

    asked_at: datetime
    sessions: tuple[Session, ...]
    payment: Payment | None


def settle(
    donation_id: int,
    *,
    at: datetime | None = None,
    session_id: str = "",
    payment_intent_id: str = "",
) -> Donation:
    """Fetch the truth about a donation and apply it; returns it as it now stands.

    The ids are hints, from a webhook say: what they name is fetched and must name
    this donation. Raises StripeError when Stripe could not be asked.
    """
    donation = Donation.objects.get(pk=donation_id)
    truth = _fetch(donation, session_id, payment_intent_id)
    return apply(donation_id, truth, at=at or truth.asked_at)


def confirm_return(donation_id: int) -> Donation:
    """The donor is back from the payment page: see whether it is paid.

    Never fails for Stripe's sake; then the donation is as it was, and the webhook or
    the sweep will tell.
    """
    donation = Donation.objects.get(pk=donation_id)
    if donation.state in Donation.MONEY_MOVED:
        return donation
    try:
        return settle(donation_id)
    except StripeError as error:
        logger.warning(
            "confirm_return_failed", donation=donation.public_id, error=str(error)
        )
        return donation


def next_state(donation: Donation, truth: Truth) -> State:
    """Where the truth leads this donation: a pure function of row and answer.

    A word about a page or a card never leads back from moved money, and nothing
    leads out of review but a person.
    """
    payment = truth.payment
    if donation.state == State.REVIEW or (payment and _contradicts(donation, payment)):
        return State.REVIEW
    if payment is not None and payment.is_charged:
        return _paid_state(payment)
    if donation.state in Donation.MONEY_MOVED:
        return State(donation.state)
    if payment is not None and payment.status == "processing":
        return State.PROCESSING
    if payment is not None and donation.state == State.PROCESSING:
        return State.FAILED
    return _page_state(donation, truth)


@transaction.atomic
def apply(donation_id: int, truth: Truth, *, at: datetime) -> Donation:
    """Apply what Stripe said, once, however many bring it at the same moment."""
    donation = (
        Donation.objects.select_for_update(of=("self",))
        .select_related("event__charity")
        .get(pk=donation_id)
    )
    if donation.checked_at is not None and truth.asked_at < donation.checked_at:
        return donation
    _apply_sessions(donation, truth.sessions)
    before = donation.state
    donation.state = next_state(donation, truth)
    donation.checked_at = truth.asked_at
    if truth.payment is not None:
        _apply_payment(donation, truth.payment, at)
    donation.save(
        update_fields=[
            "state",
            "checked_at",
            "payment_intent_id",
            "refunded_cents",
            "paid_at",
        ]
    )
    if donation.state in Donation.MONEY_MOVED:
        rewards.bring_up_to_date(donation, at=at)
        receipts.bring_up_to_date(donation, at=at)
    pledge_states.follow(donation, at)
    if donation.state != before:
        _tell(donation, before)
    return donation


def _fetch(donation: Donation, session_id: str, payment_intent_id: str) -> Truth:
    asked_at = timezone.now()
    account = donation.stripe_account
    intent_id = donation.payment_intent_id or payment_intent_id
    sessions = []
    if not donation.payment_intent_id:
        for known_id in _session_ids(donation, session_id):
            session = stripe_gateway.fetch_session(known_id, account=account)
            if session.reference == donation.public_id:
                sessions.append(session)
                intent_id = intent_id or session.payment_intent_id
    payment = None
    if intent_id:
        payment = stripe_gateway.fetch_payment(intent_id, account=account)
        if payment.reference != donation.public_id and not donation.payment_intent_id:
            payment = None
    return Truth(asked_at, tuple(sessions), payment)


def _session_ids(donation: Donation, hint: str) -> list[str]:
    """The pages to look at: the one named, and those not known to be closed."""
    attempts = donation.attempts.exclude(session_id="").filter(
        state__in=[DonationAttempt.State.OPEN, DonationAttempt.State.COMPLETED]
    )
    known = attempts.order_by("-number").values_list("session_id", flat=True)
    return list(dict.fromkeys(filter(None, [hint, *known])))


def _contradicts(donation: Donation, payment: Payment) -> bool:
    """Whether Stripe's payment is not the one this row is about."""
    return (
        payment.reference != donation.public_id
        or payment.currency != donation.currency
        or payment.amount_cents != donation.amount_cents
        or payment.livemode != settings.STRIPE_IS_LIVE
        or (
            donation.payment_intent_id not in ("", payment.payment_intent_id)
            and payment.is_charged
        )
    )


def _paid_state(payment: Payment) -> State:
    if payment.dispute == "lost":
        return State.CHARGED_BACK
    if payment.refunded_cents >= payment.amount_cents:
        return State.REFUNDED
    if payment.dispute == "open":
        return State.DISPUTED
    if payment.refunded_cents:
        return State.PARTIALLY_REFUNDED
    return State.PAID


def _page_state(donation: Donation, truth: Truth) -> State:
    ends = {session.status for session in truth.sessions}
    if "open" in ends:
        return State.CHECKOUT_OPEN
    if donation.state == State.CHECKOUT_OPEN:
        if "expired" in ends:
            return State.EXPIRED
        if truth.payment is not None and truth.payment.status == "canceled":
            return State.CANCELED
    return State(donation.state)


def _apply_sessions(donation: Donation, sessions: tuple[Session, ...]) -> None:
    for session in sessions:
        state = ATTEMPT_ENDS.get(session.status)
        if state is None:
            continue
        attempts = donation.attempts.filter(number=session.attempt)
        if state == DonationAttempt.State.OPEN:
            attempts.live().update(
                state=state, session_id=session.session_id, url=session.url
            )
        else:
            attempts.update(state=state, session_id=session.session_id)


def _apply_payment(donation: Donation, payment: Payment, at: datetime) -> None:
    if payment.is_charged:
        donation.payment_intent_id = (
            donation.payment_intent_id or payment.payment_intent_id
        )
        donation.refunded_cents = payment.refunded_cents
        donation.paid_at = donation.paid_at or payment.paid_at
    ledger.book(donation.stripe_account, payment.movements, donation=donation, at=at)


def _tell(donation: Donation, before: str) -> None:
    is_bad = donation.state == State.REVIEW
    (logger.error if is_bad else logger.info)(
        "donation_moved",
        donation=donation.public_id,
        before=str(before),
        after=str(donation.state),
    )
