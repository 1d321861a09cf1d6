from events.models.account import AccountActivity
from events.models.activity import Activity
from events.models.ceremony import Category, Nomination, Nominee, ResultChange
from events.models.cover import Cover
from events.models.event import Charity, Event
from events.models.letter import DomainPace, LetterText
from events.models.message import Message, SendingHold, Suppression
from events.models.operations import Epoch, Heartbeat, Tally, Tombstone
from events.models.team import Member, User

__all__ = [
    "AccountActivity",
    "Activity",
    "Category",
    "Charity",
    "Cover",
    "DomainPace",
    "Epoch",
    "Event",
    "Heartbeat",
    "LetterText",
    "Member",
    "Message",
    "Nomination",
    "Nominee",
    "ResultChange",
    "SendingHold",
    "Suppression",
    "Tally",
    "Tombstone",
    "User",
]
