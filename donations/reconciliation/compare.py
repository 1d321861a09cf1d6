"""One comparison: walk down both books, settle what is behind, write the verdict."""

from datetime import UTC, datetime, timedelta

import structlog
from django.utils import timezone

from donations import invariants, payouts, settlement
from donations.log_and_continue import log_and_continue
from donations.models import Donation, Reconciliation
from donations.reconciliation import findings
from donations.reconciliation.verdict import write
from donations.reconciliation.walk import Walk
from donations.stripe_gateway import StripeError
from events.models import Charity

logger = structlog.get_logger(__name__)

OVERLAP = timedelta(days=3)
# Each is a few questions to Stripe; what is left over is the next comparison's.
MOST_SETTLED = 1_000


def accounts() -> list[str]:
    """Every Stripe account that holds money of an event here."""
    charities = Charity.objects.filter(events__isnull=False)
    donations = Donation.objects.filter(source=Donation.Source.STRIPE)
    return sorted(
        set(charities.values_list("stripe_account_id", flat=True))
        | set(donations.values_list("stripe_account", flat=True).distinct())
    )


def reconcile_all(
    *, at: datetime, since: datetime | None = None
) -> list[Reconciliation]:
    """Reconcile each account; one that Stripe does not answer for is left as it was."""
    done = []
    for account in accounts():
        try:
            done.append(reconcile(account, at=at, since=since))
        except StripeError as error:
            logger.error("reconcile_failed", account=account, error=str(error))
    return done


def reconcile(
    account: str, *, at: datetime, since: datetime | None = None
) -> Reconciliation:
    """Compare one account with Stripe and write down the verdict.

    `since` looks further back than the last checkpoint; whole days (UTC) are
    compared. Raises StripeError when Stripe could not be asked to the end: then what
    was entered stays, and there is no verdict and no new checkpoint.
    """
    walk = Walk(account, _beginning_of_day(since or checkpoint(account, at)), at)
    walk.go()
    _settle_what_is_behind(account, at)
    balance = invariants.fetch_balance(account, at=at)
    return write(walk, balance)


def checkpoint(account: str, at: datetime) -> datetime:
    """From where Stripe is asked again: the last comparison, and three days more."""
    last = Reconciliation.objects.filter(account=account).first()
    if last is not None:
        return last.high_water_at - OVERLAP
    first = Donation.objects.for_account(account).order_by("created_at").first()
    return (first.created_at if first else at) - OVERLAP


def _beginning_of_day(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def _settle_what_is_behind(account: str, at: datetime) -> None:
    """A refund made at Stripe, a payment whose webhook was lost: fetch them now."""
    for donation_id in findings.disagreeing(account, MOST_SETTLED):
        with log_and_continue("settle_failed", donation_pk=donation_id):
            settlement.settle(donation_id, at=timezone.now())
    try:
        payouts.settle_owed(account, at=at)
    except StripeError as error:
        logger.warning("payouts_not_settled", account=account, error=str(error))
