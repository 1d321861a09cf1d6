"""Random nights, in which everything may happen, and the invariants all hold.

`RANDOM_NIGHTS=200 python3 manage.py test tests/rehearsal/test_random_nights.py` plays
more of them, `RANDOM_NIGHT=17` the one of that seed. What happened is printed when
one fails.
"""

import os
from collections.abc import Iterator

import pytest
import stripe

from losers_lounge.stand_in.server import StandIn
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
