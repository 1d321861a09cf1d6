"""A file of either kind as one table of clean text, its columns by our names."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from losers_lounge.csvfile import limits, text, workbook
from losers_lounge.csvfile.limits import UnreadableFile
from losers_lounge.csvfile.writing import plain
from losers_lounge.names import clean, fold

MAX_TITLE = 60


@dataclass(frozen=True)
class Sheet:
    """A file as it is: its titles, and [line, cell, ...] of each row below them.

    The rows are read as they are asked for, once; UnreadableFile may come then.
    Lines are numbered as an editor or Excel shows them. `how` says to the host as
    what the file was read.
    """

    titles: list[str]
    rows: Iterator[list]
    how: str


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


def open_sheet(data: bytes) -> Sheet:
    """Read a file whose first line that says anything holds its titles.

    Raises UnreadableFile.
    """
    if len(data) > limits.MAX_BYTES:
        most = limits.MAX_BYTES // 2**20
        raise UnreadableFile(_("The file is larger than %d MB.") % most)
    if workbook.is_packed(data):
        book = workbook.Workbook(data)
        return _sheet(book.lines(), book.how)
    letters = text.recognise(data)
    return _sheet(text.lines(letters), letters.how)


def match_titles(
    titles: Sequence[str], columns: Mapping[str, Sequence[str]]
) -> tuple[dict[str, int], list[int]]:
    """The place of each known column, and the places of titles nobody knows.

    `columns` maps each known column to other names it goes by; names are compared
    without case, accents, spaces and underscores. Of two columns of one name the
    first is known.
    """
    known = {
        _title_key(alias): name
        for name, aliases in columns.items()
        for alias in (name, *aliases)
    }
    places: dict[str, int] = {}
    unknown = []
    for place, title in enumerate(titles):
        name = known.get(_title_key(title))
        if name is None or name in places:
            unknown.append(place)
        else:
            places[name] = place
    return places, unknown


def read(data: bytes, columns: Mapping[str, Sequence[str]], required: str) -> Table:
    """Read a table whose first line names the columns, `required` among them.

    Raises UnreadableFile, for two columns of one name too.
    """
    sheet = open_sheet(data)
    places, unknown = match_titles(sheet.titles, columns)
    taken = {_title_key(sheet.titles[place]) for place in places.values()}
    for place in unknown:
        twice = match_titles(sheet.titles[place : place + 1], columns)[0]
        if twice or _title_key(sheet.titles[place]) in taken:
            name = sheet.titles[place]
            raise UnreadableFile(_("Two columns are called “%s”.") % name)
    if required not in places:
        raise UnreadableFile(missing_title(sheet.titles, required))
    rows = [
        Row(
            row[0],
            {
                name: row[place + 1] if place + 1 < len(row) else ""
                for name, place in places.items()
            },
        )
        for row in sheet.rows
    ]
    left_out = tuple(filter(None, (sheet.titles[place] for place in unknown)))
    return Table(tuple(places), left_out, rows)


def missing_title(titles: Sequence[str], required: str) -> str:
    """Why a file without this column cannot be read."""
    found = ", ".join(title[:30] for title in titles[:8])
    return _(
        "The first line must name the columns, among them “%(name)s”. "
        "It says: %(found)s."
    ) % {"name": required, "found": found}


def _sheet(lines: Iterator[tuple[int, list[str]]], how: str) -> Sheet:
    try:
        _line, first = next(lines)
    except StopIteration:
        raise UnreadableFile(_("The file is empty.")) from None
    titles = [_tidy(title)[:MAX_TITLE] for title in first]
    return Sheet(titles, _rows(lines), how)


def _rows(lines: Iterator[tuple[int, list[str]]]) -> Iterator[list]:
    for number, (line, cells) in enumerate(lines):
        if number >= limits.MAX_ROWS:
            most = f"{limits.MAX_ROWS:,}"
            raise UnreadableFile(_("More than %s rows: split the file.") % most)
        yield [line, *map(_tidy, cells)]


def _tidy(cell: str) -> str:
    return clean(plain(cell))


def _title_key(title: str) -> str:
    return fold(title.replace("_", " ").replace("-", " ")).replace(" ", "")
