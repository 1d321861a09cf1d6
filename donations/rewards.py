"""The engraved bottle that a donation is thanked with: asked for, held, stopped."""

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
    if reward is None:
        if donation.state == State.PAID and _earns_a_bottle(donation):
            Reward.objects.create(
                donation=donation,
                engraving=donation.credit_name or donation.donor_name,
                requested_at=at,
            )
        return
    if wanted and reward.state in NOT_BEGUN and reward.state != wanted:
        reward.state = wanted
        reward.save(update_fields=["state"])


def _earns_a_bottle(donation: Donation) -> bool:
    return (
        donation.purpose == Donation.Purpose.ADMISSION
        or donation.amount_cents >= donation.event.winner_amount_cents
    )
