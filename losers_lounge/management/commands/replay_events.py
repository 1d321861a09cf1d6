"""`manage.py replay_events [--since DATE]`: follow Stripe's events once more."""

from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from donations import webhooks
from donations.models import StripeEvent
from donations.reconciliation import accounts
from donations.stripe_gateway import StripeError
from losers_lounge.counted import counted
from losers_lounge.management.commands.reconcile import day, name

MOST_NAMED = 5
State = StripeEvent.State


class Command(BaseCommand):
    help = (
        "Follows the events of Stripe that were given up or still wait, and fetches "
        "those that never came; with --since also looks at every payment, refund, "
        "dispute and payout created since then, as if a webhook had named each. May be "
        "repeated: what is done stays done. Exits with 1 when any cannot be followed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--since", type=day, help="every object since this day (2026-09-22, UTC)"
        )

    def handle(self, *args: Any, since: datetime | None, **options: Any) -> None:
        at = timezone.now()
        for account in accounts():
            again = webhooks.try_again(account, at=at)
            self.stdout.write(f"{name(account)}: {again} given up before, tried again")
        try:
            webhooks.recover(at=at, since=since)
        except StripeError as error:
            raise CommandError(f"Stripe: {error}") from error
        done = StripeEvent.objects.filter(state=State.DONE).count()
        self.stdout.write(f"Done: {counted(done, 'event')}")
        failed = StripeEvent.objects.filter(state__in=[State.FAILED, State.DEAD])
        if number := failed.count():
            named = failed.order_by("pk").values_list("event_id", "error")[:MOST_NAMED]
            words = "; ".join(f"{event_id}: {error}" for event_id, error in named)
            raise CommandError(f"{number} could not be followed: {words}")
