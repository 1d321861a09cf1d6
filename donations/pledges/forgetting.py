"""Forget cards at Stripe: owed by every pledge that has ended, until it is done."""

from contextlib import suppress
from datetime import datetime
from functools import partial

import structlog
from django.db.models import Q

from donations import stripe_gateway
from donations.log_and_continue import log_and_continue
from donations.models import Pledge
from donations.models.pledge import CARD_KEPT
from donations.pledges.charging import sweep_charges
from donations.pledges.setup import settle_setup
from donations.stripe_gateway import StripeRefused

logger = structlog.get_logger(__name__)

BATCH = 100


def forget_owed(at: datetime, pledge_id: int | None = None) -> int:
    """Detach the cards of ended pledges, and close their pages; how many are done.

    One that Stripe does not answer for is owed again, and keeps nobody waiting.
    """
    over = Pledge.objects.filter(state__in=Pledge.OVER)
    owed = over.filter(CARD_KEPT | ~Q(setup_url=""))
    if pledge_id is not None:
        owed = owed.filter(pk=pledge_id)
    forget = partial(_forget, at=at)
    return sum(_tried(pledge, forget) for pledge in owed.order_by("pk")[:BATCH])


def sweep(at: datetime) -> int:
    """All that is owed to pledges here: pages nobody came back from, charges without
    an answer, cards to be forgotten. How many were looked up."""
    pages = Pledge.objects.live().filter(setup_expires_at__lte=at).exclude(setup_url="")
    look = partial(_look, at=at)
    done = sum(_tried(pledge, look) for pledge in pages.order_by("pk")[:BATCH])
    return done + sweep_charges(at) + forget_owed(at)


def _look(pledge: Pledge, at: datetime) -> None:
    settle_setup(pledge.pk, at=at)


def _forget(pledge: Pledge, at: datetime) -> None:
    account = pledge.stripe_account
    if pledge.setup_url:
        # Refused: it is closed, perhaps with a card on it, which is forgotten next.
        with suppress(StripeRefused):
            stripe_gateway.close_session(pledge.setup_session_id, account=account)
        pledge = settle_setup(pledge.pk, at=at)
    name = pledge.payment_method_id
    if pledge.keeps_card:
        stripe_gateway.forget_card(name, account=account)
        Pledge.objects.filter(pk=pledge.pk, payment_method_id=name).update(
            detached_at=at
        )


def _tried(pledge: Pledge, act: partial) -> bool:
    with log_and_continue("pledge_sweep_failed", pledge=pledge.public_id):
        act(pledge)
        return True
    return False
