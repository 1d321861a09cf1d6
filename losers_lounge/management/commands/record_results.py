"""manage.py record_results EVENT FILE: the academy's official winners."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from events import nominations, official
from events.nominations import REFUSED
from guests import results_night
from losers_lounge import csvfile
from losers_lounge.counted import counted
from losers_lounge.management.importing import bytes_of, event_named


class Command(BaseCommand):
    help = "Record official results; the same list again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("event", help="the event's slug")
        parser.add_argument("file", help="CSV: category,work,nominees,outcome")

    def handle(self, *args: Any, **options: Any) -> None:
        event = event_named(options["event"])
        try:
            table = nominations.read(bytes_of(options["file"]))
        except csvfile.UnreadableFile as error:
            raise CommandError(f"{options['file']}: {error}") from None
        rows = [{"line": row.line, "cells": row.cells} for row in table.rows]
        planned = nominations.plan(event, rows).rows
        found = official.match(event, [r for r in planned if r.verdict != REFUSED])
        refused = [(r.line, r.reason) for r in planned if r.verdict == REFUSED]
        refused = sorted(refused + found.refused)
        for line, reason in refused:
            self.stderr.write(f"line {line}: {reason}")
        if refused:
            lines = f"{len(refused)} line{'s' if len(refused) > 1 else ''}"
            raise CommandError(f"Nothing was recorded: {lines} cannot be taken over.")
        if not found.winners:
            raise CommandError("Nothing was recorded: no line names a winner.")
        changed = results_night.record(event, found.winners, by=None, at=timezone.now())
        named = len(found.winners)
        self.stdout.write(
            f"{counted(named, 'category', 'categories')} named, {changed} changed."
        )
