"""Stripe, seen from here: the only room of the app that imports its client.

What comes back are this room's own frozen records: integer minor units, aware
times, ids as text. What goes wrong is one of three: the outcome is unknown, Stripe
refused, or Stripe is busy. `account` is a connected account's id, or "" for the
account that owns the keys.
"""

from donations.stripe_gateway.books import (
    fetch_balance,
    fetch_payout,
    movements,
    pages,
    payout_pages,
)
from donations.stripe_gateway.calls import (
    close_session,
    fetch_payment,
    fetch_session,
    find_session,
    open_session,
)
from donations.stripe_gateway.client import API_VERSION
from donations.stripe_gateway.lists import KINDS, events, objects
from donations.stripe_gateway.records import (
    Balance,
    BookPage,
    CardOrder,
    DisputeFacts,
    Forged,
    Movement,
    Order,
    Payment,
    PayoutFacts,
    RefundFacts,
    RefundOrder,
    SavedCard,
    Session,
    SetupOrder,
    SetupPage,
    StripeBusy,
    StripeError,
    StripeRefused,
    StripeUnavailable,
    TriedCharge,
    VerifiedEvent,
    WarningFacts,
)
from donations.stripe_gateway.returns import (
    fetch_dispute,
    fetch_warning,
    find_refund,
    give_back,
    submit_evidence,
)
from donations.stripe_gateway.saved_cards import (
    cancel_payment,
    charge_card,
    fetch_card,
    fetch_setup_page,
    find_charge,
    find_customer,
    find_setup_page,
    forget_card,
    make_customer,
    open_setup_page,
)
from donations.stripe_gateway.signatures import verify_event

__all__ = [
    "API_VERSION",
    "Balance",
    "BookPage",
    "CardOrder",
    "DisputeFacts",
    "Forged",
    "KINDS",
    "Movement",
    "Order",
    "Payment",
    "PayoutFacts",
    "RefundFacts",
    "RefundOrder",
    "SavedCard",
    "Session",
    "SetupOrder",
    "SetupPage",
    "StripeBusy",
    "StripeError",
    "StripeRefused",
    "StripeUnavailable",
    "TriedCharge",
    "VerifiedEvent",
    "WarningFacts",
    "cancel_payment",
    "charge_card",
    "close_session",
    "events",
    "fetch_balance",
    "fetch_card",
    "fetch_dispute",
    "fetch_payment",
    "fetch_payout",
    "fetch_session",
    "fetch_setup_page",
    "fetch_warning",
    "find_charge",
    "find_customer",
    "find_refund",
    "find_session",
    "find_setup_page",
    "forget_card",
    "give_back",
    "make_customer",
    "movements",
    "objects",
    "open_session",
    "open_setup_page",
    "pages",
    "payout_pages",
    "submit_evidence",
    "verify_event",
]
