"""Statues in custody: taken in under a tag, given back to whom they belong."""

from guests.trophies.desk import (
    TagInUse,
    TooManyTrophies,
    expected_count,
    receive,
    release,
)

__all__ = [
    "TagInUse",
    "TooManyTrophies",
    "expected_count",
    "receive",
    "release",
]
