"""Check a statement's file from the file alone: no database, no network.

It is read line by line, in constant memory. Each line must be written in the one
canonical way, its hash must cover it and the line before, the sums must be those of
the lines, and the seal must cover it all. The first faults are named.
"""

import csv
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from donations.statements import document
from donations.statements.chain import FORMAT, START, canonical, link, seal
from donations.statements.lines import COLUMNS, Line
from donations.totals.tally import Tally
from losers_lounge.csvfile.writing import plain

MOST_FAULTS = 5
NUMBERS = ("n", "gross", "fee", "net", "entry_gross", "entry_fee", "covered")
TOP, END = '{"header":', "}"


class NotAStatement(Exception):
    """The file is no closing statement; the text says what is missing."""


@dataclass
class Checked:
    """What a file says, and whatever in it is not as it was written."""

    header: dict[str, Any] = field(default_factory=dict)
    footer: dict[str, Any] = field(default_factory=dict)
    head: str = START
    count: int = 0
    faults: list[str] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)

    def fault(self, place: int, words: str) -> None:
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(f"line {place} of the file: {words}")

    def take(self, place: int, line: Line) -> None:
        """The next line: its number, its hash, its sums."""
        self.count += 1
        name = f"entry {line['n']} ({line['id']})"
        if line["n"] != self.count:
            self.fault(place, f"{name} stands where entry {self.count} belongs")
            self.count = line["n"]
        if line["hash"] != link(self.head, line):
            self.fault(place, f"{name} is not what its hash covers")
        if line["net"] != line["gross"] - line["fee"]:
            self.fault(place, f"{name}: net is not gross less fee")
        self.head = line["hash"]
        self.tally.add(line)


def check(texts: Iterable[str]) -> Checked:
    """Read a statement, JSON or CSV; raises NotAStatement for any other file."""
    rows = enumerate(texts, 1)
    _place, first = next(rows, (0, ""))
    if first.rstrip("\r\n") == ",".join(COLUMNS):
        return _check_csv(rows)
    if first.startswith(TOP):
        return _check_json(first, rows)
    raise NotAStatement("it begins neither like a statement's JSON nor like its CSV")


def read_lines(texts: Iterable[str]) -> Iterator[Line]:
    """The lines of a file that was checked and found without a fault."""
    for text in texts:
        if text.startswith('{"account"'):
            yield json.loads(text.rstrip(",\n"))
        elif not text.startswith(("{", '"', "]")):
            cells = map(plain, next(csv.reader([text]), []))
            line: dict[str, Any] = dict(zip(COLUMNS, cells, strict=False))
            if line.get("created") and _has_numbers(line):
                yield line


def _check_json(first: str, rows: Iterator[tuple[int, str]]) -> Checked:
    found = Checked()
    found.header = _object(found, 1, first.removeprefix(TOP).removesuffix(",\n"))
    if found.header.get("format") != FORMAT:
        raise NotAStatement(f"its header does not say {FORMAT}")
    if first != f"{TOP}{canonical(found.header)},\n":
        found.fault(1, "the header is not written as statements are")
    sections = [document.OPENING, document.MIDDLE]
    for place, text in rows:
        if text.startswith(document.CLOSING):
            _check_footer(found, place, text, sections)
            for after, _rest in rows:
                found.fault(after, "something stands after the end")
            return found
        if sections and text == sections[0] + "\n":
            sections.pop(0)
        else:
            _check_line(found, place, text, is_by_hand=not sections)
    raise NotAStatement("it has no end: the file was cut")


def _check_line(found: Checked, place: int, text: str, *, is_by_hand: bool) -> None:
    line = _object(found, place, text.rstrip("\n").removesuffix(","))
    if not _is_a_line(line):
        found.fault(place, "this is no entry of a statement")
    elif text not in (f"{canonical(line)},\n", f"{canonical(line)}\n"):
        found.fault(place, f"entry {line['n']} ({line['id']}) is written otherwise")
    else:
        if (line["source"] == document.BY_HAND) != is_by_hand:
            found.fault(place, f"entry {line['n']} ({line['id']}) is in the wrong list")
        found.take(place, line)


def _check_footer(found: Checked, place: int, text: str, sections: list[str]) -> None:
    bare = text.removeprefix(document.CLOSING).rstrip("\n").removesuffix(END)
    footer = found.footer = _object(found, place, bare)
    if sections or text != f"{document.CLOSING}{canonical(footer)}{END}\n":
        found.fault(place, "the end is not written as statements are")
    if (footer.get("lines"), footer.get("head")) != (found.count, found.head):
        found.fault(place, f"the end does not follow entry {found.count}")
    for scope, sums in found.tally.totals().items():
        said = footer.get("totals", {}).get(scope, {})
        for name, cents in sums.items():
            if said.get(name) != cents:
                words = f"says {said.get(name)}, its entries come to {cents}"
                found.fault(place, f"{scope}, {name}: {words}")
    if footer.get("seal") != seal(found.head, found.header, footer):
        found.fault(place, "the seal does not cover this header and this end")


def _check_csv(rows: Iterator[tuple[int, str]]) -> Checked:
    found, ends, last = Checked(), [], 1
    for last, text in rows:
        cells = [plain(cell) for cell in next(csv.reader([text]), [])]
        line: dict[str, Any] = dict(zip(COLUMNS, cells, strict=False))
        if len(cells) == len(COLUMNS) and not line["created"]:
            ends.append((last, text))
        elif ends or not _has_numbers(line) or len(cells) != len(COLUMNS):
            found.fault(last, "this is no entry of a statement")
        elif text != document.written([line[name] for name in COLUMNS]):
            found.fault(last, f"entry {line['n']} ({line['id']}) is written otherwise")
        else:
            found.take(last, line)
    rows_due = document.ends(found.tally, found.head, found.count)
    due = [document.written(row) for row in rows_due]
    wrong = [
        place for (place, text), row in zip(ends, due, strict=False) if text != row
    ]
    if wrong or len(ends) != len(due):
        place = wrong[0] if wrong else last + 1
        found.fault(place, "the totals and the head are not those of the entries")
    return found


def _has_numbers(line: dict[str, Any]) -> bool:
    """Read the cells that are numbers as such."""
    try:
        line.update({name: int(line[name]) for name in NUMBERS})
    except (KeyError, ValueError):
        return False
    return True


def _is_a_line(line: dict[str, Any]) -> bool:
    return set(line) == set(COLUMNS) and all(
        type(line[name]) is (int if name in NUMBERS else str) for name in COLUMNS
    )


def _object(found: Checked, place: int, text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        found.fault(place, "this cannot be read")
        return {}
    return value
