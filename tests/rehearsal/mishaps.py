"""A process dies between two lines: one call of the product raises, then no more."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from donations import ledger, receipts, rewards, settlement, truth
from donations.checkout import pages
from donations.webhooks import routing
from guests import letters, obligations, results_night
from guests.door import presses, standing


class Died(BaseException):
    """Nothing of the product may catch this: the process is gone."""


# Before a commit, after one, and between our commit and Stripe's effect.
WHERE = (
    (pages.stripe_gateway, "open_session"),
    (pages, "record"),
    (settlement, "apply"),
    (truth.stripe_gateway, "fetch_session"),
    (truth.stripe_gateway, "fetch_payment"),
    (ledger, "book"),
    (receipts, "bring_up_to_date"),
    (rewards, "bring_up_to_date"),
    (routing.settlement, "settle_found"),
    (letters, "post"),
    (obligations, "bring_up_to_date"),
    (results_night, "follow"),
    (presses.activity, "record"),
    (standing, "write"),
)


@contextmanager
def death(chance: random.Random, odds: float) -> Iterator[None]:
    """Perhaps one call in here dies, before or after it has done its work.

    Raises Died to whoever asked for the work, as a broken connection would.
    """
    if chance.random() >= odds:
        yield
        return
    room, name = chance.choice(WHERE)
    does, is_late = getattr(room, name), chance.random() < 0.5

    def dies(*args: Any, **options: Any) -> Any:
        # Once: the next process lives.
        patched.stop()
        if is_late:
            does(*args, **options)
        raise Died(f"{room.__name__}.{name}, {'after' if is_late else 'before'}")

    patched = patch.object(room, name, dies)
    patched.start()
    try:
        yield
    finally:
        patched.stop()
