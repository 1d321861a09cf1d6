"""`manage.py reset_second_factor EMAIL`: let in who has lost phone and codes."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils.timezone import now

from events import activity, second_factor
from events.models import User


class Command(BaseCommand):
    help = (
        "Remove all second factors of an account and end its sessions. Be sure who "
        "asks: see them, or call the number you have always had. Each of their events "
        "writes it down."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="the address they log in with")

    def handle(self, *, email: str, **options: Any) -> None:
        try:
            user = User.objects.filter(email__iexact=email.strip()).first()
            if user is None:
                raise CommandError("There is no account with this address.")
            removed = second_factor.reset(user, by=activity.OPERATOR, at=now())
        except DatabaseError as error:
            raise CommandError(f"The database did not answer: {error}") from error
        if not removed:
            raise CommandError("This account has no second factor.")
        self.stdout.write(
            f"{removed} removed; every session is ended. The password alone opens the "
            "account now: let them add a new factor at once."
        )
