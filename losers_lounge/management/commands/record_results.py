"""manage.py record_results EVENT FILE: the academy's official winners."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from events import nominations, official
from guests import results_night
from losers_lounge import csvfile
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
        found = official.match(event, nominations.plan(event, rows).rows)
        for line, reason in found.refused:
            self.stderr.write(f"line {line}: {reason}")
        if found.refused:
            raise CommandError(
                f"Nothing was recorded: {len(found.refused)} lines fit no nomination."
            )
        changed = results_night.record(event, found.winners, by=None, at=timezone.now())
        named = len(found.winners)
        self.stdout.write(f"{named} categories named, {changed} changed.")
