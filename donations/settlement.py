"""Apply Stripe's word to a donation, whoever brings it and however often.

The word is fetched, outside any transaction; then the donation is locked, and its
state, ledger, receipt, bottle and mail follow in one transaction. An answer that was
asked for earlier than the one already applied is not applied.
"""

from datetime import datetime

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_noop as noop

from donations import (
    discrepancies,
    ledger,
    pledge_states,
    receipts,
    returns,
    rewards,
    transitions,
    truth,
)
from donations.models import Discrepancy, Donation, DonationAttempt, DonationPart
from donations.stripe_gateway import Payment, Session, StripeError
from donations.truth import Truth
from events import activity
from events.models import User
from losers_lounge.compiled import compiled, give
from losers_lounge.compiled_rows import Changes, compiled_update, save

logger = structlog.get_logger(__name__)

State = Donation.State

ATTEMPT_ENDS = {
    "open": DonationAttempt.State.OPEN,
    "complete": DonationAttempt.State.COMPLETED,
    "expired": DonationAttempt.State.EXPIRED,
}
MOVED = (
    *("state", "checked_at", "payment_intent_id"),
    *("refunded_cents", "charged_back_cents", "paid_at"),
)


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
    return settle_found(
        donation, at=at, session_id=session_id, payment_intent_id=payment_intent_id
    )


def settle_found(
    donation: Donation,
    *,
    at: datetime | None = None,
    session_id: str = "",
    payment_intent_id: str = "",
) -> Donation:
    """The same for a donation that was read just now; it is read again to be locked."""
    if donation.is_by_hand:
        # Two people have signed for it; Stripe has never heard of it.
        return donation
    said = truth.fetch(
        donation, session_id=session_id, payment_intent_id=payment_intent_id
    )
    return apply(donation.pk, said, at=at or said.asked_at)


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


@transaction.atomic
def apply(donation_id: int, said: Truth, *, at: datetime) -> Donation:
    """Apply what Stripe said, once, however many bring it at the same moment."""
    donation = _locked(donation_id)
    if donation.checked_at is not None and said.asked_at < donation.checked_at:
        return donation
    _apply_sessions(donation, said.sessions)
    _move(donation, transitions.next_state(donation, said), said, at)
    return donation


def resolve_review(donation_id: int, by: User, reason: str, at: datetime) -> Donation:
    """A person has looked: accept what Stripe says now, or leave it in review.

    The donation takes over the amount that was really paid, and the payment it was
    paid by; more than was asked for becomes a gift, less shortens the last line. Money
    of the other mode, in another currency or of somebody else's is never accepted:
    then it stays in review. Raises StripeError when Stripe could not be asked.
    """
    said = truth.fetch(Donation.objects.get(pk=donation_id))
    with transaction.atomic():
        donation = _locked(donation_id)
        if donation.state != State.REVIEW:
            return donation
        payment = said.payment
        if payment is None or transitions.is_of_another_world(donation, payment):
            verb = noop("looked at a payment and left it in review")
        else:
            verb = noop("accepted a payment after review")
            donation.payment_intent_id = payment.payment_intent_id
            _take_over_amount(donation, payment.amount_cents)
            # As if it were heard of for the first time.
            donation.state = State.CREATED
            _move(donation, transitions.next_state(donation, said), said, at)
        words, about = f"{donation.public_id}: {reason}", f"donation/{donation.pk}"
        activity.record(donation.event, by, verb, words, at=at, about=about)
        return donation


def _locked(donation_id: int) -> Donation:
    [donation] = _with_its_event(donation_id)
    return donation


@compiled
def _with_its_event(donation: int) -> QuerySet[Donation]:
    rows = Donation.objects.locked().select_related("event__charity")
    return rows.filter(pk=donation)


@compiled
def _parts(donation: int) -> QuerySet[DonationPart]:
    return DonationPart.objects.filter(donation=donation)


def _move(donation: Donation, state: State, said: Truth, at: datetime) -> None:
    """Set the state, and have everything that follows from it follow."""
    before = donation.state
    donation.state = state
    donation.checked_at = said.asked_at
    if said.payment is not None:
        _apply_payment(donation, said.payment, at)
    save(donation, *MOVED)
    if said.payment is not None and donation.payment_intent_id:
        returns.bring_up_to_date(donation, said.payment, at=at)
    for other in said.others:
        _keep_second_payment(donation, other, at)
    if donation.state in Donation.MONEY_MOVED:
        # Each read once for all that follows; the bottles when they have been made.
        give(donation, "parts", _parts(donation.pk))
        give(donation, "rewards", rewards.bring_up_to_date(donation, at=at))
        receipts.bring_up_to_date(donation, at=at)
    pledge_states.follow(donation, at)
    if donation.state != before:
        _tell(donation, before)


def _apply_sessions(donation: Donation, sessions: tuple[Session, ...]) -> None:
    for session in sessions:
        state = ATTEMPT_ENDS.get(session.status)
        if state is None:
            continue
        if state == DonationAttempt.State.OPEN:
            attempts = donation.attempts.filter(number=session.attempt)
            attempts.live().update(
                state=state, session_id=session.session_id, url=session.url
            )
        else:
            _end(donation.pk, session.attempt, state, session.session_id)
        if state == DonationAttempt.State.COMPLETED and not donation.donor_email:
            _take_typed_email(donation, session)


@compiled_update("id")
def _end(donation: int, number: int, state: str, session_id: str) -> Changes:
    attempts = DonationAttempt.objects.filter(donation=donation, number=number)
    return attempts, {"state": state, "session_id": session_id}


def _take_typed_email(donation: Donation, session: Session) -> None:
    """Whom we knew no address of typed one on Stripe's page: the receipt goes there."""
    longest = Donation._meta.get_field("donor_email").max_length
    if len(session.donor_email) <= longest:
        donation.donor_email = session.donor_email
        donation.save(update_fields=["donor_email"])


def _apply_payment(donation: Donation, payment: Payment, at: datetime) -> None:
    if payment.livemode != settings.STRIPE_IS_LIVE:
        return
    if payment.is_charged:
        donation.payment_intent_id = (
            donation.payment_intent_id or payment.payment_intent_id
        )
        donation.refunded_cents = payment.refunded_cents
        donation.charged_back_cents = payment.lost_cents
        donation.paid_at = donation.paid_at or payment.paid_at
    ledger.book(donation.stripe_account, payment.movements, donation=donation, at=at)


def _keep_second_payment(donation: Donation, other: Payment, at: datetime) -> None:
    """Money that came twice is booked, not thrown back: a person decides."""
    if other.livemode != settings.STRIPE_IS_LIVE:
        return
    ledger.book(donation.stripe_account, other.movements, donation=donation, at=at)
    discrepancies.raise_exception(
        donation.stripe_account,
        Discrepancy.Kind.CHARGED_TWICE,
        donation.public_id,
        other.amount_cents,
        at=at,
    )


def _take_over_amount(donation: Donation, amount_cents: int) -> None:
    """Make the donation, and its lines, add up to what was really paid."""
    if donation.amount_cents == amount_cents:
        return
    asked = donation.amount_cents + donation.short_cents
    donation.short_cents = max(0, asked - amount_cents)
    donation.amount_cents = amount_cents
    if donation.fee_cover_cents >= amount_cents:
        donation.fee_cover_cents = 0
    donation.save(update_fields=["amount_cents", "fee_cover_cents", "short_cents"])
    parts = list(donation.parts.all())
    apart = sum(part.amount_cents for part in parts)
    apart -= amount_cents - donation.fee_cover_cents
    if apart < 0:
        DonationPart.objects.create(
            donation=donation,
            order=max((part.order for part in parts), default=0) + 1,
            for_name=donation.donor_name,
            purpose=Donation.Purpose.GIFT,
            amount_cents=-apart,
        )
    for part in reversed(parts):
        taken = min(part.amount_cents, max(apart, 0))
        apart -= taken
        part.amount_cents -= taken
        if not part.amount_cents:
            part.delete()
        elif taken:
            part.save(update_fields=["amount_cents"])


def _tell(donation: Donation, before: str) -> None:
    is_bad = donation.state == State.REVIEW
    (logger.error if is_bad else logger.info)(
        "donation_moved",
        donation=donation.public_id,
        before=str(before),
        after=str(donation.state),
    )
