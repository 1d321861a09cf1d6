"""What Stripe will about take, for a donor who would like to cover it.

A wish, never a fact: the ledger holds the fee that was taken.
"""

from django.conf import settings

BPS = 10_000


def cover_cents(net_cents: int) -> int:
    """What to add to `net_cents` so that about that much arrives; minor units.

    Rounded up, in integers alone: (net + fixed) / (1 - rate), less the net.
    """
    kept_bps = BPS - settings.STRIPE_FEE_BPS
    gross = -(-(net_cents + settings.STRIPE_FEE_FIXED_CENTS) * BPS // kept_bps)
    return gross - net_cents
