"""Write down what somebody wants to give, before anybody is asked to pay."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from donations.checkout.refusals import CheckoutRefused
from donations.donor import Donor
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

    def line(self, donation: Donation, order: int) -> DonationPart:
        """Its row, not saved yet."""
        return DonationPart(
            donation=donation,
            order=order,
            for_name=self.for_name,
            purpose=Donation.Purpose(self.purpose),
            amount_cents=self.amount_cents,
            engraving=self.engraving,
        )


@transaction.atomic
def create_donation(
    event: Event,
    donor: Donor,
    parts: Sequence[Part],
    *,
    fee_cover_cents: int = 0,
    declines_reward: bool = False,
    at: datetime,
) -> Donation:
    """A donation that nobody has been asked to pay yet, with a line for each part.

    What is charged are the parts and what covers the fees, in the event's currency.
    One part for admission makes it a winner's donation. Raises CheckoutRefused for an
    amount that Stripe, or we, would not take.
    """
    donation = Donation.objects.create(
        event=event,
        **donor.columns,
        purpose=_purpose(parts),
        amount_cents=_whole(parts, fee_cover_cents),
        fee_cover_cents=fee_cover_cents,
        declines_reward=declines_reward,
        currency=event.currency,
        stripe_account=event.charity.stripe_account_id,
        created_at=at,
    )
    lines = (part.line(donation, order) for order, part in enumerate(parts))
    DonationPart.objects.bulk_create(lines)
    return donation


def _purpose(parts: Sequence[Part]) -> Donation.Purpose:
    return GIFT if all(part.purpose == GIFT for part in parts) else ADMISSION


def _whole(parts: Sequence[Part], fee_cover_cents: int) -> int:
    """What is charged; raises CheckoutRefused for what nobody would take."""
    least_cents = LEAST_GIFT_CENTS if _purpose(parts) == GIFT else LEAST_CENTS
    amount_cents = sum(part.amount_cents for part in parts) + fee_cover_cents
    has_parts = bool(parts) and all(part.amount_cents > 0 for part in parts)
    if not has_parts or not least_cents <= amount_cents <= MOST_CENTS:
        words = _("Give between %(least)s and %(most)s.")
        raise CheckoutRefused(
            words % {"least": told_cents(least_cents), "most": told_cents(MOST_CENTS)}
        )
    return amount_cents
