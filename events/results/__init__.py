"""Announce, confirm, withdraw, correct and undo results. The only writer of outcomes.

One person announces: a draft that counts for nothing. Another confirms: it counts.
Announcing over an official category proposes a correction, which counts when it is
confirmed. For a while whatever has just become official can be undone in one press.
Guests' obligations follow in the caller's transaction (guests/results_night.py);
nothing else may call the functions that change what is official.
"""

from events.results.acts import announce, confirm, record, withdraw
from events.results.refusals import (
    AlreadyOfficial,
    ResultsRefused,
    StaleCategory,
    TooLate,
)
from events.results.rows import Change
from events.results.undoing import is_held, undo

__all__ = [
    "AlreadyOfficial",
    "Change",
    "ResultsRefused",
    "StaleCategory",
    "TooLate",
    "announce",
    "confirm",
    "is_held",
    "record",
    "undo",
    "withdraw",
]
