"""What follows when money goes back, said before anybody presses."""

from django.db.models import Sum
from django.utils.translation import gettext as _

from donations.models import Donation, LedgerEntry, Reward
from losers_lounge.telling import told_cents

# Nobody engraves these any more.
AT_REST = (Reward.State.STOPPED, Reward.State.DECLINED)
BEGUN = (Reward.State.ENGRAVING, Reward.State.READY, Reward.State.SHIPPED)


def fee_cents(donation: Donation) -> int:
    """What Stripe took for the payment, and keeps whatever goes back; minor units."""
    charges = donation.entries.filter(kind=LedgerEntry.Kind.CHARGE)
    return charges.aggregate(sum=Sum("fee_cents"))["sum"] or 0


def consequences(donation: Donation, cents: int) -> list[str]:
    """One sentence for each thing that follows when so much is given back."""
    kept = max(0, donation.kept_cents - cents)
    fee = fee_cents(donation)
    told = [
        _("Stripe keeps its fee of %(fee)s: the charity is left with %(left)s.")
        % {"fee": told_cents(fee), "left": told_cents(kept - fee)},
        *_of_receipt(donation, kept),
        *_of_bottles(donation, kept),
    ]
    if donation.parts.filter(purpose=Donation.Purpose.ADMISSION).exists():
        told.append(_of_winners(kept))
    told.append(_("Every total goes down by it as soon as Stripe has moved the money."))
    return told


def _of_winners(kept: int) -> str:
    if not kept:
        return _("The winners it was for owe it again. Nobody inside is sent out.")
    return _(
        "Whatever the remaining %(kept)s no longer covers is owed again by the "
        "winners. Nobody inside is sent out."
    ) % {"kept": told_cents(kept)}


def _of_receipt(donation: Donation, kept: int) -> list[str]:
    receipt = donation.receipts.valid().first()
    if receipt is None:
        return []
    words = {"number": receipt.number, "kept": told_cents(kept)}
    if not kept:
        return [_("Receipt %(number)s becomes void.") % words]
    return [
        _(
            "Receipt %(number)s becomes void; another one, for %(kept)s, "
            "replaces it and is mailed."
        )
        % words
    ]


def _of_bottles(donation: Donation, kept: int) -> list[str]:
    told = []
    for reward in donation.rewards.exclude(state__in=AT_REST):
        words = {"name": reward.for_name}
        if reward.state == Reward.State.HANDED_OVER:
            told.append(_("%(name)s already has the bottle, and keeps it.") % words)
        elif reward.state in BEGUN:
            told.append(_("The engraver is asked to stop %(name)s's bottle.") % words)
        elif kept:
            told.append(
                _("%(name)s's bottle waits if it is not paid for in full.") % words
            )
        else:
            told.append(_("%(name)s's bottle is not engraved.") % words)
    return told
