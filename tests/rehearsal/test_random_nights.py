"""Random nights, in which everything may happen, and the invariants all hold.

`RANDOM_NIGHTS=200 python3 manage.py test tests/rehearsal/test_random_nights.py` plays
more of them, `RANDOM_NIGHT=17` the one of that seed. What happened is printed when
one fails.
"""

import os
from collections.abc import Callable, Iterator

import pytest
import stripe
from django.utils import timezone

from guests.models import Admission, Obligation
from losers_lounge.stand_in.server import StandIn
from tests.donations.factories import make_donation, stray_entry
from tests.rehearsal import invariants
from tests.rehearsal.random_night import RandomNight

pytestmark = pytest.mark.django_db(transaction=True)

STEPS = int(os.environ.get("RANDOM_NIGHT_STEPS", "80"))
LOOKED_AT_EVERY = 6
SEEDS = (
    [int(os.environ["RANDOM_NIGHT"])]
    if "RANDOM_NIGHT" in os.environ
    else range(int(os.environ.get("RANDOM_NIGHTS", "4")))
)


@pytest.fixture(autouse=True)
def _nobody_waits(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The client asks again at once, where it would wait for half a second."""
    monkeypatch.setattr(
        stripe.HTTPClient, "_sleep_time_seconds", lambda *_: 0, raising=True
    )
    yield


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_happens_the_invariants_hold(stand_in: StandIn, seed: int) -> None:
    night = RandomNight(seed, stand_in)
    try:
        for number in range(STEPS):
            night.step()
            invariants.after_a_press(night)
            if number % LOOKED_AT_EVERY == 0:
                invariants.at_any_moment(night)
        night.heal()
        invariants.at_the_end(night)
    except BaseException:
        print(f"RANDOM_NIGHT={seed}", *night.told, sep="\n")
        raise


def lose_an_answer(night: RandomNight) -> None:
    night.event.guests.filter(pk__in=night.answers).update(answer="no")


def sell_a_seat_twice(night: RandomNight) -> None:
    night.event.capacity = 1


def let_somebody_in_twice(night: RandomNight) -> None:
    guest = night.event.guests.first()
    row = {"event": night.event, "guest": guest, "action": "in", "by_name": "Dot"}
    for number in range(2):
        at = timezone.now()
        Admission.objects.create(**row, nonce=f"in-{number}", at=at, closed_at=at)


def forget_what_is_owed(night: RandomNight) -> None:
    Obligation.objects.filter(guest__event=night.event).delete()


def book_what_stripe_has_not(night: RandomNight) -> None:
    stray_entry(occurred_at=timezone.now())


def lose_a_payment(night: RandomNight) -> None:
    night.money.paid_pages.add(make_donation(night.event).pk)


@pytest.mark.parametrize(
    "plant",
    [
        lose_an_answer,
        sell_a_seat_twice,
        let_somebody_in_twice,
        forget_what_is_owed,
        book_what_stripe_has_not,
        lose_a_payment,
    ],
)
def test_a_planted_breach_is_found(
    stand_in: StandIn, plant: Callable[[RandomNight], None]
) -> None:
    night = RandomNight(1, stand_in)
    night.heal()
    invariants.at_the_end(night)

    plant(night)

    with pytest.raises(AssertionError):
        invariants.at_the_end(night)
