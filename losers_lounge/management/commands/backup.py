"""`manage.py backup FOLDER`: the whole database as one more file in the folder."""

import time
from argparse import ArgumentParser
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from losers_lounge import backups

# As long as RELIABILITY's table of what is kept says of backups.
KEEP_DAYS = 35


class Command(BaseCommand):
    help = (
        "Write the database to a new file in FOLDER that only you can read, and delete "
        "the backups there that are older than --keep-days."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--keep-days", type=int, default=KEEP_DAYS)

    def handle(self, *, folder: Path, keep_days: int, **options: Any) -> None:
        begun, at = time.monotonic(), datetime.now(UTC)
        if keep_days < 1:
            raise CommandError("--keep-days must be 1 or more.")
        try:
            path = backups.keep(folder, at)
            # Only once there is a new one.
            gone = backups.forget(folder, at - timedelta(days=keep_days))
        except backups.Refused as error:
            raise CommandError(str(error)) from error
        except DatabaseError as error:
            raise CommandError(f"The database did not answer: {error}") from error
        size, seconds = path.stat().st_size / 1e6, time.monotonic() - begun
        self.stdout.write(
            f"{path}: {size:.1f} MB in {seconds:.1f} s. {gone} older deleted."
        )
