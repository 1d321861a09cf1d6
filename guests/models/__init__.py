from guests.models.door import Admission, Trophy
from guests.models.guest import Contact, Guest, Invitation
from guests.models.imports import ImportChange, ImportPart, ImportRun
from guests.models.listing import ListChange, SavedView
from guests.models.mailing import Mailing
from guests.models.obligation import Obligation, Settlement
from guests.models.party import (
    GuestMerge,
    KnownApart,
    LinkUse,
    NameRequest,
    SeatOffer,
)

__all__ = [
    "Admission",
    "Contact",
    "Guest",
    "GuestMerge",
    "ImportChange",
    "ImportPart",
    "ImportRun",
    "Invitation",
    "KnownApart",
    "LinkUse",
    "ListChange",
    "Mailing",
    "NameRequest",
    "Obligation",
    "SavedView",
    "SeatOffer",
    "Settlement",
    "Trophy",
]
