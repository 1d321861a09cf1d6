"""`manage.py rotate_links EVENT`: every link and QR code of an event's guests dies."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from events import activity
from guests import invitations
from losers_lounge.counted import counted
from losers_lounge.management.importing import event_named


class Command(BaseCommand):
    help = (
        "Retires the links, passes and cookies of an event's invitations and "
        "assistants' pages, at once. Letters that have not left get the new ones; who "
        "has one already asks for theirs at /lost-link/, or is written to by a mailing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("event", help="the event's slug")

    def handle(self, *args: Any, **options: Any) -> None:
        event = event_named(options["event"])
        done = invitations.rotate_all(event.pk, by=activity.OPERATOR, at=timezone.now())
        self.stdout.write(
            f"New links: {counted(done.invitations, 'invitation')}, "
            f"{counted(done.pages, 'page')} of assistants. Waiting letters that lead "
            f"there: {done.letters}."
        )
