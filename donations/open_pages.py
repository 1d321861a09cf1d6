"""Close payment pages that are open for what is no longer asked."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime

import structlog
from django.utils.translation import gettext as _

from donations import settlement, stripe_gateway
from donations.checkout import CheckoutUnavailable
from donations.models import DonationAttempt
from donations.stripe_gateway import StripeError, StripeRefused

logger = structlog.get_logger(__name__)


def close(donation_ids: Iterable[int], *, at: datetime) -> None:
    """Close what pages are open for these donations, before another one is opened.

    One that was paid at that very moment is booked instead. Raises
    CheckoutUnavailable while Stripe cannot be asked: no second page may be open then.
    """
    attempts = DonationAttempt.objects.live().filter(donation__in=donation_ids)
    if attempts.filter(kind=DonationAttempt.Kind.OFF_SESSION).exists():
        raise CheckoutUnavailable(_("The saved card is being charged now."))
    for attempt in attempts.exclude(session_id="").select_related("donation"):
        donation = attempt.donation
        account = donation.stripe_account
        try:
            # Refused: it is paid or over, and the next line sees which.
            with suppress(StripeRefused):
                stripe_gateway.close_session(attempt.session_id, account=account)
            settlement.settle(donation.pk, at=at)
        except StripeError as error:
            logger.warning(
                "close_page_failed", donation=donation.public_id, error=str(error)
            )
            raise CheckoutUnavailable(
                _("The payment page does not answer. Nothing was charged; try again.")
            ) from error
