"""manage.py replay_erasures [FILE] [--list]: forget again after a restore."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from events import tombstones
from guests.privacy import replaying
from losers_lounge.counted import counted


class Command(BaseCommand):
    help = (
        "After a restore: forget again whoever was forgotten since the backup. FILE "
        "is the list of tombstones kept beside the backups (TOMBSTONES_FILE, or what "
        "--list prints). Exits with an error while somebody cannot be forgotten yet."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path)
        parser.add_argument(
            "--list", action="store_true", help="print this database's tombstones"
        )

    def handle(self, *args: Any, file: Path | None, **options: Any) -> None:
        if options["list"]:
            for line in tombstones.listed():
                self.stdout.write(line)
            return
        try:
            lines = file.read_text("ascii").splitlines() if file else []
            done = replaying.replay(lines, timezone.now())
        except (tombstones.Unreadable, OSError, UnicodeError) as error:
            raise CommandError(f"{file}: {error}") from None
        self.stdout.write(
            f"Forgotten again: {counted(done.people, 'person', 'people')}, "
            f"{counted(done.evenings, 'evening')}."
        )
        if done.waits:
            raise CommandError(f"Not yet: {', '.join(done.waits)}. Run it again.")
