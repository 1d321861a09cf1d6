"""Spreadsheets as people send them: read leniently, write safely.

Reading: UTF-8 with or without BOM, UTF-16, Latin-1; comma, semicolon or tab.
Writing: a cell that a spreadsheet would run as a formula is made plain text
(CWE-1236).
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from django.utils.translation import gettext as _

from losers_lounge.names import clean, fold

MAX_BYTES = 20 * 1024 * 1024
MAX_ROWS = 100_000
MAX_COLUMNS = 100
MAX_CELL = 20_000
SEPARATORS = ",;\t"
# Where a spreadsheet would begin to run a cell, perhaps after splitting it again at
# a semicolon, tab or line end; full-width forms run too.
_CELL_START = r"(?:^|(?<=[;\t\r\n]))"
_FORMULA = re.compile(_CELL_START + "(?='*[-=+@＝＋－＠])")
_NEUTRALISED = re.compile(_CELL_START + "'(?='*[-=+@＝＋－＠])")
_FIRST_LINE = re.compile(r".*[^\s,;].*")


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
        raise UnreadableFile(_("The file is empty.")) from None
    places, unknown = _match_header(header, columns, required)
    rows = []
    for line, cells in lines:
        if len(rows) >= MAX_ROWS:
            most = f"{MAX_ROWS:,}"
            raise UnreadableFile(_("More than %s rows: split the file.") % most)
        named = {
            name: _text(cells[place]) if place < len(cells) else ""
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
    """A cell as it may be written: numbers stay, formulas become text.

    `read` takes the apostrophe off again.
    """
    return _FORMULA.sub("'", cell) if isinstance(cell, str) else cell


def _text(cell: str) -> str:
    return clean(_NEUTRALISED.sub("", cell) if "'" in cell else cell)


def _decode(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        most = MAX_BYTES // 2**20
        raise UnreadableFile(_("The file is larger than %d MB.") % most)
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
    raise UnreadableFile(
        _("This is not a CSV text file. Save it as CSV and try again.")
    )


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Line numbers and cells, blank lines left out."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    first = _FIRST_LINE.search(text)
    separator = max(SEPARATORS, key=first[0].count) if first else ","
    reader = csv.reader(io.StringIO(text), delimiter=separator, strict=True)
    line = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise UnreadableFile(_csv_problem(line, error)) from error
        if len(cells) > MAX_COLUMNS:
            columns = {"line": line, "n": f"{len(cells):,}"}
            raise UnreadableFile(_("Line %(line)d has %(n)s columns.") % columns)
        if any(len(cell) > MAX_CELL for cell in cells):
            raise UnreadableFile(_long_cell(line))
        if any(cell.strip() for cell in cells):
            yield line, cells
        line = reader.line_num + 1


def _csv_problem(line: int, error: csv.Error) -> str:
    if "field limit" in str(error):
        return _long_cell(line)
    return _("Line %d has a quotation mark that is not closed, or in the way.") % line


def _long_cell(line: int) -> str:
    words = {"line": line, "n": f"{MAX_CELL:,}"}
    return _("Line %(line)d has a cell of over %(n)s letters.") % words


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
            raise UnreadableFile(_("Two columns are called “%s”.") % clean(title)[:60])
        else:
            places[name] = place
    if required not in places:
        found = ", ".join(clean(title)[:30] for title in header[:8])
        raise UnreadableFile(
            _(
                "The first line must name the columns, among them “%(name)s”. "
                "It says: %(found)s."
            )
            % {"name": required, "found": found}
        )
    return places, tuple(filter(None, unknown))


def _header_key(title: str) -> str:
    return fold(title.replace("_", " ").replace("-", " ")).replace(" ", "")
