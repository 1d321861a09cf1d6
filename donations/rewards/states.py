"""What may become of a bottle, as tables: a person's steps, and what money says."""

from datetime import datetime
from enum import StrEnum

from donations.models import Donation, Reward

State = Reward.State


class Step(StrEnum):
    """What somebody does with one bottle."""

    WORD = "word"
    SHOW = "show"
    APPROVE = "approve"
    ASK = "ask"
    DECLINE = "decline"
    SEND = "send"
    STOP_THERE = "stop_there"
    CHECK = "check"
    AGAIN = "again"
    SHIP = "ship"
    HAND_OVER = "hand_over"


NOT_BEGUN = (State.REQUESTED, State.PROOF, State.APPROVED)
# From where each step may be taken, and where it leads. What is not here is refused.
STEPS: dict[Step, dict[State, State]] = {
    # Other words after a yes need another yes.
    Step.WORD: dict.fromkeys(NOT_BEGUN, State.REQUESTED),
    Step.SHOW: {State.REQUESTED: State.PROOF, State.PROOF: State.PROOF},
    Step.APPROVE: {State.PROOF: State.APPROVED},
    Step.ASK: {State.PROOF: State.REQUESTED, State.REQUESTED: State.REQUESTED},
    Step.DECLINE: dict.fromkeys(NOT_BEGUN, State.DECLINED),
    Step.SEND: {State.APPROVED: State.ENGRAVING},
    Step.STOP_THERE: {State.ENGRAVING: State.ON_HOLD},
    Step.CHECK: {State.ENGRAVING: State.READY},
    Step.AGAIN: {State.ENGRAVING: State.APPROVED, State.READY: State.APPROVED},
    Step.SHIP: {State.READY: State.SHIPPED},
    Step.HAND_OVER: {
        State.READY: State.HANDED_OVER,
        State.SHIPPED: State.HANDED_OVER,
    },
}
# Pressed twice, it is done already.
DONE: dict[Step, State] = {
    Step.APPROVE: State.APPROVED,
    Step.DECLINE: State.DECLINED,
    Step.CHECK: State.READY,
    Step.SHIP: State.SHIPPED,
    Step.HAND_OVER: State.HANDED_OVER,
}


class Wish(StrEnum):
    """What the money (and the win it was given for) says of a bottle."""

    GO = "go"
    HOLD = "hold"
    STOP = "stop"


# Engraved for money that stands in full, never for less.
WISHES = {
    Donation.State.PAID: Wish.GO,
    Donation.State.PARTIALLY_REFUNDED: Wish.HOLD,
    Donation.State.DISPUTED: Wish.HOLD,
    Donation.State.REVIEW: Wish.HOLD,
    Donation.State.REFUNDED: Wish.STOP,
    Donation.State.CHARGED_BACK: Wish.STOP,
}
# Over, whatever becomes of the money.
OVER = (State.SHIPPED, State.HANDED_OVER, State.DECLINED)


def follow(reward: Reward, wish: Wish, at: datetime) -> bool:
    """Bring one bottle where the wish says, in memory; whether anything changed.

    It waits where it stood and goes on from there. What is at the engraver's cannot
    be held from here: the stop order tells somebody to ring them up.
    """
    before = (reward.state, reward.held_from, reward.stop_order_at)
    state = State(reward.state)
    if state in OVER:
        return False
    if state == State.ENGRAVING:
        is_fine = wish == Wish.GO
        reward.stop_order_at = None if is_fine else reward.stop_order_at or at
    elif wish == Wish.GO:
        _go_on(reward)
    else:
        if state not in (State.ON_HOLD, State.STOPPED):
            reward.held_from = state
        reward.state = State.ON_HOLD if wish == Wish.HOLD else State.STOPPED
    return before != (reward.state, reward.held_from, reward.stop_order_at)


def _go_on(reward: Reward) -> None:
    """From hold to where it stood; the engraver has dropped what he was told to."""
    if reward.state not in (State.ON_HOLD, State.STOPPED):
        return
    reward.state = reward.held_from or State.REQUESTED
    reward.held_from = ""
    if reward.stop_order_at is not None:
        reward.stop_order_at = None
        reward.batch = None
