"""The door: who is found, what stands on their card, and who went in and out."""

from guests.door.card import Card, card, cards, party
from guests.door.finding import (
    SEARCH_ROWS,
    find_by_pass,
    is_searchable,
    pass_holder,
    search,
)
from guests.door.presses import Admitted, admit, close, deny, inside_count
from guests.door.refusals import AlreadyInside, DeniedBefore, NonceUsed, NotAdmitted

__all__ = [
    "SEARCH_ROWS",
    "Admitted",
    "AlreadyInside",
    "Card",
    "DeniedBefore",
    "NonceUsed",
    "NotAdmitted",
    "admit",
    "card",
    "cards",
    "close",
    "deny",
    "find_by_pass",
    "inside_count",
    "is_searchable",
    "party",
    "pass_holder",
    "search",
]
