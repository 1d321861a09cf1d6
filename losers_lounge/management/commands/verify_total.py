"""manage.py verify_total EVENT: the total, added up again from Stripe's books."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from donations.reconciliation import Proof, prove
from donations.stripe_gateway import StripeError
from losers_lounge.management.importing import event_named
from losers_lounge.money import format_cents

MOST_NAMED = 5


class Command(BaseCommand):
    help = (
        "Hold every movement that the event's total counts beside Stripe's own books. "
        "Exits with an error when a cent differs or Stripe does not answer."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("event", help="the event's slug")

    def handle(self, *args: Any, **options: Any) -> None:
        event = event_named(options["event"])
        try:
            proof = prove(event, at=timezone.now())
        except StripeError as error:
            raise CommandError(
                f"{event.slug}: nothing was verified: Stripe: {error}"
            ) from error
        if not proof.holds:
            raise CommandError(f"{event.slug}: {difference(proof)}")
        shown = proof.shown
        self.stdout.write(
            f"{event.slug}: raised {format_cents(shown.raised_cents)}, net "
            f"{format_cents(shown.net_cents)} in {shown.entries} movements as of "
            f"{shown.as_of:%Y-%m-%d %H:%M} UTC: the same at Stripe, to the cent"
        )


def difference(proof: Proof) -> str:
    """Both sides of each sum, and the first movements that disagree."""
    shown = proof.shown
    named = ", ".join(proof.differing[:MOST_NAMED]) or "none"
    return (
        f"raised {format_cents(shown.raised_cents)} here and "
        f"{format_cents(proof.stripe_raised_cents)} at Stripe, net "
        f"{format_cents(shown.net_cents)} and {format_cents(proof.stripe_net_cents)}; "
        f"{len(proof.differing)} movements differ: {named}"
    )
