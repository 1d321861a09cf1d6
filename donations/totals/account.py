"""The whole of one Stripe account, whatever it was for: the charity's own figures."""

from dataclasses import dataclass

from django.db.models import Q

from donations.models import LedgerEntry
from donations.totals.event import OF_STRIPE, Sums, total

Kind = LedgerEntry.Kind
# A movement of the account itself, that no payment caused.
ACCOUNT_FEE = OF_STRIPE & Q(kind=Kind.FEE, donation=None)
OTHERS = (Kind.OTHER, Kind.FEE)


@dataclass(frozen=True)
class OfAccount(Sums):
    """Everything on an account in one currency.

    raised - refunds - disputes + other - account fees - fees = net
                                                              = paid out + at Stripe
    """

    account_fees_cents: int
    paid_out_cents: int

    @property
    def at_stripe_cents(self) -> int:
        """What Stripe's balance, available and pending, ought to be."""
        return self.net_cents - self.paid_out_cents


def of_account(account: str, currency: str) -> OfAccount:
    """The sums of an account's books here; a payout that came back is not paid out."""
    entries = LedgerEntry.objects.filter(account=account, currency=currency)
    payout = OF_STRIPE & Q(kind=Kind.PAYOUT)
    moved = OF_STRIPE & ~Q(kind=Kind.PAYOUT)
    own, of_gifts = ACCOUNT_FEE, moved & ~ACCOUNT_FEE
    found = entries.aggregate(
        raised_cents=total("gross_cents", moved & Q(kind=Kind.CHARGE)),
        refunds_cents=-total("gross_cents", moved & Q(kind=Kind.REFUND)),
        disputes_cents=-total("gross_cents", moved & Q(kind=Kind.DISPUTE)),
        other_cents=total("gross_cents", of_gifts & Q(kind__in=OTHERS)),
        fees_cents=total("fee_cents", of_gifts),
        account_fees_cents=total("fee_cents", payout) - total("net_cents", own),
        net_cents=total("net_cents", moved) - total("fee_cents", payout),
        paid_out_cents=-total("gross_cents", payout),
    )
    return OfAccount(**found)
