"""What a guest gives on the payment page: what they owe, for others, or freely."""

from guests.payments.asked import NothingOwed, PaymentPending, donation_for
from guests.payments.owing import Owing, of_contact, of_invitation
from guests.payments.page import payment_page
from guests.payments.wishes import Way, Wish

__all__ = [
    "NothingOwed",
    "Owing",
    "PaymentPending",
    "Way",
    "Wish",
    "donation_for",
    "of_contact",
    "of_invitation",
    "payment_page",
]
