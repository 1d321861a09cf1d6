"""`manage.py alerts`: what is wrong now and what to do; exits with 1 if anything is."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone

from losers_lounge.counted import counted
from losers_lounge.operations.alerts import firing


class Command(BaseCommand):
    help = "Names what somebody has to look at, and what to do. Exits with 1 if any."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = firing(timezone.now())
        except DatabaseError as error:
            raise CommandError(f"The database did not answer: {error}") from error
        for alert in found:
            self.stdout.write(f"{alert.name}: {alert.seen}\n    {alert.to_do}")
        if found:
            raise CommandError(f"{counted(len(found), 'alert')}.")
        self.stdout.write("No alert.")
