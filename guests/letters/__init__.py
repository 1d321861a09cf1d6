"""Every letter a guest gets, as drafts for the outbox; the words are templates."""

from guests.letters.answers import answer, lost_link
from guests.letters.drafts import calendar, post
from guests.letters.mailings import invitation
from guests.letters.results import corrections, losses, wins

__all__ = [
    "answer",
    "calendar",
    "corrections",
    "invitation",
    "losses",
    "lost_link",
    "post",
    "wins",
]
