"""Ask Stripe for the refunds that are owed, and find out what became of them."""

from datetime import datetime, timedelta

import structlog
from django.db import transaction

from donations import discrepancies, returns, settlement, stripe_gateway
from donations.log_and_continue import log_and_continue
from donations.models import Discrepancy, Refund
from donations.refunds.asking import locked_refund
from donations.stripe_gateway import (
    RefundFacts,
    RefundOrder,
    StripeBusy,
    StripeError,
    StripeRefused,
)
from events.outbox import epoch

logger = structlog.get_logger(__name__)

State = Refund.State

# A call that is older than this is no longer on its way (the client gives up after
# three times 23 seconds).
IN_FLIGHT = timedelta(minutes=2)
# A refund on its way is looked at so often, should no webhook tell its end.
LOOK_AGAIN = timedelta(hours=1)
BATCH = 100


def carry_out(refund_id: int, at: datetime) -> Refund:
    """Ask Stripe for a refund that is owed, and have the donation follow.

    Asked again, it is the same question: what became of a lost answer is looked up
    first. Never fails for Stripe's sake; the row says what is known. In a database
    brought back from a backup it stays owed: it may have been sent since.
    """
    refund = Refund.objects.select_related("donation").get(pk=refund_id)
    if refund.state not in Refund.OWED or epoch.is_held():
        return refund
    try:
        facts = _ask(refund, at)
    except StripeRefused as error:
        _refuse(refund, str(error), at)
    except StripeBusy:
        logger.info("refund_busy", refund=refund.public_id)  # it is owed as before
    except StripeError as error:
        owed = Refund.objects.filter(pk=refund.pk, state=State.REQUESTED)
        owed.update(state=State.UNKNOWN)
        logger.warning("refund_unknown", refund=refund.public_id, error=str(error))
    else:
        _record(refund, facts, at)
    _settle(refund)
    refund.refresh_from_db()
    return refund


def sweep(at: datetime) -> int:
    """Carry out what is owed, and look at what has been on its way for long."""
    owed = Refund.objects.owed().filter(created_at__lte=at - IN_FLIGHT)
    ids = list(owed.order_by("pk").values_list("pk", flat=True)[:BATCH])
    for refund_id in ids:
        with log_and_continue("refund_sweep_failed", refund_pk=refund_id):
            carry_out(refund_id, at)
    waiting = Refund.objects.filter(
        state=State.PENDING, donation__checked_at__lte=at - LOOK_AGAIN
    )
    for refund in waiting.select_related("donation")[:BATCH]:
        with log_and_continue("settle_failed", refund=refund.public_id):
            _settle(refund)
    report_those_made_outside(at)
    return len(ids)


def report_those_made_outside(at: datetime) -> int:
    """A refund made in Stripe's dashboard is a question to finance; how many."""
    told = Discrepancy.objects.filter(kind=Discrepancy.Kind.REFUNDED_OUTSIDE)
    made = Refund.objects.filter(origin=Refund.Origin.STRIPE).exclude(
        refund_id__in=told.values("subject")
    )
    rows = list(made.order_by("pk")[:BATCH])
    for refund in rows:
        discrepancies.raise_exception(
            refund.account,
            Discrepancy.Kind.REFUNDED_OUTSIDE,
            refund.refund_id,
            -refund.amount_cents,
            at=at,
        )
    return len(rows)


def _ask(refund: Refund, at: datetime) -> RefundFacts:
    account = refund.account
    order = RefundOrder(
        reference=refund.public_id,
        payment_intent_id=refund.donation.payment_intent_id,
        amount_cents=refund.amount_cents,
    )
    # Keys are forgotten after a day: who comes late looks before asking anew.
    if refund.state == State.UNKNOWN or at - refund.created_at > IN_FLIGHT:
        found = stripe_gateway.find_refund(order, account=account)
        if found is not None:
            return found
    return stripe_gateway.give_back(order, account=account, key=refund.idempotency_key)


@transaction.atomic
def _record(refund: Refund, facts: RefundFacts, at: datetime) -> None:
    """What Stripe answered, unless somebody has brought a fresher word meanwhile."""
    row = locked_refund(refund.pk)
    if row.state in Refund.OWED and not _is_known(row.account, facts.refund_id):
        returns.record_refund(row, facts, at=at)


def _is_known(account: str, refund_id: str) -> bool:
    return Refund.objects.filter(account=account, refund_id=refund_id).exists()


def _refuse(refund: Refund, error: str, at: datetime) -> None:
    Refund.objects.filter(pk=refund.pk, state__in=Refund.OWED).update(
        state=State.REFUSED, error=error[:300], ended_at=at
    )
    logger.error("refund_refused", refund=refund.public_id, error=error)


def _settle(refund: Refund) -> None:
    """Bring the donation up to date; if Stripe does not answer, a webhook will."""
    try:
        settlement.settle(refund.donation_id)
    except StripeError as error:
        logger.warning("settle_failed", refund=refund.public_id, error=str(error))
