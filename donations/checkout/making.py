"""Write down what somebody wants to give, before anybody is asked to pay."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from donations.checkout.refusals import CheckoutRefused
from donations.models import Donation, DonationPart
from events.models import Event
from losers_lounge.telling import told_cents

# Stripe refuses less (50 cents) and more.
LEAST_CENTS, MOST_CENTS = 50, 99_999_999
# Of a free gift: who tries out stolen cards tries them with less.
LEAST_GIFT_CENTS = 500

ADMISSION, GIFT = Donation.Purpose.ADMISSION, Donation.Purpose.GIFT


@dataclass(frozen=True)
class Part:
    """One line of a donation: for whom, what for, how much in minor units."""

    for_name: str
    purpose: str
    amount_cents: int
    # What might stand on its bottle (rewards.propose); "" where nobody knows more.
    engraving: str = ""


@transaction.atomic
def create_donation(
    event: Event,
    donor_name: str,
    donor_email: str,
    parts: Sequence[Part],
    *,
    credit_name: str = "",
    fee_cover_cents: int = 0,
    declines_reward: bool = False,
    at: datetime,
) -> Donation:
    """A donation that nobody has been asked to pay yet, with a line for each part.

    What is charged are the parts and what covers the fees, in the event's currency.
    One part for admission makes it a winner's donation. Raises CheckoutRefused for an
    amount that Stripe, or we, would not take.
    """
    amount_cents = sum(part.amount_cents for part in parts) + fee_cover_cents
    is_gift = all(part.purpose == GIFT for part in parts)
    _check(parts, amount_cents, LEAST_GIFT_CENTS if is_gift else LEAST_CENTS)
    donation = Donation.objects.create(
        event=event,
        donor_name=donor_name,
        donor_email=donor_email,
        credit_name=credit_name,
        purpose=GIFT if is_gift else ADMISSION,
        amount_cents=amount_cents,
        fee_cover_cents=fee_cover_cents,
        declines_reward=declines_reward,
        currency=event.currency,
        stripe_account=event.charity.stripe_account_id,
        created_at=at,
    )
    DonationPart.objects.bulk_create(
        DonationPart(
            donation=donation,
            order=order,
            for_name=part.for_name,
            purpose=Donation.Purpose(part.purpose),
            amount_cents=part.amount_cents,
            engraving=part.engraving,
        )
        for order, part in enumerate(parts)
    )
    return donation


def _check(parts: Sequence[Part], amount_cents: int, least_cents: int) -> None:
    is_whole = bool(parts) and all(part.amount_cents > 0 for part in parts)
    if not is_whole or not least_cents <= amount_cents <= MOST_CENTS:
        words = _("Give between %(least)s and %(most)s.")
        raise CheckoutRefused(
            words % {"least": told_cents(least_cents), "most": told_cents(MOST_CENTS)}
        )
