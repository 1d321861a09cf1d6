"""Celery's way in: each task is one call, each periodic one runs one at a time."""

from celery import shared_task
from django.utils import timezone

from donations import checkout, disputes, reconciliation, refunds, webhooks
from events import heartbeats
from losers_lounge.periodic import only_one


@shared_task
def process_stripe_event(pk: int) -> None:
    webhooks.process(pk)


@shared_task
def process_owed_events() -> None:
    """Run by beat: events whose bell was not heard, or whose turn has come again."""
    with only_one("donations.process_owed_events") as mine:
        if mine:
            webhooks.process_owed(timezone.now())


@shared_task
def catch_up_events() -> None:
    """Run by beat: events whose webhook never came."""
    with only_one("donations.catch_up_events") as mine:
        if mine:
            webhooks.catch_up(timezone.now())


@shared_task
def sweep_checkouts() -> None:
    """Run by beat: pages and payments that no webhook has told the end of."""
    with only_one("donations.sweep_checkouts") as mine:
        if mine:
            checkout.sweep(timezone.now())


@shared_task
def sweep_returns() -> None:
    """Run by beat: refunds that are owed, and disputes that nobody told the end of."""
    with only_one("donations.sweep_returns") as mine:
        if mine:
            at = timezone.now()
            refunds.sweep(at)
            disputes.hand_over_owed(at)
            disputes.sweep(at)


@shared_task
def reconcile() -> None:
    """Run by beat and by the button: the ledger against Stripe's books."""
    with only_one("donations.reconcile") as mine:
        if mine:
            done = reconciliation.reconcile_all(at=timezone.now())
            if len(done) == len(reconciliation.accounts()):
                heartbeats.note(heartbeats.RECONCILE)
