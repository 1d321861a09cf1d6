"""Give money back: by a person's press, row first, then Stripe, then what it said.

Nothing here is automatic. A refund that was made in Stripe's own dashboard gets its
row in returns.py; the money of each is in the ledger.
"""

from donations.refunds.asking import (
    RefundRefused,
    drop,
    grant,
    left_cents,
    request,
    take_note,
    why_not,
    wish,
)
from donations.refunds.carrying_out import (
    carry_out,
    report_those_made_outside,
    sweep,
)
from donations.refunds.consequences import consequences, fee_cents

__all__ = [
    "RefundRefused",
    "carry_out",
    "consequences",
    "drop",
    "fee_cents",
    "grant",
    "left_cents",
    "report_those_made_outside",
    "request",
    "sweep",
    "take_note",
    "why_not",
    "wish",
]
