"""Where a pledge may go from where it stands: the one table of its states.

A leaf, so that settlement can bring a pledge along with its donation.
"""

from datetime import datetime
from enum import StrEnum

import structlog
from django.db.models import QuerySet

from donations.models import Donation, DonationAttempt, Pledge
from losers_lounge.compiled import compiled

logger = structlog.get_logger(__name__)

State = Pledge.State


class Word(StrEnum):
    """What happened to a pledge."""

    CARD_KEPT = "card_kept"
    CARD_GONE = "card_gone"
    CHARGE_BEGUN = "charge_begun"
    NOT_REACHED = "not_reached"
    BANK_ASKS = "bank_asks"
    CARD_REFUSED = "card_refused"
    MONEY_TAKEN = "money_taken"
    RELEASE = "release"
    WITHDRAW = "withdraw"


# Whatever is not in here leaves a pledge where it is.
LEADS: dict[tuple[str, Word], State] = {
    (State.OFFERED, Word.CARD_KEPT): State.CARD_SAVED,
    (State.OFFERED, Word.RELEASE): State.RELEASED,
    (State.OFFERED, Word.WITHDRAW): State.WITHDRAWN,
    (State.CARD_SAVED, Word.CARD_GONE): State.OFFERED,
    (State.CARD_SAVED, Word.CHARGE_BEGUN): State.CHARGING,
    (State.CARD_SAVED, Word.MONEY_TAKEN): State.PAID,
    (State.CARD_SAVED, Word.RELEASE): State.RELEASED,
    (State.CARD_SAVED, Word.WITHDRAW): State.WITHDRAWN,
    # Under way: neither host nor donor can say that it did not happen.
    (State.CHARGING, Word.NOT_REACHED): State.CARD_SAVED,
    (State.CHARGING, Word.BANK_ASKS): State.NEEDS_ACTION,
    (State.CHARGING, Word.CARD_REFUSED): State.DECLINED,
    (State.CHARGING, Word.MONEY_TAKEN): State.PAID,
    (State.NEEDS_ACTION, Word.CARD_GONE): State.DECLINED,
    (State.NEEDS_ACTION, Word.MONEY_TAKEN): State.PAID,
    (State.NEEDS_ACTION, Word.RELEASE): State.RELEASED,
    (State.NEEDS_ACTION, Word.WITHDRAW): State.WITHDRAWN,
    (State.DECLINED, Word.CARD_KEPT): State.CARD_SAVED,
    (State.DECLINED, Word.CHARGE_BEGUN): State.CHARGING,
    (State.DECLINED, Word.MONEY_TAKEN): State.PAID,
    (State.DECLINED, Word.RELEASE): State.RELEASED,
    (State.DECLINED, Word.WITHDRAW): State.WITHDRAWN,
}


def after(state: str, word: Word) -> State:
    """Where this word leads from this state: a pure function, and often nowhere."""
    return LEADS.get((state, word), State(state))


def move(pledge: Pledge, word: Word, at: datetime) -> bool:
    """Lead a locked pledge on, and say whether it moved. Saves its state alone."""
    before = pledge.state
    pledge.state = after(before, word)
    if pledge.state == before:
        return False
    if pledge.state in Pledge.OVER:
        pledge.ended_at = at
    pledge.save(update_fields=["state", "ended_at"])
    logger.info(
        "pledge_moved",
        pledge=pledge.public_id,
        before=str(before),
        after=str(pledge.state),
    )
    return True


def follow(donation: Donation, at: datetime) -> None:
    """Bring the pledge along with its donation, which the caller has locked."""
    if donation.state not in Donation.MONEY_MOVED:
        return
    locked = _locked(donation.pk)
    if not locked:
        return
    [pledge] = locked
    attempts = donation.attempts.filter(kind=DonationAttempt.Kind.OFF_SESSION)
    attempts.live().update(state=DonationAttempt.State.COMPLETED)
    move(pledge, Word.MONEY_TAKEN, at)


@compiled
def _locked(donation: int) -> QuerySet[Pledge]:
    """The one that this money is for, if it is for any."""
    return Pledge.objects.select_for_update(of=("self",)).filter(donation=donation)
