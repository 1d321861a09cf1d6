"""manage.py rehearse EVENT: play a whole night on a copy, and compare its books."""

import json
from argparse import ArgumentParser, ArgumentTypeError
from datetime import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from losers_lounge.management.importing import event_named
from losers_lounge.rehearsal import replay, script
from losers_lounge.rehearsal.donor import NoStandIn
from losers_lounge.rehearsal.script import ScriptError


def moment(text: str) -> time:
    """A time of the night."""
    try:
        return time.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text}: use a time like 20:41") from None


class Command(BaseCommand):
    help = (
        "Play a scripted night on a copy of the event, with payments at the stand-in "
        "for Stripe, and compare the books. Exits with an error when they differ."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("event", help="the event's slug; it is copied, not touched")
        parser.add_argument(
            "--speed",
            type=float,
            default=0,
            help="10: ten times as fast as the script's clock; 0, the default: no wait",
        )
        parser.add_argument(
            "--script", type=Path, help="the night; without it, that of 2013"
        )
        parser.add_argument("--expected", type=Path, help="the books at its end")
        parser.add_argument(
            "--seed", type=int, default=0, help="shuffles what may come in any order"
        )
        parser.add_argument(
            "--until",
            type=moment,
            metavar="HH:MM",
            help="stop before this time of the night, and leave the copy open there",
        )
        parser.add_argument(
            "--keep", action="store_true", help="leave the copy open afterwards"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["speed"] < 0:
            raise CommandError("--speed must not be less than 0.")
        event = event_named(options["event"])
        wishes = replay.Wishes(
            night=options["script"] or script.NIGHT,
            speed=options["speed"],
            seed=options["seed"],
            until=options["until"],
            is_kept_open=options["keep"],
        )
        try:
            expected = self.expected(options)
            outcome = replay.play(event, wishes, self.stdout.write)
        except (NoStandIn, ScriptError) as problem:
            raise CommandError(str(problem)) from None
        if options["until"]:
            self.stop(outcome)
            return
        if expected is None:
            self.stdout.write(json.dumps(outcome.books, indent=2, default=str))
            expected = {}
        self.report(outcome.unlike(expected), outcome)

    def expected(self, options: dict[str, Any]) -> dict[str, Any] | None:
        """The books to find; None for a script of one's own without any."""
        path = options["expected"]
        if path is None:
            return None if options["script"] else script.content_of(script.EXPECTED)
        books = script.content_of(path)
        if not isinstance(books, dict):
            raise ScriptError(f"{path.name}: write an object with facts and ledger.")
        return books

    def stop(self, outcome: replay.Outcome) -> None:
        """Where the night was left, and where to look at it."""
        for line in outcome.otherwise:
            self.stdout.write(f"DIFFERS  {line}")
        path = reverse("guests:door", args=[outcome.event.slug])
        self.stdout.write(f"Stopped. The door is open: {settings.SITE_URL}{path}")
        if outcome.otherwise:
            raise CommandError(f"{outcome.event.slug}: not as it is written.")

    def report(self, unlike: list[str], outcome: replay.Outcome) -> None:
        """PASS, or each difference and an error."""
        for line in unlike:
            self.stdout.write(f"DIFFERS  {line}")
        if unlike:
            many = f"{len(unlike)} difference{'s' if len(unlike) > 1 else ''}"
            raise CommandError(f"{outcome.event.slug}: {many}.")
        raised = outcome.books["facts"]["ledger"]["gross_cents"]
        lines = len(outcome.books["ledger"])
        self.stdout.write(
            f"PASS: the books are as expected, ${raised / 100:,.2f} raised in {lines} "
            "movements, the same at Stripe."
        )
