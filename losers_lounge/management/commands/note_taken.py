"""`manage.py note_taken LOG ...`: after a restore, mail that left before."""

import re
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from events import outbox
from events.outbox import epoch
from losers_lounge.counted import counted

# As make_message_id writes them, wherever in a line a relay puts them.
MESSAGE_ID = re.compile(r"<[0-9a-f]{32}@[^<>\s]{1,255}>")
AT_ONCE = 1_000


class Command(BaseCommand):
    help = (
        "Reads the relay's log for Message-IDs (Postfix: message-id=<...>) and marks "
        "mail that still waits here, but was taken there, as sent. For a database that "
        "was brought back, with the log since its backup, before `outbox release`. "
        "- reads what is piped in."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("logs", nargs="+", type=Path, metavar="LOG")

    def handle(self, *, logs: list[Path], **options: Any) -> None:
        noted = 0
        try:
            if not epoch.is_held():
                raise CommandError("Sending is not held: this is no restored database.")
            for log in logs:
                with opened(log) as lines:
                    found = message_ids(lines)
                    while batch := set(islice(found, AT_ONCE)):
                        noted += outbox.note_taken(batch)
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from error
        except DatabaseError as error:
            raise CommandError(f"The database did not answer: {error}") from error
        self.stdout.write(
            f"Left before, though they seemed to wait: {counted(noted, 'mail')}."
        )


def opened(log: Path) -> AbstractContextManager[TextIO]:
    if str(log) == "-":
        return nullcontext(sys.stdin)
    return log.open(errors="replace")


def message_ids(lines: TextIO) -> Iterator[str]:
    for line in lines:
        yield from MESSAGE_ID.findall(line)
