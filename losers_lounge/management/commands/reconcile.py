"""`manage.py reconcile [--since DATE]`: the ledger against Stripe, to the cent."""

from argparse import ArgumentTypeError
from datetime import UTC, date, datetime, time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from donations import webhooks
from donations.models import Discrepancy, ReconciledDay, Reconciliation
from donations.reconciliation import accounts, reconcile
from donations.stripe_gateway import StripeError
from losers_lounge.counted import counted
from losers_lounge.money import format_cents


def day(text: str) -> datetime:
    """The beginning of a day, in UTC as Stripe's books have it."""
    try:
        return datetime.combine(date.fromisoformat(text), time(), UTC)
    except ValueError as error:
        raise ArgumentTypeError(f"{text}: use a date like 2026-09-22") from error


class Command(BaseCommand):
    help = (
        "Hears what no webhook brought, enters what the ledger lacks and compares it "
        "with Stripe's books to the cent. Exits with an error when they differ or "
        "Stripe does not answer."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--since", type=day, help="look back to this day (2026-09-22, UTC)"
        )

    def handle(self, *args: Any, since: datetime | None, **options: Any) -> None:
        at, runs = timezone.now(), []
        try:
            webhooks.recover(at=at, since=since)
        except StripeError as error:
            raise CommandError(f"Stripe: {error}") from error
        for account in accounts():
            try:
                run = reconcile(account, at=at, since=since)
            except StripeError as error:
                raise CommandError(f"{name(account)}: Stripe: {error}") from error
            runs.append(run)
            self.report(run)
        if not runs:
            self.stdout.write("No event, no account: nothing to compare.")
        differing = [run for run in runs if run.verdict != run.Verdict.MATCHED]
        if differing:
            names = ", ".join(name(run.account) for run in differing)
            raise CommandError(f"The ledger differs from Stripe: {names}")

    def report(self, run: Reconciliation) -> None:
        self.stdout.write(
            f"{name(run.account)}: since {run.since:%Y-%m-%d %H:%M} UTC, "
            f"{counted(run.stripe_entries, 'movement')} at Stripe, "
            f"{run.ledger_entries} in the ledger, {run.imported} of them entered now"
        )
        rows = (
            ("gross", run.stripe_gross_cents, run.ledger_gross_cents),
            ("fees", run.stripe_fee_cents, run.ledger_fee_cents),
            ("net", run.stripe_net_cents, run.ledger_net_cents),
        )
        for words, stripe, ledger in rows:
            self.stdout.write(
                f"  {words:<6} Stripe {format_cents(stripe)}  "
                f"ledger {format_cents(ledger)}"
            )
        self.report_days(run)
        self.report_checks(run)
        still_open = Discrepancy.objects.open().filter(account=run.account)
        for row in still_open.order_by("pk").iterator():
            self.stdout.write(
                f"  {row.get_kind_display()}: {row.subject}, {format_cents(row.cents)}"
            )
        self.stdout.write(f"  {run.get_verdict_display()}")

    def report_days(self, run: Reconciliation) -> None:
        """Each day that was compared, as Stripe counts days."""
        days = ReconciledDay.objects.filter(
            account=run.account, compared_at=run.started_at
        )
        for day in days.order_by("day", "currency"):
            self.stdout.write(
                f"  {day.day} {day.currency}: {day.stripe_entries} at Stripe "
                f"{format_cents(day.stripe_net_cents)}, {day.ledger_entries} in the "
                f"ledger {format_cents(day.ledger_net_cents)}"
                f"{'' if day.agrees else '  DIFFERS'}"
            )

    def report_checks(self, run: Reconciliation) -> None:
        """Each invariant with both its sides, and Stripe's clock."""
        for check in run.checks.get("invariants", []):
            said = "holds" if check["holds"] else "DOES NOT HOLD"
            apart = format_cents(check["cents"])
            sides = (format_cents(check[f"{side}_cents"]) for side in ("left", "right"))
            self.stdout.write(
                f"  {check['name']:<3} {said}: {' and '.join(sides)}, {apart} apart"
            )
        clock = run.checks.get("clock", {})
        if clock.get("holds") is False:
            words = f"  Stripe's clock is {clock['seconds']} seconds from ours"
            self.stderr.write(words)


def name(account: str) -> str:
    return account or "our own account"
