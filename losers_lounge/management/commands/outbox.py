"""`manage.py outbox status|hold|release`: see the mail, stop it, let it go."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils.timezone import now

from events import outbox
from events.models import SendingHold


class Command(BaseCommand):
    help = (
        "status: how many mails stand where. hold: no mail leaves until release; "
        "what a worker has in hand is finished. release: mail leaves again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=["status", "hold", "release"])
        parser.add_argument(
            "--reason", default="by hand", help="hold: shown to hosts and in status"
        )

    def handle(self, *, action: str, reason: str, **options: Any) -> None:
        try:
            {"status": self.status, "hold": self.hold, "release": self.release}[action](
                reason
            )
        except DatabaseError as error:
            raise CommandError(f"The database did not answer: {error}") from error

    def status(self, reason: str) -> None:
        for state, count in outbox.counts().items():
            self.stdout.write(f"{state:16} {count}")
        for hold in SendingHold.objects.order_by("held_at"):
            since = hold.held_at.isoformat(timespec="seconds")
            self.stdout.write(f"Sending is held since {since}: {hold.reason}")

    def hold(self, reason: str) -> None:
        held = outbox.hold(reason, now())
        self.stdout.write(f"Sending is held. {held} messages wait.")

    def release(self, reason: str) -> None:
        released = outbox.release()
        self.stdout.write(f"Sending is released. {released} messages go out now.")
