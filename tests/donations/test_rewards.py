"""The bottle follows the money until somebody has begun to engrave it."""

import pytest
from django.utils import timezone

from donations import rewards
from donations.models import Donation, Reward
from donations.refunds import consequences
from tests.donations.bottles import make_bottle
from tests.donations.factories import make_donation

State = Donation.State
Bottle = Reward.State
NOW = timezone.now()


def paid(**fields: object) -> Donation:
    donation = make_donation(state=State.PAID, paid_at=NOW, **fields)
    rewards.bring_up_to_date(donation, at=NOW)
    return donation


def move(donation: Donation, state: Donation.State) -> str:
    """The bottle's state once the donation is in this one."""
    donation.state = state
    donation.refunded_cents = int(state == State.PARTIALLY_REFUNDED)
    rewards.bring_up_to_date(donation, at=NOW)
    return Reward.objects.get(donation=donation).state


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("state", "bottle"),
    [
        (State.DISPUTED, Bottle.ON_HOLD),
        (State.REVIEW, Bottle.ON_HOLD),
        (State.PARTIALLY_REFUNDED, Bottle.ON_HOLD),
        (State.REFUNDED, Bottle.STOPPED),
        (State.CHARGED_BACK, Bottle.STOPPED),
    ],
)
def test_only_money_that_stands_is_engraved(
    state: Donation.State, bottle: Reward.State
) -> None:
    donation = paid()

    assert move(donation, state) == bottle
    assert move(donation, State.PAID) == Bottle.REQUESTED


@pytest.mark.django_db
def test_what_is_engraved_already_is_not_taken_back() -> None:
    donation = paid()
    Reward.objects.update(state=Bottle.ENGRAVING, approved_at=timezone.now())

    assert move(donation, State.REFUNDED) == Bottle.ENGRAVING


@pytest.mark.django_db
@pytest.mark.parametrize(("cents", "bottles"), [(99_999, 0), (100_000, 1)])
def test_a_gift_earns_a_bottle_from_a_winners_amount_on(
    cents: int, bottles: int
) -> None:
    paid(purpose=Donation.Purpose.GIFT, amount_cents=cents)

    assert Reward.objects.count() == bottles


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("state", "said"),
    [
        (Bottle.REQUESTED, "is not engraved"),
        (Bottle.ENGRAVING, "is asked to stop"),
        (Bottle.HANDED_OVER, "already has the bottle"),
        (Bottle.STOPPED, None),
    ],
)
def test_a_refund_says_first_what_becomes_of_the_bottle(
    state: Bottle, said: str | None
) -> None:
    donation = make_bottle(state=state).donation
    told = consequences(donation, donation.amount_cents)
    of_bottles = [line for line in told if "bottle" in line]
    assert len(of_bottles) == (said is not None)
    assert said is None or said in of_bottles[0]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("cents", "said"),
    [
        (100_000, "The winners it was for owe it again."),
        (40_000, "Whatever the remaining $600.00 no longer covers is owed again"),
    ],
)
def test_a_refund_says_first_what_is_owed_again(cents: int, said: str) -> None:
    donation = paid(purpose=Donation.Purpose.ADMISSION, amount_cents=100_000)
    assert any(line.startswith(said) for line in consequences(donation, cents))
