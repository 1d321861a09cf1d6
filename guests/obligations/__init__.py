"""What each winner owes: a pure rule, and the rows brought to match it."""

from guests.obligations.rows import Brought, Foreseen, bring_up_to_date, foresee
from guests.obligations.rule import (
    PERSON_KEY,
    Due,
    HouseRules,
    Person,
    Standing,
    due,
    owed_by,
)

__all__ = [
    "PERSON_KEY",
    "Brought",
    "Due",
    "Foreseen",
    "HouseRules",
    "Person",
    "Standing",
    "bring_up_to_date",
    "due",
    "foresee",
    "owed_by",
]
