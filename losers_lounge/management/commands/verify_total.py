"""manage.py verify_total: an event's total, or a statement's file, added up again."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from donations import statements
from donations.reconciliation import Proof, prove
from donations.statements import beside_stripe
from donations.stripe_gateway import StripeError
from losers_lounge.counted import counted
from losers_lounge.management.importing import event_named
from losers_lounge.money import format_cents

MOST_NAMED = 5
FILES = (".json", ".csv")


class Command(BaseCommand):
    help = (
        "Of an event: hold every movement that its total counts beside Stripe's own "
        "books. Of a closing statement (.json or .csv): add it up again and follow its "
        "chain of hashes, from the file alone; with --stripe, hold each line beside "
        "Stripe's books too. Exits with an error that names what differs."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", help="an event's slug, or a statement's file")
        parser.add_argument(
            "--stripe", action="store_true", help="ask Stripe about each line of a file"
        )
        parser.add_argument(
            "--head",
            default="",
            help="the head (its lines) or seal (all of it) that was printed on paper",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        what = options["what"]
        if what.endswith(FILES):
            self.verify_file(Path(what), options["head"], ask=options["stripe"])
        else:
            self.verify_event(what)

    def verify_event(self, slug: str) -> None:
        event = event_named(slug)
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
            f"{format_cents(shown.net_cents)} in "
            f"{counted(shown.entries, 'movement')} as of "
            f"{shown.as_of:%Y-%m-%d %H:%M} UTC: the same at Stripe, to the cent"
        )

    def verify_file(self, path: Path, head: str, *, ask: bool) -> None:
        """Without a database and without network, unless Stripe is asked."""
        found = _checked(path)
        if found.faults:
            raise CommandError(f"{path}: it was changed: " + "; ".join(found.faults))
        seal = found.footer.get("seal", "")
        if head and head not in (found.head, seal):
            raise CommandError(f"{path}: it ends with {found.head}, not with {head}")
        sums = found.tally.totals()
        whole = sums["all"]
        self.stdout.write(
            f"{path}: {counted(found.count, 'entry', 'entries')} in an unbroken "
            f"chain; raised {format_cents(whole['raised'])}, "
            f"{format_cents(whole['kept'])} after refunds and disputes, "
            f"net {format_cents(whole['net'])}; by hand, apart, "
            f"{format_cents(sums['by_hand']['cents'])}"
        )
        self.stdout.write(f"head {found.head}")
        if seal:
            self.stdout.write(f"seal {seal}")
        if ask:
            self.stdout.write(_beside_stripe(path))


def _checked(path: Path) -> statements.Checked:
    try:
        # As the bytes are: no line end is made another, no byte is an error.
        with path.open(newline="", errors="surrogateescape") as file:
            return statements.check(file)
    except OSError as error:
        raise CommandError(f"{path}: it cannot be read: {error.strerror}") from error
    except statements.NotAStatement as error:
        raise CommandError(f"{path}: no closing statement: {error}") from error


def _beside_stripe(path: Path) -> str:
    try:
        with path.open(newline="") as file:
            found = beside_stripe(statements.read_lines(file))
    except StripeError as error:
        raise CommandError(f"{path}: Stripe was not asked to the end: {error}") from (
            error
        )
    if found.differing:
        named = ", ".join(found.differing[:MOST_NAMED])
        raise CommandError(
            f"{path}: {len(found.differing)} of {found.asked} entries are otherwise "
            f"at Stripe: {named}"
        )
    return (
        f"the same at Stripe, to the cent: {counted(found.asked, 'entry', 'entries')}"
    )


def difference(proof: Proof) -> str:
    """Both sides of each sum, and the first movements that disagree."""
    shown = proof.shown
    named = ", ".join(proof.differing[:MOST_NAMED]) or "none"
    return (
        f"raised {format_cents(shown.raised_cents)} here and "
        f"{format_cents(proof.stripe_raised_cents)} at Stripe, net "
        f"{format_cents(shown.net_cents)} and {format_cents(proof.stripe_net_cents)}; "
        f"{counted(len(proof.differing), 'movement')} apart: {named}"
    )
