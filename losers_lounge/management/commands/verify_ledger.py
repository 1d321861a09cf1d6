"""`manage.py verify_ledger`: the ledger against itself, from the database alone."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from donations import ledger_check
from losers_lounge.counted import counted
from losers_lounge.management.commands.reconcile import name
from losers_lounge.money import format_cents

MOST_NAMED = 5


class Command(BaseCommand):
    help = (
        "Adds every entry up again and holds each donation beside its entries; Stripe "
        "is not asked. Prints a hash that two copies of one ledger share. Exits with 1 "
        "on any difference that nobody has explained."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        found = ledger_check.books()
        self.stdout.write(
            f"{counted(found.entries, 'entry', 'entries')}: gross "
            f"{format_cents(found.gross_cents)}, fees {format_cents(found.fee_cents)}, "
            f"net {format_cents(found.net_cents)}"
        )
        self.stdout.write(f"sha256 {found.digest}")
        wrong = [
            f"{name(account)}: {finding.kind.label}: {finding.subject}, "
            f"{format_cents(finding.cents)}"
            for account, finding in ledger_check.faults()
        ]
        if number := ledger_check.sums_that_do_not_add_up():
            entries = counted(number, "entry", "entries")
            wrong.append(f"{entries} whose net is not gross less fee")
        if wrong:
            named = "; ".join(wrong[:MOST_NAMED])
            raise CommandError(f"{counted(len(wrong), 'difference')}: {named}")
        self.stdout.write("Every donation is what its entries come to.")
