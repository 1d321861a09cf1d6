"""Two rows that are one person: found, made one, and parted again."""

from guests.merging.doubles import alike, in_order, keep_apart, pairs
from guests.merging.foreseen import Foreseen, foresee, mark
from guests.merging.joining import merge
from guests.merging.pair import Choice, MergeRefused, Pair, read_pair, why_not
from guests.merging.undoing import CannotUnmerge, unmerge, why_not_undo

__all__ = [
    "CannotUnmerge",
    "Choice",
    "Foreseen",
    "MergeRefused",
    "Pair",
    "alike",
    "foresee",
    "in_order",
    "keep_apart",
    "mark",
    "merge",
    "pairs",
    "read_pair",
    "unmerge",
    "why_not",
    "why_not_undo",
]
