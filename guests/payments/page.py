"""The one payment page that is open for what somebody would like to give."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from donations import card_testing, checkout, open_pages
from donations.models import DonationAttempt
from guests.models import Obligation
from guests.payments.asked import asked_for, in_the_way
from guests.payments.wishes import Way, Wish

# Whose page is closed for ours may open another one meanwhile, but hardly for ever.
TRIES = 3


def payment_page(wish: Wish, way: Way, *, at: datetime, network: str = "") -> str:
    """The address of the page on which exactly this is given.

    Another page that is open for any of it is closed first: nothing is paid twice. The
    page is claimed under the guests' locks, so of two presses at the same moment one
    closes the other's. Asks Stripe, so it needs no transaction. Raises NothingOwed,
    PaymentPending or CheckoutFailed (card_testing.TooManyPages is one).
    """
    press = card_testing.Press(
        who=[f"guest:{pk}" for pk in wish.guest_ids] or [wish.payer],
        # Whose debt is paid, and who gives more by the same link, gives freely.
        is_gift=not _owed(wish).exists(),
        network=network,
    )
    for _try in range(TRIES):
        attempt, others = _claimed(wish, way, press, at)
        if attempt is None:
            # Paid in that very moment, it may settle what is owed: looked at anew.
            open_pages.close(others, at=at)
            continue
        url = checkout.open_claimed(attempt, at)
        if url:
            return url
    raise checkout.CheckoutUnavailable(
        _("Somebody is giving for this at the moment. Try again in a minute.")
    )


def _owed(wish: Wish) -> QuerySet[Obligation]:
    return Obligation.objects.unpaid().filter(guest__in=wish.guest_ids)


def _claimed(
    wish: Wish, way: Way, press: card_testing.Press, at: datetime
) -> tuple[DonationAttempt | None, list[int]]:
    """The attempt that was claimed, or else whose pages must be closed first."""
    may_open = not card_testing.refuses(press)
    with transaction.atomic(durable=True):
        donation = asked_for(wish, at)
        success_url = way.success_url(donation.public_id)
        others = in_the_way(wish, donation, success_url)
        if others:
            return None, others
        is_new = not donation.attempts.live().exists()
        if is_new and not may_open:
            raise card_testing.TooManyPages
        cancel_url, tells_email = way.cancel_url, way.tells_email
        attempt = checkout.claim(donation.pk, success_url, cancel_url, at, tells_email)
    if is_new:
        card_testing.count(press, donation.event, at=at)
    return attempt, []
