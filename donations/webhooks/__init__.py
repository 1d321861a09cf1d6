"""Stripe's webhooks: verify, store, answer. What they mean is found out later.

The stored row is what is owed; the bell only makes it quick. A payload is read for
ids alone: what they name is fetched, so order, replay, version and content cannot
matter.
"""

from donations.webhooks.gaps import catch_up, recover, sweep_objects
from donations.webhooks.inbox import FOLLOWED, LARGEST_BODY, receive
from donations.webhooks.queue import given_up, process, process_owed, try_again

__all__ = [
    "FOLLOWED",
    "LARGEST_BODY",
    "catch_up",
    "given_up",
    "process",
    "process_owed",
    "receive",
    "recover",
    "sweep_objects",
    "try_again",
]
