"""Pledges of guests: offered to nominees, charged when they win, released when not."""

from guests.pledges.ending import follow, release_owed, write_owed
from guests.pledges.making import (
    Press,
    agree,
    latest,
    live,
    offered_cents,
    withdraw,
)
from guests.pledges.refusals import NotOffered, PledgeRefused, TooLateToWithdraw
from guests.pledges.standing import Standing, Verdict
from guests.pledges.winning import (
    approve,
    charge,
    charge_owed,
    may_be_pressed,
    review,
)

__all__ = [
    "NotOffered",
    "PledgeRefused",
    "Press",
    "Standing",
    "TooLateToWithdraw",
    "Verdict",
    "agree",
    "approve",
    "charge",
    "charge_owed",
    "follow",
    "latest",
    "live",
    "may_be_pressed",
    "offered_cents",
    "release_owed",
    "review",
    "withdraw",
    "write_owed",
]
