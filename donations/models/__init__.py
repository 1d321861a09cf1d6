from donations.models.attempt import DonationAttempt
from donations.models.dispute import Dispute, FraudWarning
from donations.models.donation import Donation, DonationPart
from donations.models.ledger import LedgerEntry
from donations.models.manual_gift import ManualGift
from donations.models.payout import Payout
from donations.models.pledge import Pledge
from donations.models.receipt import Receipt, ReceiptSeries
from donations.models.reconciliation import (
    Discrepancy,
    ReconciledDay,
    Reconciliation,
)
from donations.models.refund import Refund
from donations.models.reward import EngravingBatch, Reward
from donations.models.statement import Statement
from donations.models.stripe_event import EventsRead, StripeEvent

__all__ = [
    "Discrepancy",
    "Dispute",
    "Donation",
    "DonationAttempt",
    "DonationPart",
    "EngravingBatch",
    "EventsRead",
    "FraudWarning",
    "LedgerEntry",
    "ManualGift",
    "Payout",
    "Pledge",
    "Receipt",
    "ReceiptSeries",
    "ReconciledDay",
    "Reconciliation",
    "Refund",
    "Reward",
    "Statement",
    "StripeEvent",
]
