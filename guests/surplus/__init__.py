"""Money given for what is no longer owed: found by a query, and the donor is asked."""

from guests.surplus.asking import (
    TooLate,
    bring_up_to_date,
    choose,
    foreseen,
    look_at,
    sweep,
)

__all__ = [
    "TooLate",
    "bring_up_to_date",
    "choose",
    "foreseen",
    "look_at",
    "sweep",
]
