"""The closing statement on paper: the sums, the standing, every line, and the head."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from donations.statements.document import BY_HAND
from donations.statements.lines import Line
from events.models import Event
from losers_lounge.money import format_cents
from losers_lounge.paper import Column, Letterhead, Paper

# Beyond this the paper says how many more there are: the CSV and the JSON have all.
MOST_LINES = 5_000


def as_pdf(event: Event, body: str, rows: Iterable[Line]) -> bytes:
    """A statement's JSON as a document; `rows` are its lines.

    In the language of the event's letters, so that it prints alike for everybody.
    """
    with translation.override(event.language):
        return _printed(event, body, rows)


def _printed(event: Event, body: str, rows: Iterable[Line]) -> bytes:
    top, footer = _ends(body)
    paper = Paper(
        _("Closing statement"),
        letterhead=Letterhead(top["charity"], _under(top)),
        footer=_("%(event)s, head %(head)s")
        % {"event": top["event"], "head": footer["head"][:16]},
    )
    paper.facts(_facts(event, top, footer))
    paper.heading(_("Totals by scope"))
    paper.table(_scope_columns(), _scope_rows(footer["totals"]))
    paper.paragraph(_scopes(), is_small=True)
    paper.heading(_("Reconciliation"))
    paper.facts(_standing(event, footer["reconciliation"]))
    paper.paragraph(_invariants(), is_small=True)
    paper.heading(_("Every movement of money"))
    drawn = paper.table(_line_columns(), _line_rows(rows), size=6.5)
    if footer["lines"] > drawn:
        more = footer["lines"] - drawn
        paper.paragraph(_("And %d more, in the CSV and the JSON.") % more)
    _prove(paper, footer)
    return paper.as_bytes()


def _prove(paper: Paper, footer: dict[str, Any]) -> None:
    paper.heading(_("Proof"))
    paper.facts(
        [
            (_("Lines"), str(footer["lines"])),
            (_("Head of the chain"), footer["head"]),
            (_("Seal"), footer["seal"]),
        ]
    )
    paper.paragraph(
        _("Anybody can check it: manage.py verify_total, with the JSON or the CSV."),
        is_small=True,
    )


def _scopes() -> str:
    return _(
        "Winners' entry is what the parts of a donation say is admission; all else is "
        "free gift, what was added to cover the fees with it. What goes back comes out "
        "of the free gift first. Gifts by hand and promises are in none of these sums."
    )


def _ends(body: str) -> tuple[dict[str, Any], dict[str, Any]]:
    top = json.loads(body[: body.index("\n")].removeprefix('{"header":').rstrip(","))
    footer = body.rpartition('\n],"footer":')[2].removesuffix("}\n")
    return top, json.loads(footer)


def _under(top: dict[str, Any]) -> tuple[str, ...]:
    ein = _("EIN %s") % top["ein"] if top["ein"] else ""
    return tuple(line for line in (ein, top["name"]) if line)


def _facts(
    event: Event, top: dict[str, Any], footer: dict[str, Any]
) -> Iterator[tuple[str, str]]:
    hand, promised = footer["totals"]["by_hand"], footer["promised"]
    number = top["number"]
    yield _("Version"), str(number) if number else _("as it stands, not frozen")
    yield _("As of"), _at(event, top["as_of"])
    yield _("Currency"), top["currency"].upper()
    yield _("By hand, apart"), format_cents(hand["cents"])
    yield (
        _("Promised, not charged"),
        f"{format_cents(promised['cents'])} ({promised['count']})",
    )
    whole = footer["totals"]["all"]
    yield _("Of it added to cover the fees"), format_cents(whole["covered_fees"])
    yield _("Paid out to the bank"), format_cents(whole["paid_out"])
    yield _("Still at Stripe"), format_cents(whole["at_stripe"])


def _scope_columns() -> list[Column]:
    names = (_("Winners' entry"), _("Free gifts"), _("All"))
    return [Column("", 2), *(Column(name, 1, is_number=True) for name in names)]


def _scope_rows(sums: dict[str, dict[str, int]]) -> Iterator[list[str]]:
    words = {
        "raised": _("Taken by Stripe in all"),
        "refunds": _("Refunds"),
        "disputes": _("Disputes, less what was won again"),
        "kept": _("Raised, less refunds and disputes"),
        "fees": _("Fees of Stripe"),
        "other": _("Other movements"),
        "net": _("Net"),
    }
    for name, label in words.items():
        scopes = ("winners_entry", "free_gifts", "all")
        yield [label, *(format_cents(sums[scope][name]) for scope in scopes)]


def _standing(event: Event, said: dict[str, Any]) -> Iterator[tuple[str, str]]:
    equal = _("Equals Stripe to the cent"), _("Being reconciled")
    yield _("Verdict"), equal[not said["equals_stripe"]]
    if said["compared_at"]:
        yield _("Last compared"), _at(event, said["compared_at"])
        yield _("Difference"), format_cents(said["difference"])
    yield _("Open discrepancies"), str(said["open_discrepancies"])
    for row in said["invariants"]:
        currency = f" ({row['currency'].upper()})" if row["currency"] else ""
        apart = _("%s apart") % format_cents(row["cents"])
        yield row["name"] + currency, _("holds") if row["holds"] else apart


def _invariants() -> str:
    return _(
        "I1: all movements are Stripe's balance. I2: each paid donation is one "
        "payment. I3: what donations' movements come to is what they say. I4: payouts "
        "are what they are made of. I5: what is left is in the bank or at Stripe. "
        "I6: every day is the same in both books."
    )


def _line_columns() -> list[Column]:
    numbers = (_("Gross"), _("Fee"), _("Net"))
    return [
        Column("#", 0.5, is_number=True),
        Column(_("Created (UTC)"), 1.6),
        Column(_("Transaction"), 2.4),
        Column(_("Kind"), 1),
        *(Column(name, 1, is_number=True) for name in numbers),
        Column(_("Donation"), 1.9),
    ]


def _line_rows(rows: Iterable[Line]) -> Iterator[list[str]]:
    for number, line in enumerate(rows):
        if number == MOST_LINES:
            return
        kind = _("by hand") if line["source"] == BY_HAND else line["kind"]
        yield [
            str(line["n"]),
            line["created"][:19].replace("T", " "),
            line["id"],
            kind,
            *(format_cents(line[name]) for name in ("gross", "fee", "net")),
            line["donation"],
        ]


def _at(event: Event, text: str) -> str:
    local = datetime.fromisoformat(text).astimezone(event.zone)
    return f"{local:%Y-%m-%d %H:%M:%S %Z}"
