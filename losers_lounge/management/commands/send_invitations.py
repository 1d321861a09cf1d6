"""manage.py send_invitations EVENT: what the host's button does."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from events import activity
from guests import invitations, mailings
from losers_lounge.management.importing import event_named


class Command(BaseCommand):
    help = "Put one letter in the outbox for every invitation that has none yet."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("event", help="the event's slug")

    def handle(self, *args: Any, **options: Any) -> None:
        event = event_named(options["event"])
        try:
            sent = invitations.send(event.pk, by=activity.OPERATOR, at=timezone.now())
        except mailings.EventNotOpen:
            raise CommandError(
                f"{event.slug} is {event.status}: nobody is invited."
            ) from None
        self.stdout.write(
            f"{sent.queued} queued, {sent.without_address} without address."
        )
