"""`manage.py restore FILE`: a backup into the empty database of DATABASE_URL."""

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from losers_lounge import backups

NEXT = """\
Nothing leaves it yet: no mail, no charge, no refund. Before you let it go:
  manage.py reconcile           enter what Stripe took since the backup
  manage.py replay_erasures F   forget again who was forgotten since
  manage.py note_taken LOG      mark what the relay has taken since
  manage.py outbox status       what still waits now leaves next
  manage.py outbox release      from here on mail and money leave again"""
MIGRATE = "The backup is of an older release: run manage.py migrate first."


class Command(BaseCommand):
    help = (
        "Fill the empty database of DATABASE_URL from a file that backup made. It is "
        "refused when there is a table in it."
    )
    # They would look for tables.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *, file: Path, **options: Any) -> None:
        begun = time.monotonic()
        try:
            backups.bring_back(file)
            executor = MigrationExecutor(connection)
            plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        except backups.Refused as error:
            raise CommandError(str(error)) from error
        except DatabaseError as error:
            raise CommandError(f"The database did not take it: {error}") from error
        self.stdout.write(f"{file}: restored in {time.monotonic() - begun:.1f} s.")
        if plan:
            self.stdout.write(MIGRATE)
        self.stdout.write(NEXT)
