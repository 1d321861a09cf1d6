"""Pledges: a saved card, and leave to charge it if something happens.

Who has won or lost is decided above (guests/pledges/); here stands how a card is
saved, charged once, and forgotten.
"""

from donations.pledges.charging import (
    MOST_TRIES,
    charge,
    claim,
    may_be_charged,
    sweep_charges,
)
from donations.pledges.forgetting import forget_owed, sweep
from donations.pledges.named import settle_named
from donations.pledges.offering import (
    Mandate,
    approve,
    disapprove,
    offer,
    release,
    withdraw,
)
from donations.pledges.refusals import (
    NotChargeable,
    PledgeOver,
    PledgeRefused,
    SetupUnavailable,
)
from donations.pledges.setup import come_back, settle_card, settle_setup, setup_page
from donations.pledges.sums import StateSum, by_state, pledged

__all__ = [
    "MOST_TRIES",
    "Mandate",
    "NotChargeable",
    "PledgeOver",
    "PledgeRefused",
    "SetupUnavailable",
    "StateSum",
    "approve",
    "by_state",
    "charge",
    "claim",
    "come_back",
    "disapprove",
    "forget_owed",
    "may_be_charged",
    "offer",
    "pledged",
    "release",
    "settle_card",
    "settle_named",
    "settle_setup",
    "setup_page",
    "sweep",
    "sweep_charges",
    "withdraw",
]
