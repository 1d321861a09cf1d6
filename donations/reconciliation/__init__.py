"""Compare the ledger with Stripe's books, to the cent, and name what disagrees.

Everything Stripe has moved since the last comparison, with three days to spare, is
paged through and what the ledger lacks is entered. Only what then still disagrees is
a discrepancy; it stays open until it is gone or a person gives a reason.
"""

from donations.discrepancies import assign, close, raise_exception
from donations.reconciliation.compare import (
    accounts,
    checkpoint,
    reconcile,
    reconcile_all,
)
from donations.reconciliation.proof import Proof, prove
from donations.reconciliation.standing import Standing, standing

__all__ = [
    "Proof",
    "Standing",
    "accounts",
    "assign",
    "checkpoint",
    "close",
    "prove",
    "raise_exception",
    "reconcile",
    "reconcile_all",
    "standing",
]
