"""Every movement of an event's money, one line each, in the order it happened."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django.db.models import F

from donations import totals
from donations.models import LedgerEntry
from donations.statements.chain import START, link
from donations.totals.scopes import with_payouts
from events.models import Event

Line = dict[str, Any]
CHUNK = 2_000
COLUMNS = (
    *("n", "id", "source", "kind", "type", "account", "gross", "fee", "net"),
    *("entry_gross", "entry_fee", "covered", "created", "donation", "payout", "hash"),
)


def lines(event: Event) -> Iterator[Line]:
    """Stripe's movements and then the gifts by hand, chained; minor units, UTC.

    One query, read in pieces: constant memory, and one moment for all of it.
    """
    before = START
    for number, row in enumerate(_rows(event), 1):
        line = _line(number, row)
        before = line["hash"] = link(before, line)
        yield line


def stamp(at: datetime) -> str:
    """A moment as statements write it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _rows(event: Event) -> Iterator[LedgerEntry]:
    entries = with_payouts(totals.with_shares(totals.counted(event)))
    entries = entries.annotate(reference=F("donation__public_id"))
    # Stripe's first: "stripe" comes after "manual".
    return entries.order_by("-source", "occurred_at", "pk").iterator(chunk_size=CHUNK)


def _line(number: int, row: LedgerEntry) -> Line:
    return {
        "n": number,
        "id": row.balance_transaction_id,
        "source": row.source,
        "kind": row.kind,
        "type": row.stripe_type,
        "account": row.account,
        "gross": row.gross_cents,
        "fee": row.fee_cents,
        "net": row.net_cents,
        "entry_gross": row.entry_gross_cents,
        "entry_fee": row.entry_fee_cents,
        "covered": row.covered_cents,
        "created": stamp(row.occurred_at),
        "donation": row.reference or "",
        "payout": row.in_payout,
    }
