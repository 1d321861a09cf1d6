"""`manage.py end_sessions EMAIL | --everybody`: log somebody out, wherever they are."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from events import sessions
from events.models import User
from losers_lounge.counted import counted


class Command(BaseCommand):
    help = "End every session of one account, or of all (ASVS 5.0, 7.4.5)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        whose = parser.add_mutually_exclusive_group(required=True)
        whose.add_argument("email", nargs="?", help="the address they log in with")
        whose.add_argument("--everybody", action="store_true")

    def handle(self, *, email: str | None, everybody: bool, **options: Any) -> None:
        people = User.objects.all()
        if not everybody:
            people = people.filter(email__iexact=(email or "").strip())
        try:
            ended = sessions.end_all(people)
        except DatabaseError as error:
            raise CommandError(f"The database did not answer: {error}") from error
        if not ended:
            raise CommandError("There is no such account.")
        self.stdout.write(f"Every session of {counted(ended, 'account')} is ended.")
