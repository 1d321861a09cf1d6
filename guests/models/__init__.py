from guests.models.door import Admission, Trophy
from guests.models.guest import Contact, Guest, Invitation
from guests.models.imports import ImportRun
from guests.models.obligation import Obligation, Settlement

__all__ = [
    "Admission",
    "Contact",
    "Guest",
    "ImportRun",
    "Invitation",
    "Obligation",
    "Settlement",
    "Trophy",
]
