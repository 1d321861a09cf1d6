"""The closing statement on paper: the sums, the standing, every line, and the head."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from donations.statements.document import BY_HAND
from donations.statements.labels import Labels, Printing
from donations.statements.lines import Line
from losers_lounge.money import format_cents
from losers_lounge.paper import Column, Letterhead, Paper

# Beyond this the paper says how many more there are: the CSV and the JSON have all.
MOST_LINES = 5_000
SUMS = ("raised", "refunds", "disputes", "kept", "fees", "other", "net")
SCOPES = ("winners_entry", "free_gifts", "all")


def as_pdf(printing: Printing, body: str, rows: Iterable[Line]) -> bytes:
    """A statement's JSON as a document; `rows` are its lines.

    In the words and by the clock of `printing`: the same bytes for everybody, and of a
    frozen version the same for ever.
    """
    said, zone = printing["labels"], ZoneInfo(printing["time_zone"])
    top, footer = _ends(body)
    paper = Paper(
        said["title"],
        letterhead=Letterhead(top["charity"], _under(said, top)),
        footer=said["footer"] % {"event": top["event"], "head": footer["head"][:16]},
    )
    paper.facts(_facts(said, zone, top, footer))
    paper.heading(said["scopes"])
    paper.table(_scope_columns(said), _scope_rows(said, footer["totals"]))
    paper.paragraph(said["what_scopes_are"], is_small=True)
    paper.heading(said["reconciliation"])
    paper.facts(_standing(said, zone, footer["reconciliation"]))
    paper.paragraph(said["what_invariants_are"], is_small=True)
    paper.heading(said["movements"])
    drawn = paper.table(_line_columns(said), _line_rows(said, rows), size=6.5)
    if footer["lines"] > drawn:
        paper.paragraph(said["more"] % (footer["lines"] - drawn))
    _prove(said, paper, footer)
    return paper.as_bytes()


def _prove(said: Labels, paper: Paper, footer: dict[str, Any]) -> None:
    paper.heading(said["proof"])
    names = ("lines", "head", "seal")
    paper.facts([(said[name], str(footer[name])) for name in names])
    paper.paragraph(said["check"], is_small=True)


def _ends(body: str) -> tuple[dict[str, Any], dict[str, Any]]:
    top = json.loads(body[: body.index("\n")].removeprefix('{"header":').rstrip(","))
    footer = body.rpartition('\n],"footer":')[2].removesuffix("}\n")
    return top, json.loads(footer)


def _under(said: Labels, top: dict[str, Any]) -> tuple[str, ...]:
    ein = said["ein"] % top["ein"] if top["ein"] else ""
    return tuple(line for line in (ein, top["name"]) if line)


def _facts(
    said: Labels, zone: ZoneInfo, top: dict[str, Any], footer: dict[str, Any]
) -> Iterator[tuple[str, str]]:
    hand, promised = footer["totals"]["by_hand"], footer["promised"]
    number = top["number"]
    yield said["version"], str(number) if number else said["not_frozen"]
    yield said["as_of"], _at(zone, top["as_of"])
    yield said["currency"], top["currency"].upper()
    yield said["by_hand_apart"], format_cents(hand["cents"])
    yield said["promised"], f"{format_cents(promised['cents'])} ({promised['count']})"
    whole = footer["totals"]["all"]
    for name in ("covered_fees", "paid_out", "at_stripe"):
        yield said[name], format_cents(whole[name])


def _scope_columns(said: Labels) -> list[Column]:
    return [Column("", 2), *(Column(said[name], 1, is_number=True) for name in SCOPES)]


def _scope_rows(said: Labels, sums: dict[str, dict[str, int]]) -> Iterator[list[str]]:
    for name in SUMS:
        yield [said[name], *(format_cents(sums[scope][name]) for scope in SCOPES)]


def _standing(
    said: Labels, zone: ZoneInfo, found: dict[str, Any]
) -> Iterator[tuple[str, str]]:
    yield said["verdict"], said["equal" if found["equals_stripe"] else "not_equal"]
    if found["compared_at"]:
        yield said["compared"], _at(zone, found["compared_at"])
        yield said["difference"], format_cents(found["difference"])
    yield said["open"], str(found["open_discrepancies"])
    for row in found["invariants"]:
        currency = f" ({row['currency'].upper()})" if row["currency"] else ""
        apart = said["apart"] % format_cents(row["cents"])
        yield row["name"] + currency, said["holds"] if row["holds"] else apart


def _line_columns(said: Labels) -> list[Column]:
    return [
        Column("#", 0.5, is_number=True),
        Column(said["created"], 1.45),
        Column(said["transaction"], 2.9),
        Column(said["kind"], 0.9),
        *(Column(said[name], 1, is_number=True) for name in ("gross", "fee", "net")),
        Column(said["donation"], 1.9),
    ]


def _line_rows(said: Labels, rows: Iterable[Line]) -> Iterator[list[str]]:
    for number, line in enumerate(rows):
        if number == MOST_LINES:
            return
        yield [
            str(line["n"]),
            line["created"][:19].replace("T", " "),
            line["id"],
            said["by_hand"] if line["source"] == BY_HAND else line["kind"],
            *(format_cents(line[name]) for name in ("gross", "fee", "net")),
            line["donation"],
        ]


def _at(zone: ZoneInfo, text: str) -> str:
    local = datetime.fromisoformat(text).astimezone(zone)
    return f"{local:%Y-%m-%d %H:%M:%S %Z}"
