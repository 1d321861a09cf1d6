"""Every letter a guest gets, as drafts for the outbox; the words are templates."""

from guests.letters.answers import answer, lost_link, offer_key, seat_offer
from guests.letters.assistants import handed_over, own_link, portal_link
from guests.letters.drafts import calendar, post
from guests.letters.mailings import mailing, stated_total
from guests.letters.pledges import PLEDGE_KEY, pledge
from guests.letters.renewed import lead, leave_out, renew_links
from guests.letters.results import (
    corrections,
    fresh_wins,
    losses,
    settle_key,
    settlements,
    wins,
)
from guests.letters.statues import (
    CODE_LASTS,
    STATUE_CODE,
    statue_code,
    statue_in,
    statues_in_safe,
)
from guests.letters.surpluses import surpluses

__all__ = [
    "CODE_LASTS",
    "PLEDGE_KEY",
    "STATUE_CODE",
    "answer",
    "calendar",
    "corrections",
    "fresh_wins",
    "handed_over",
    "lead",
    "leave_out",
    "losses",
    "lost_link",
    "mailing",
    "offer_key",
    "own_link",
    "pledge",
    "portal_link",
    "post",
    "renew_links",
    "seat_offer",
    "settle_key",
    "settlements",
    "stated_total",
    "statue_code",
    "statue_in",
    "statues_in_safe",
    "surpluses",
    "wins",
]
