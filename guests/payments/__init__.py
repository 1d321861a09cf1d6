"""What a guest gives on the payment page: what they owe, for others, or freely."""

from guests.payments.page import (
    NothingOwed,
    PaymentPending,
    donation_for,
    payment_page,
)

__all__ = ["NothingOwed", "PaymentPending", "donation_for", "payment_page"]
