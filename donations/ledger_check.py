"""The ledger held against itself and its donations, from the database alone.

What a restored backup is asked before anybody trusts it; Stripe is asked by
`reconciliation` instead.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import F, Q

from donations.discrepancies import Finding
from donations.models import Discrepancy, LedgerEntry
from donations.reconciliation import accounts
from donations.reconciliation.findings import in_donations, in_entries

CHUNK = 2_000
COLUMNS = (
    "account",
    "kind",
    "balance_transaction_id",
    "currency",
    "gross_cents",
    "fee_cents",
    "net_cents",
)


@dataclass(frozen=True)
class Books:
    """All entries: how many, what they come to in minor units, and their hash."""

    entries: int
    gross_cents: int
    fee_cents: int
    net_cents: int
    digest: str


def books() -> Books:
    """Two databases with the same entries have the same digest, whatever their order
    of rows; constant memory."""
    count, sums, digest = 0, [0, 0, 0], hashlib.sha256()
    rows = LedgerEntry.objects.order_by("account", "balance_transaction_id", "pk")
    for row in rows.values_list(*COLUMNS).iterator(CHUNK):
        count += 1
        sums = [total + cents for total, cents in zip(sums, row[-3:], strict=True)]
        digest.update("\x1f".join(map(str, row)).encode() + b"\n")
    return Books(count, *sums, digest.hexdigest())


def faults() -> Iterator[tuple[str, Finding]]:
    """What is wrong, by account; what a person has explained is not."""
    for account in accounts():
        explained = set(_explained(account))
        for finding in (*in_donations(account), *in_entries(account)):
            if (finding.kind, finding.subject, finding.cents) not in explained:
                yield account, finding


def sums_that_do_not_add_up() -> int:
    """Entries whose net is not gross less fee; the database itself refuses them."""
    wrong = ~Q(net_cents=F("gross_cents") - F("fee_cents"))
    return LedgerEntry.objects.filter(wrong).count()


def _explained(account: str) -> Iterator[tuple[str, str, int]]:
    rows = Discrepancy.objects.filter(account=account).exclude(closed_by_name="")
    yield from rows.values_list("kind", "subject", "cents")
