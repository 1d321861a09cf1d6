"""The engraved bottles that thank for donations: asked for, held, handed over."""

from donations.rewards.following import bring_up_to_date, count_owed, hold, let_go
from donations.rewards.states import Step
from donations.rewards.words import NotEngravable, checked, propose

__all__ = [
    "NotEngravable",
    "Step",
    "bring_up_to_date",
    "checked",
    "count_owed",
    "hold",
    "let_go",
    "propose",
]
