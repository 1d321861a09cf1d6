"""Find out what became of pages and payments that nobody has reported."""

from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q

from donations import settlement
from donations.checkout.pages import about, fail, look_for, record
from donations.log_and_continue import log_and_continue
from donations.models import Donation, DonationAttempt

SWEEP_AFTER = timedelta(minutes=10)
# At a time: each is asked about over the network.
BATCH = 200


def sweep(at: datetime) -> int:
    """Find out what became of pages and payments that nobody has reported.

    Returns how many were looked up. One that cannot be looked up does not keep the
    others waiting.
    """
    done = 0
    old = at - SWEEP_AFTER
    for attempt in _stale_attempts(old):
        with log_and_continue("checkout_sweep_failed", **about(attempt)):
            recover(attempt, at)
            done += 1
    for donation_id in _waiting(old):
        with log_and_continue("settle_failed", donation_pk=donation_id):
            settlement.settle(donation_id, at=at)
            done += 1
    return done


def _waiting(old: datetime) -> list[int]:
    """With the bank; or said to be on a page, and no page is open any more."""
    live = DonationAttempt.objects.live().filter(donation=OuterRef("pk"))
    on_no_page = Q(state=Donation.State.CHECKOUT_OPEN) & ~Exists(live)
    waiting = Donation.objects.filter(
        Q(state=Donation.State.PROCESSING) | on_no_page,
        source=Donation.Source.STRIPE,
        created_at__lte=old,
    )
    since = Q(checked_at=None) | Q(checked_at__lte=old)
    # Who was asked about longest ago comes first, so that all have their turn.
    turn = F("checked_at").asc(nulls_first=True)
    found = waiting.filter(since).order_by(turn, "pk")
    return list(found.values_list("pk", flat=True)[:BATCH])


def _stale_attempts(old: datetime) -> list[DonationAttempt]:
    # What was asked of a saved card is looked up by pledges.sweep.
    attempts = DonationAttempt.objects.live().filter(
        created_at__lte=old, kind=DonationAttempt.Kind.CHECKOUT
    )
    turn = F("donation__checked_at").asc(nulls_first=True)
    found = attempts.select_related("donation__event__charity").order_by(turn, "pk")
    return list(found[:BATCH])


def recover(attempt: DonationAttempt, at: datetime) -> None:
    """Settle an attempt's fate, whatever is known of it so far."""
    if attempt.state != DonationAttempt.State.OPEN:
        found = look_for(attempt)
        if found is None:
            # Not at Stripe, and no call is under way any more: it never arrived.
            fail(attempt, "never reached Stripe")
            return
        record(attempt, found)
    settlement.settle(attempt.donation_id, at=at)
