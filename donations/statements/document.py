"""The closing statement as JSON and as CSV, written line by line.

The JSON is self-contained and canonical; its layout is fixed to the line feed, so
that a reader needs no more than one line at a time.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from donations import figures, totals
from donations.models import Reconciliation
from donations.reconciliation import Standing, standing
from donations.statements.chain import FORMAT, START, canonical, seal
from donations.statements.lines import COLUMNS, Line, lines, stamp
from donations.totals.tally import Tally
from events.models import Event
from losers_lounge import csvfile

AT_ONCE = 500
BY_HAND = "manual"
OPENING, MIDDLE, CLOSING = '"entries":[', '],"by_hand":[', '],"footer":'


def header(event: Event, at: datetime, number: int) -> dict[str, Any]:
    """Whose money, and when; number 0 is a statement that nobody has frozen."""
    return {
        "format": FORMAT,
        "event": event.slug,
        "name": event.name,
        "charity": event.charity.legal_name,
        "ein": event.charity.ein,
        "account": event.charity.stripe_account_id,
        "currency": event.currency,
        "time_zone": event.time_zone,
        "number": number,
        "as_of": stamp(at),
    }


def as_json(event: Event, at: datetime, number: int = 0) -> Iterator[str]:
    """The statement as text, piece by piece; the sums come last, from its own lines."""
    top = header(event, at, number)
    before = standing(event.charity.stripe_account_id)
    promised = vars(totals.promised(event))
    body = _Body()
    yield f'{{"header":{canonical(top)},\n{OPENING}'
    yield from body.pieces(lines(event))
    after = standing(event.charity.stripe_account_id)
    footer = {
        "lines": body.count,
        "head": body.head,
        "totals": body.tally.totals(),
        "promised": promised,
        "reconciliation": _reconciliation(before, after),
    }
    footer["seal"] = seal(body.head, top, footer)
    yield f"\n{CLOSING}{canonical(footer)}}}\n"


class _Body:
    """The lines as text; what the footer says of them is known when all are through."""

    def __init__(self) -> None:
        self.tally, self.head, self.count = Tally(), START, 0

    def pieces(self, rows: Iterable[Line]) -> Iterator[str]:
        """Some hundred lines at a time, those of gifts by hand in a list apart."""
        parts: list[str] = []
        comma, is_by_hand = "\n", False
        for line in rows:
            if line["source"] == BY_HAND and not is_by_hand:
                parts.append(f"\n{MIDDLE}")
                comma, is_by_hand = "\n", True
            parts.append(f"{comma}{canonical(line)}")
            comma, self.head = ",\n", line["hash"]
            self.count += 1
            self.tally.add(line)
            if len(parts) >= AT_ONCE:
                yield "".join(parts)
                parts.clear()
        if not is_by_hand:
            parts.append(f"\n{MIDDLE}")
        yield "".join(parts)


def as_csv(rows: Iterable[Line]) -> Iterator[str]:
    """The same lines as CSV; its last rows say how many, what sum, and the head."""
    return csvfile.write(COLUMNS, _cells(rows))


def ends(tally: Tally, head: str, count: int) -> Iterator[list[object]]:
    """The last rows of the CSV: Stripe's sum, that of gifts by hand, and the head."""
    found = tally.totals()
    whole, entry, hand = found["all"], found["winners_entry"], found["by_hand"]
    yield _sum(
        whole["entries"],
        "TOTAL",
        "stripe",
        gross=whole["kept"] + whole["other"],
        fee=whole["fees"],
        net=whole["net"],
        entry_gross=entry["kept"] + entry["other"],
        entry_fee=entry["fees"],
        covered=whole["covered_fees"],
    )
    yield _sum(
        hand["entries"],
        "TOTAL",
        BY_HAND,
        gross=hand["cents"],
        net=hand["cents"],
        entry_gross=hand["winners_entry"],
    )
    yield _sum(count, "HEAD", hash=head)


def written(row: list[object]) -> str:
    """One row as the CSV has it."""
    return "".join(csvfile.write(row, ()))


def _cells(rows: Iterable[Line]) -> Iterator[list[object]]:
    tally, head, count = Tally(), START, 0
    for line in rows:
        tally.add(line)
        head, count = line["hash"], count + 1
        yield [line[name] for name in COLUMNS]
    yield from ends(tally, head, count)


def _sum(count: int, name: str, source: str = "", **cells: object) -> list[object]:
    found = {"n": count, "id": name, "source": source} | cells
    return [found.get(column, "") for column in COLUMNS]


def _reconciliation(before: Standing, after: Standing) -> dict[str, Any]:
    """How the lines stand towards Stripe, and the invariants as last computed."""
    run = after.run
    return {
        "equals_stripe": figures.held(before, after),
        "compared_at": stamp(run.finished_at) if run else None,
        "difference": run.difference_cents if run else None,
        "open_discrepancies": after.open_discrepancies,
        "invariants": _invariants(run),
    }


def _invariants(run: Reconciliation | None) -> list[dict[str, Any]]:
    """Which hold and how far apart the others are; an account's sums are not said.

    The account may hold other events' money too.
    """
    rows = run.checks.get("invariants", []) if run else []
    said = ("name", "currency", "holds", "cents")
    return [{name: row[name] for name in said} for row in rows]
