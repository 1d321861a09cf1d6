"""Spreadsheets as people send them: read leniently, write safely.

Reading: UTF-8 with or without BOM, UTF-16, Latin-1; comma, semicolon or tab.
Writing: a cell that a spreadsheet would run as a formula is made plain text
(CWE-1236).
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from losers_lounge.names import clean, fold

MAX_BYTES = 20 * 1024 * 1024
MAX_ROWS = 100_000
MAX_COLUMNS = 100
MAX_CELL = 20_000
SEPARATORS = ",;\t"
# A leading tab or return is skipped by spreadsheets; full-width forms run too.
FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")


class UnreadableFile(Exception):
    """The file is not a table that can be imported; the text says why."""


@dataclass(frozen=True)
class Row:
    """One line of the file: its number as an editor shows it, its cells by column."""

    line: int
    cells: dict[str, str]


@dataclass(frozen=True)
class Table:
    columns: tuple[str, ...]
    unknown_columns: tuple[str, ...]
    rows: list[Row]


def read(data: bytes, columns: Mapping[str, Sequence[str]], required: str) -> Table:
    """Read a table whose first line names the columns.

    `columns` maps each known column to other names it goes by; names are compared
    without case, accents, spaces and underscores. Raises UnreadableFile.
    """
    lines = _lines(_decode(data))
    try:
        header_line, header = next(lines)
    except StopIteration:
        raise UnreadableFile("The file is empty.") from None
    places, unknown = _match_header(header, columns, required)
    rows = []
    for line, cells in lines:
        if len(rows) >= MAX_ROWS:
            raise UnreadableFile(f"More than {MAX_ROWS:,} rows: split the file.")
        named = {
            name: clean(cells[place]) if place < len(cells) else ""
            for name, place in places.items()
        }
        rows.append(Row(line, named))
    return Table(tuple(places), unknown, rows)


def write(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """CSV text, a line at a time, that no spreadsheet runs as a formula."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    for row in chain([header], rows):
        writer.writerow([neutral(cell) for cell in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def neutral(cell: object) -> object:
    """A cell as it may be written: numbers stay, formulas become text."""
    if isinstance(cell, str) and cell.startswith(FORMULA_STARTS):
        return "'" + cell
    return cell


def _decode(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise UnreadableFile(f"The file is larger than {MAX_BYTES // 2**20} MB.")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp1252", "latin-1"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if any(char in text for char in "\0\x01\x02\x03\x04\x1a"):
            break
        return text
    raise UnreadableFile("This is not a CSV text file. Save it as CSV and try again.")


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Line numbers and cells, blank lines left out."""
    first = text.split("\n", 1)[0]
    separator = max(SEPARATORS, key=first.count)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    reader = csv.reader(io.StringIO(text), delimiter=separator, strict=True)
    line = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise UnreadableFile(f"Line {reader.line_num}: {error}.") from error
        if len(cells) > MAX_COLUMNS:
            raise UnreadableFile(f"Line {line} has {len(cells):,} columns.")
        if any(len(cell) > MAX_CELL for cell in cells):
            raise UnreadableFile(
                f"Line {line} has a cell of over {MAX_CELL:,} letters."
            )
        if any(cell.strip() for cell in cells):
            yield line, cells
        line = reader.line_num + 1


def _match_header(
    header: list[str], columns: Mapping[str, Sequence[str]], required: str
) -> tuple[dict[str, int], tuple[str, ...]]:
    known = {
        _header_key(alias): name
        for name, aliases in columns.items()
        for alias in (name, *aliases)
    }
    places: dict[str, int] = {}
    unknown = []
    for place, title in enumerate(header):
        name = known.get(_header_key(title))
        if name is None:
            unknown.append(clean(title)[:60])
        elif name in places:
            raise UnreadableFile(f"Two columns are called “{clean(title)[:60]}”.")
        else:
            places[name] = place
    if required not in places:
        found = ", ".join(clean(title)[:30] for title in header[:8])
        raise UnreadableFile(
            f"The first line must name the columns, among them “{required}”. "
            f"It says: {found}."
        )
    return places, tuple(filter(None, unknown))


def _header_key(title: str) -> str:
    return fold(title.replace("_", " ").replace("-", " ")).replace(" ", "")
