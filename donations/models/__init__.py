from donations.models.donation import Donation, DonationAttempt
from donations.models.ledger import LedgerEntry
from donations.models.receipt import Receipt, ReceiptSeries
from donations.models.reconciliation import Discrepancy, Reconciliation
from donations.models.reward import Reward
from donations.models.stripe_event import StripeEvent

__all__ = [
    "Discrepancy",
    "Donation",
    "DonationAttempt",
    "LedgerEntry",
    "Receipt",
    "ReceiptSeries",
    "Reconciliation",
    "Reward",
    "StripeEvent",
]
