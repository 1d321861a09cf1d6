"""Minutes become seconds, for processes that tests/faults starts; nothing else differs.

Every wait stays longer than what it covers: three answers of a second each that never
come are over before a call counts as lost.
"""

import os
from datetime import timedelta
from importlib import import_module
from typing import Any

import stripe
from django.apps import AppConfig

LOST = timedelta(seconds=5)
WAITS: dict[str, dict[str, Any]] = {
    "donations.stripe_gateway.client": {"TIMEOUT_SECONDS": (1, 1)},
    "donations.checkout": {"IN_FLIGHT": LOST},
    "donations.checkout.pages": {"IN_FLIGHT": LOST},
    "donations.checkout.sweeping": {"SWEEP_AFTER": LOST},
    "donations.pledges.charging": {
        "IN_FLIGHT": LOST,
        "LATEST_START": timedelta(seconds=1),
        "AFTER_TROUBLE": timedelta(seconds=1),
    },
    "donations.refunds.carrying_out": {"IN_FLIGHT": LOST},
    "donations.webhooks.queue": {
        "IN_HAND": LOST,
        "FIRST_WAIT": timedelta(milliseconds=500),
        "LONGEST_WAIT": timedelta(seconds=2),
    },
    "events.outbox.outcomes": {
        "PHASES_BEFORE_THE_DOT": 4,
        "MARGIN_SECONDS": 2,
        "BACKOFF": [timedelta(seconds=1)],
        "RELAY_DOWN_WAIT": timedelta(seconds=1),
    },
}


class Hurry(AppConfig):
    """Installed by tests.faults.hurry_settings alone."""

    name = "tests.faults"
    label = "hurry"

    def ready(self) -> None:
        """Set the waits; and take a protection away, where a test asks for that."""
        for module, waits in WAITS.items():
            room = import_module(module)
            for name, value in waits.items():
                # A name that has moved would leave the test waiting for minutes.
                assert hasattr(room, name), f"{module} has no {name}"
                setattr(room, name, value)
        stripe.HTTPClient.INITIAL_DELAY = stripe.HTTPClient.MAX_DELAY = 0.05
        if "WITHOUT_KEYS" in os.environ:
            forget_keys()


def forget_keys() -> None:
    """Each question to Stripe is a new one, as if nobody had thought of keys."""
    room = import_module("donations.stripe_gateway.calls")
    options = room.options
    room.options = lambda account, key="": options(account)
