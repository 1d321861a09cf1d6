"""What each winner owes: a pure rule, and the rows brought to match it."""

from guests.obligations.rows import Brought, Foreseen, bring_up_to_date, foresee
from guests.obligations.rule import PERSON_KEY, Due, HouseRules, Standing, due

__all__ = [
    "PERSON_KEY",
    "Brought",
    "Due",
    "Foreseen",
    "HouseRules",
    "Standing",
    "bring_up_to_date",
    "due",
    "foresee",
]
