"""The engraved bottle that a donation is thanked with: asked for, held, stopped."""

from collections.abc import Iterable
from datetime import datetime

from donations.models import Donation, Reward

State = Donation.State

# What becomes of a bottle that is not at the engraver's yet: engraved for money that
# stands in full, never for less.
WAITING = {
    State.PAID: Reward.State.REQUESTED,
    State.PARTIALLY_REFUNDED: Reward.State.ON_HOLD,
    State.DISPUTED: Reward.State.ON_HOLD,
    State.REVIEW: Reward.State.ON_HOLD,
    State.REFUNDED: Reward.State.STOPPED,
    State.CHARGED_BACK: Reward.State.STOPPED,
}
NOT_BEGUN = (Reward.State.REQUESTED, Reward.State.ON_HOLD, Reward.State.STOPPED)


def bring_up_to_date(donation: Donation, *, at: datetime) -> None:
    """Make the bottle follow the money, as long as nobody has engraved it.

    Call under the donation's lock, after its state is set.
    """
    reward = Reward.objects.filter(donation=donation).first()
    wanted = WAITING.get(State(donation.state))
    if reward is not None and reward.is_held and wanted == Reward.State.REQUESTED:
        wanted = Reward.State.ON_HOLD
    if reward is None:
        if donation.state == State.PAID and _earns_a_bottle(donation):
            Reward.objects.create(
                donation=donation,
                for_name=donation.donor_name,
                engraving=donation.credit_name or donation.donor_name,
                requested_at=at,
            )
        return
    if wanted and reward.state in NOT_BEGUN and reward.state != wanted:
        reward.state = wanted
        reward.save(update_fields=["state"])


def hold(donations: Iterable[Donation]) -> None:
    """The reason for the gift is gone: no engraver begins until it is back."""
    rewards = Reward.objects.filter(donation__in=donations)
    rewards.update(is_held=True)
    rewards.filter(state=Reward.State.REQUESTED).update(state=Reward.State.ON_HOLD)


def let_go(donations: Iterable[Donation]) -> None:
    """The reason is back: what is paid in full goes to the engraver again."""
    rewards = Reward.objects.filter(donation__in=donations, is_held=True)
    waiting = rewards.filter(
        state=Reward.State.ON_HOLD, donation__state=Donation.State.PAID
    )
    waiting.update(state=Reward.State.REQUESTED)
    rewards.update(is_held=False)


def _earns_a_bottle(donation: Donation) -> bool:
    return (
        donation.purpose == Donation.Purpose.ADMISSION
        or donation.amount_cents >= donation.event.winner_amount_cents
    )
