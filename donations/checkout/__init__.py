"""From the wish to give to Stripe's payment page: one open page per donation, ever."""

from donations.checkout.making import (
    LEAST_CENTS,
    LEAST_GIFT_CENTS,
    MOST_CENTS,
    Part,
    create_donation,
)
from donations.checkout.pages import IN_FLIGHT, claim, open_checkout, open_claimed
from donations.checkout.refusals import (
    AlreadySettled,
    CheckoutFailed,
    CheckoutRefused,
    CheckoutUnavailable,
)
from donations.checkout.sweeping import recover, sweep

__all__ = [
    "IN_FLIGHT",
    "LEAST_CENTS",
    "LEAST_GIFT_CENTS",
    "MOST_CENTS",
    "AlreadySettled",
    "CheckoutFailed",
    "CheckoutRefused",
    "CheckoutUnavailable",
    "Part",
    "claim",
    "create_donation",
    "open_checkout",
    "open_claimed",
    "recover",
    "sweep",
]
