"""Two rows that are one person: found, made one, and parted again."""

from guests.merging.joining import merge
from guests.merging.pair import Choice, MergeRefused, Pair, read_pair, why_not
from guests.merging.undoing import CannotUnmerge, unmerge, why_not_undo

__all__ = [
    "CannotUnmerge",
    "Choice",
    "MergeRefused",
    "Pair",
    "merge",
    "read_pair",
    "unmerge",
    "why_not",
    "why_not_undo",
]
