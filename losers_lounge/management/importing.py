"""What the two import commands share: a dry run, or the real one, in words."""

from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from events.models import Event
from guests import forgotten, imports
from guests.models import ImportRun
from losers_lounge import csvfile
from losers_lounge.counted import counted


def event_named(slug: str) -> Event:
    """The event; CommandError in one clear line when there is none."""
    try:
        return Event.objects.get(slug=slug)
    except Event.DoesNotExist:
        raise CommandError(f"There is no event {slug!r}.") from None


def bytes_of(path: str) -> bytes:
    """The file's content; CommandError in one clear line when it cannot be read."""
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}.") from None


class ImportCommand(BaseCommand):
    kind: ImportRun.Kind

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("event", help="the event's slug")
        parser.add_argument("file", help="a CSV or Excel file")
        parser.add_argument(
            "--dry-run", action="store_true", help="only say what it would do"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        event = event_named(options["event"])
        data = bytes_of(options["file"])
        at = timezone.now()
        run = self.start(event, data, at, options["file"])
        if options["verbosity"] > 1:
            self.stdout.write(f"{options['file']}: {run.summary['read_as']}.")
        for title in run.summary["unknown_columns"]:
            self.stderr.write(f"left out: column {title}")
        if options["dry_run"]:
            summary = imports.discard(run)
            wording = (
                "{new} would be new, {changed} changed, {same} same, {refused} refused."
            )
        else:
            summary = imports.finish(run.pk, by=None, at=at)
            wording = "{new} new, {changed} changed, {same} same, {refused} refused."
        for line, reason in summary.refusals:
            self.stderr.write(f"line {line}: {reason}")
        self.stdout.write(wording.format(**vars(summary)))
        if summary.refused and not options["dry_run"]:
            rows = counted(summary.refused, "row was", "rows were")
            raise CommandError(f"{rows} refused; the others are done.")

    def start(self, event: Event, data: bytes, at: datetime, path: str) -> ImportRun:
        """The dry run; CommandError in one clear line when there can be none."""
        try:
            run = imports.start(event, self.kind, data, by=None, at=at)
        except csvfile.UnreadableFile as error:
            raise CommandError(f"{path}: {error}") from None
        except forgotten.Forgotten as refusal:
            raise CommandError(str(refusal)) from None
        required = imports.required_of(self.kind)
        if not imports.is_enough(self.kind, run.mapping):
            imports.discard(run)
            words = csvfile.missing_title(run.header, required)
            raise CommandError(f"{path}: {words}")
        return run
