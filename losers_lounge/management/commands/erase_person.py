"""manage.py erase_person EMAIL [--yes]: forget one person who asks for it."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from events import activity
from guests.privacy import people


class Command(BaseCommand):
    help = (
        "Say what would be forgotten of the person with that address and what stays, "
        "and why; with --yes, do it. Refused while a payment of theirs is not settled "
        "or the books have not been compared."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="the person's address")
        parser.add_argument("--yes", action="store_true", help="forget them now")

    def handle(self, *args: Any, email: str, yes: bool, **options: Any) -> None:
        if "@" not in email:
            raise CommandError("That is no address.")
        plan = people.plan(email)
        if not plan.is_known:
            if yes:
                people.erase(email, by=activity.OPERATOR, at=timezone.now())
            self.stdout.write("Nothing is held of that address.")
            return
        self.stdout.write("Forgotten: " + ", ".join(plan.forgets or ["money alone"]))
        for words in plan.keeps:
            self.stdout.write(f"Stays: {words}")
        if plan.reasons:
            raise CommandError(f"Not yet: {' '.join(plan.reasons)}")
        if not yes:
            self.stdout.write("Nothing was written. Say --yes to do it.")
            return
        try:
            people.erase(email, by=activity.OPERATOR, at=timezone.now())
        except people.Unsettled as error:
            raise CommandError(f"Not yet: {error}") from None
        self.stdout.write("Done. Backups forget them within their own days.")
