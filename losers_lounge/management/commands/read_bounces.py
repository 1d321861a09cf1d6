"""`manage.py read_bounces`: fetch returned mail and complaints from BOUNCES_URL."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils.timezone import now

from events import bounces
from losers_lounge.counted import counted


class Command(BaseCommand):
    help = "Read the mailbox of BOUNCES_URL and mark the mails that came back."

    def handle(self, **options: Any) -> None:
        if not settings.BOUNCES_URL:
            raise CommandError("BOUNCES_URL is not set: there is no mailbox to read.")
        try:
            read, changed = bounces.read(now())
        except bounces.MailboxDown as error:
            raise CommandError(f"The mailbox could not be read: {error}") from error
        except DatabaseError as error:
            raise CommandError(f"The database did not answer: {error}") from error
        self.stdout.write(
            f"{counted(read, 'mail')} read, {changed} changed what we know."
        )
