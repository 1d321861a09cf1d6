"""Whatever becomes of the webhooks, after `reconcile` the books are the same.

`BOOKS_EXAMPLES=300 python3 manage.py test tests/donations/test_same_books.py` tells
more stories. One that fails is then printed as it was told: to look for a shorter
one takes the stand-in many minutes.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from donations import webhooks
from donations.models import Donation, LedgerEntry
from losers_lounge.stand_in.server import StandIn
from tests.donations.stories import ACTS, Story, deliver

EXAMPLES = int(os.environ.get("BOOKS_EXAMPLES", "3"))
IS_LONG = "BOOKS_EXAMPLES" in os.environ
QUIET = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize=not IS_LONG,
    phases=[Phase.generate] if IS_LONG else list(Phase),
    print_blob=IS_LONG,
    suppress_health_check=list(HealthCheck),
)
HAPPENS = st.tuples(st.sampled_from(sorted(ACTS)), st.integers(0, 1))
# Whatever else: somebody pays, and something becomes of it.
BEGINNINGS = ("pays", "pays_from_an_account")
FOLLOWS = ("is_refunded_in_part", "is_disputed", "bank_pays", "is_paid_out")


@contextmanager
def undone() -> Iterator[None]:
    """What happens here to our rows has not happened; Stripe keeps its own."""
    point = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(point)


def told_nothing(story: Story) -> dict[str, Any]:
    """The books when no webhook ever came."""
    with undone():
        story.reconcile()
        return story.books()


def told(story: Story, seed: int) -> dict[str, Any]:
    """The books when some webhooks are lost, some come twice, all in disorder."""
    chance = Random(seed)
    bodies = [body for body in story.events() if chance.random() < 0.7]
    bodies += chance.choices(bodies, k=3) if bodies else []
    chance.shuffle(bodies)
    with undone():
        for body in bodies:
            deliver(body)
            if chance.random() < 0.5:
                webhooks.process_owed(timezone.now())
        story.reconcile()
        return story.books()


@pytest.mark.django_db
def test_any_order_loss_and_repetition_of_webhooks_gives_the_same_books(
    stand_in: StandIn,
) -> None:
    @QUIET
    @given(
        st.sampled_from(BEGINNINGS),
        st.sampled_from(FOLLOWS),
        st.lists(HAPPENS, max_size=6),
        st.integers(0, 2**32),
    )
    def same(begins: str, follows: str, happens: list[Any], seed: int) -> None:
        with undone():
            story = Story(stand_in)
            for name, which in [(begins, 0), (follows, 0), *happens]:
                story.happen(name, which)

            assert told(story, seed) == told_nothing(story)

    same()


class Night(RuleBasedStateMachine):
    """Stripe acts, the post comes or not, and now and then we look ourselves."""

    stand_in: StandIn

    @initialize()
    def begins(self) -> None:
        self.point = transaction.savepoint()
        self.story = Story(self.stand_in)
        self.before = transaction.savepoint()

    @rule(happens=HAPPENS)
    def something_happens(self, happens: tuple[str, int]) -> None:
        self.story.happen(*happens)

    @rule(which=st.sampled_from((0, 1)))
    def somebody_pays(self, which: int) -> None:
        self.story.happen("pays", which)

    @rule(chance=st.randoms(use_true_random=False))
    def post_comes(self, chance: Random) -> None:
        bodies = self.story.events()
        for body in chance.choices(bodies, k=3) if bodies else []:
            deliver(body)

    @rule()
    def worker_works(self) -> None:
        webhooks.process_owed(timezone.now())

    @rule()
    def we_look(self) -> None:
        self.story.reconcile()

    @invariant()
    def no_money_is_said_to_be_there_that_is_not(self) -> None:
        if not hasattr(self, "story"):
            return
        settled = Donation.objects.filter(
            stripe_account=self.story.account, state__in=Donation.SETTLING
        )
        charges = LedgerEntry.objects.filter(kind=LedgerEntry.Kind.CHARGE)
        booked = charges.filter(donation__in=settled)
        assert booked.values("donation").distinct().count() == settled.count()

    def teardown(self) -> None:
        if not hasattr(self, "story"):
            return
        self.story.reconcile()
        heard = self.story.books()
        transaction.savepoint_rollback(self.before)
        nothing = told_nothing(self.story)
        transaction.savepoint_rollback(self.point)
        assert heard == nothing


@pytest.mark.django_db
def test_hearing_while_it_happens_gives_the_same_books(stand_in: StandIn) -> None:
    Night.stand_in = stand_in

    run_state_machine_as_test(
        Night, settings=settings(QUIET, stateful_step_count=14, max_examples=EXAMPLES)
    )
