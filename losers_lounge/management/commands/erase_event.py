"""manage.py erase_event EVENT [--yes]: forget all guests of an evening."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from events import activity
from guests.privacy import evenings
from losers_lounge.counted import counted
from losers_lounge.management.importing import event_named


class Command(BaseCommand):
    help = (
        "Say how many guests an evening would forget; with --yes, forget them now, "
        "whatever the date. Figures, money and receipts stay. Stopped half-way, it "
        "goes on when it is run again, or by itself within the hour."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("event", help="the event's slug")
        parser.add_argument("--yes", action="store_true", help="forget them now")

    def handle(self, *args: Any, yes: bool, **options: Any) -> None:
        at, event = timezone.now(), event_named(options["event"])
        left = event.guests.filter(erased_at=None).count()
        addresses = event.contacts.filter(erased_at=None).count()
        self.stdout.write(
            f"Still known: {counted(left, 'guest')}, "
            f"{counted(addresses, 'address', 'addresses')}."
        )
        reasons = [] if event.guests_erased_at else evenings.why_not_yet(event)
        if reasons:
            raise CommandError(f"Not yet: {' '.join(reasons)}")
        if not yes:
            self.stdout.write("Nothing was written. Say --yes to forget them.")
            return
        try:
            evenings.carry_on(evenings.ask(event.pk, by=activity.OPERATOR, at=at), at)
        except evenings.Waits as error:
            raise CommandError(f"Not yet: {error}") from None
        self.stdout.write("Done. Figures, money and receipts are as they were.")
