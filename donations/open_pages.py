"""Close payment pages that are open for what is no longer asked."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime

import structlog
from django.utils.translation import gettext as _

from donations import checkout, settlement, stripe_gateway
from donations.checkout import CheckoutUnavailable
from donations.models import DonationAttempt
from donations.stripe_gateway import StripeError, StripeRefused

logger = structlog.get_logger(__name__)


def close(donation_ids: Iterable[int], *, at: datetime) -> None:
    """Close what pages are open for these donations, before another one is opened.

    One that was paid at that very moment is booked instead. Raises
    CheckoutUnavailable while Stripe cannot be asked, or is just being asked by
    another press: no second page may be open then.
    """
    attempts = DonationAttempt.objects.live().filter(
        donation__in=donation_ids, kind=DonationAttempt.Kind.CHECKOUT
    )
    for attempt in attempts.select_related("donation__event__charity"):
        try:
            _close(attempt, at)
        except StripeError as error:
            logger.warning(
                "close_page_failed",
                donation=attempt.donation.public_id,
                error=str(error),
            )
            raise CheckoutUnavailable(
                _("The payment page is not answering. Nothing was charged; try again.")
            ) from error


def _close(attempt: DonationAttempt, at: datetime) -> None:
    if not attempt.session_id:
        is_asking = attempt.state == DonationAttempt.State.CREATED
        if is_asking and at - attempt.created_at <= checkout.IN_FLIGHT:
            raise CheckoutUnavailable(
                _("Somebody is paying for this right now. Try again in two minutes.")
            )
        checkout.recover(attempt, at)
        attempt.refresh_from_db(fields=["state", "session_id"])
        if attempt.state not in DonationAttempt.LIVE:
            return
    account = attempt.donation.stripe_account
    # Refused: it is paid or over, and the next line sees which.
    with suppress(StripeRefused):
        stripe_gateway.close_session(attempt.session_id, account=account)
    settlement.settle(attempt.donation_id, at=at)
