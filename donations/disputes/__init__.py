"""A bank asks for a donor's money back: followed from the first word to the last.

Stripe's own words are kept as they are; the money that moves is in the ledger. What
speaks for the gift is collected in `evidence` and handed over once.
"""

from donations.disputes.evidence import (
    EvidenceRefused,
    Pack,
    collect,
    hand_over,
    hand_over_owed,
)
from donations.disputes.following import (
    look,
    open_ones,
    open_warnings,
    settle,
    settle_warning,
    sweep,
)

__all__ = [
    "EvidenceRefused",
    "Pack",
    "collect",
    "hand_over",
    "hand_over_owed",
    "look",
    "open_ones",
    "open_warnings",
    "settle",
    "settle_warning",
    "sweep",
]
