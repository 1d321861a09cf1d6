"""manage.py facts EVENT: the event's figures as JSON."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from events.models import Event
from guests import facts


class Command(BaseCommand):
    help = "Print an event's figures as JSON, read in one consistent snapshot."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("event", help="the event's slug")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            figures = facts.of(options["event"], timezone.now())
        except Event.DoesNotExist:
            raise CommandError(f"There is no event {options['event']!r}.") from None
        self.stdout.write(json.dumps(figures, indent=2))
