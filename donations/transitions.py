"""Where a donation may go from where it is: one table, and nothing moves beside it.

A word about a page or a card never leads back from moved money, and nothing leads
out of review but a person (settlement.resolve_review).
"""

from django.conf import settings

from donations.models import Donation
from donations.stripe_gateway import Payment
from donations.truth import Truth

State = Donation.State

# Stripe may tell us late, or of the end alone: whatever money did, it may be the
# first thing that is heard.
MONEY = frozenset(
    {
        State.PAID,
        State.PARTIALLY_REFUNDED,
        State.REFUNDED,
        State.DISPUTED,
        State.CHARGED_BACK,
        State.REVIEW,
    }
)
# Not even the money's own states are final: a refund fails and comes back, a dispute
# is won on appeal.
ALLOWED: dict[State, frozenset[State]] = {
    State.CREATED: MONEY
    | {State.CHECKOUT_OPEN, State.PROCESSING, State.EXPIRED, State.FAILED},
    State.CHECKOUT_OPEN: MONEY
    | {State.PROCESSING, State.EXPIRED, State.CANCELED, State.FAILED},
    State.PROCESSING: MONEY | {State.FAILED},
    State.EXPIRED: MONEY | {State.CHECKOUT_OPEN, State.PROCESSING, State.FAILED},
    State.CANCELED: MONEY | {State.CHECKOUT_OPEN, State.PROCESSING, State.FAILED},
    State.FAILED: MONEY | {State.CHECKOUT_OPEN, State.PROCESSING, State.EXPIRED},
    State.PAID: MONEY - {State.PAID},
    State.PARTIALLY_REFUNDED: MONEY - {State.PARTIALLY_REFUNDED},
    State.REFUNDED: MONEY - {State.REFUNDED},
    State.DISPUTED: MONEY - {State.DISPUTED},
    State.CHARGED_BACK: MONEY - {State.CHARGED_BACK},
    State.REVIEW: frozenset(),
}


def next_state(donation: Donation, truth: Truth) -> State:
    """Where the truth leads this donation: a pure function of row and answer."""
    before = State(donation.state)
    wanted = wanted_state(donation, truth)
    return wanted if wanted in ALLOWED[before] else before


def wanted_state(donation: Donation, truth: Truth) -> State:
    """What the answer says by itself, whether or not the donation may go there."""
    payment = truth.payment
    if payment is not None:
        if contradicts(donation, payment):
            return State.REVIEW
        if payment.is_charged:
            return _paid_state(payment)
        if payment.status == "processing":
            return State.PROCESSING
        if donation.state == State.PROCESSING:
            return State.FAILED
    return _page_state(donation, truth)


def contradicts(donation: Donation, payment: Payment) -> bool:
    """Whether Stripe's payment is not the one this row is about."""
    return (
        is_of_another_world(donation, payment)
        or payment.amount_cents != donation.amount_cents
        or (
            donation.payment_intent_id not in ("", payment.payment_intent_id)
            and payment.is_charged
        )
    )


def is_of_another_world(donation: Donation, payment: Payment) -> bool:
    """Of the other mode, in another currency, or for somebody else: never this one."""
    return (
        payment.livemode != settings.STRIPE_IS_LIVE
        or payment.currency != donation.currency
        or payment.reference != donation.public_id
    )


def _paid_state(payment: Payment) -> State:
    gone = payment.refunded_cents + payment.lost_cents
    if gone >= payment.amount_cents:
        return State.CHARGED_BACK if payment.lost_cents else State.REFUNDED
    if payment.dispute == "open":
        return State.DISPUTED
    if gone:
        return State.PARTIALLY_REFUNDED
    return State.PAID


def _page_state(donation: Donation, truth: Truth) -> State:
    ends = {session.status for session in truth.sessions}
    if "open" in ends:
        return State.CHECKOUT_OPEN
    if "complete" in ends and truth.payment is not None:
        # Filled in to the end, and no money came: a bank said no, days later.
        return State.FAILED
    is_open = donation.state == State.CHECKOUT_OPEN
    if "expired" in ends and (is_open or donation.state == State.CREATED):
        return State.EXPIRED
    # A saved card's payment that was taken back says nothing of a page to come.
    if is_open and truth.payment is not None and truth.payment.status == "canceled":
        return State.CANCELED
    return State(donation.state)
