"""manage.py export_person EMAIL: everything held of one person, as JSON."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from events import activity
from guests.privacy import subject, telling


class Command(BaseCommand):
    help = (
        "Print everything this product holds of the person with that address, in "
        "every app, and nothing of anybody else. The log says that it was done."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="the person's address")

    def handle(self, *args: Any, email: str, **options: Any) -> None:
        at = timezone.now()
        found = telling.of(email, at)
        if not found["rows"]:
            raise CommandError("Nothing is held of that address.")
        for event in subject.events_of(subject.find(email)):
            activity.record(event, activity.OPERATOR, telling.VERB, at=at)
        self.stdout.write(json.dumps(found, indent=2, ensure_ascii=False))
