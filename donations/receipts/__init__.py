"""The charity's acknowledgements: numbered, frozen, voided, replaced, sent.

What one must say: IRS Publication 1771, "Written Acknowledgments" (from $250) and
"Written Disclosures" for what is given in return for a payment above $75. Every
receipt says both, whatever its amount.
"""

from donations.receipts.contents import Contents, contents_of
from donations.receipts.issuing import (
    CorrectedMeanwhile,
    NothingToCorrect,
    bring_up_to_date,
    correct,
    forget_wish,
    wish_correction,
)
from donations.receipts.mails import send_again
from donations.receipts.numbers import NumberCheck, number_checks
from donations.receipts.sheet import describe, printed, shown_lines

__all__ = [
    "Contents",
    "CorrectedMeanwhile",
    "NothingToCorrect",
    "NumberCheck",
    "bring_up_to_date",
    "contents_of",
    "correct",
    "describe",
    "forget_wish",
    "number_checks",
    "printed",
    "send_again",
    "shown_lines",
    "wish_correction",
]
