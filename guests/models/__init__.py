from guests.models.door import Admission, Closing, Device, DoorRequest
from guests.models.giving import GuestPledge, Surplus
from guests.models.guest import Guest
from guests.models.imports import ImportChange, ImportPart, ImportRun
from guests.models.invitation import Contact, Invitation
from guests.models.listing import ListChange, SavedView
from guests.models.mailing import Mailing
from guests.models.obligation import Obligation, Settlement
from guests.models.party import (
    GuestMerge,
    KnownApart,
    LinkUse,
    NameRequest,
    SeatMove,
    SeatOffer,
)
from guests.models.trophy import (
    HandOver,
    Trophy,
    TrophyMove,
    TrophyOutcome,
    TrophyPhoto,
)

__all__ = [
    "Admission",
    "Closing",
    "Contact",
    "Device",
    "DoorRequest",
    "Guest",
    "GuestMerge",
    "GuestPledge",
    "HandOver",
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
    "SeatMove",
    "SeatOffer",
    "Settlement",
    "Surplus",
    "Trophy",
    "TrophyMove",
    "TrophyOutcome",
    "TrophyPhoto",
]
