"""`manage.py create_host EMAIL [--name NAME]`: the first account of a new server."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import DatabaseError

from events import first_host


class Command(BaseCommand):
    help = (
        "Make an account and print a link by which its owner sets a password: once, "
        "within an hour. Everybody else is put on a team by a host."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", default="", help="default: what stands before @")

    def handle(self, *, email: str, name: str, **options: Any) -> None:
        try:
            email = email.strip()
            validate_email(email)
            link = first_host.welcome(email, name or email.partition("@")[0])
        except ValidationError:
            raise CommandError(f"“{email}” is not an e-mail address.") from None
        except first_host.HasAPassword:
            raise CommandError(
                "This account has a password. At the log-in a new one is sent by mail."
            ) from None
        except DatabaseError as error:
            raise CommandError(f"The database did not answer: {error}") from error
        self.stdout.write(f"Open this within an hour and set a password:\n{link}")
