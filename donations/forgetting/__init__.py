"""Forget who gave, when the law's clock has run or when they ask; never a cent.

A donation goes on under a pseudonym: state, cents, Stripe's ids, receipt numbers and
the ledger stay to the letter, so that every total and every proof stays what it was.
"""

from donations.forgetting.clock import (
    books_end_at,
    due_donations,
    forget_due,
    never_paid,
)
from donations.forgetting.donors import (
    forget_donors,
    forget_part,
    forget_pledges,
    forgettable,
    pseudonym,
)
from donations.forgetting.payloads import due_payloads, forget_payloads, naming
from donations.forgetting.unsettled import reasons

__all__ = [
    "books_end_at",
    "due_donations",
    "due_payloads",
    "forget_donors",
    "forget_due",
    "forget_part",
    "forget_payloads",
    "forget_pledges",
    "forgettable",
    "naming",
    "never_paid",
    "pseudonym",
    "reasons",
]
