"""`manage.py door_freeze EVENT`: shut out every paired phone, at once."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from events import activity
from guests.door import devices
from losers_lounge.counted import counted
from losers_lounge.management.importing import event_named


class Command(BaseCommand):
    help = (
        "Shuts out every phone that is paired with the event's door, and every code "
        "that is still offered. Who has an account and a role there can go on; scans "
        "that a phone still holds may be handed in. Pair phones anew to go on so."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("event", help="the event's slug")

    def handle(self, *args: Any, **options: Any) -> None:
        event = event_named(options["event"])
        shut = devices.revoke_all(event, by=activity.OPERATOR, at=timezone.now())
        waiting = sum(device.queued_scans for device in shut)
        self.stdout.write(
            f"Shut out: {counted(len(shut), 'phone')}; waiting in them, as they last "
            f"said: {counted(waiting, 'scan')}."
        )
