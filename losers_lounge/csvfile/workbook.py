"""XLSX: the first sheet, its values as text, and no more of it than is safe.

openpyxl reads the sheet as a stream; defusedxml, which it takes by itself where it
is installed, refuses entities.
"""

import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from functools import cache
from importlib import import_module
from io import BytesIO
from types import ModuleType
from typing import Any
from xml.etree.ElementTree import ParseError
from xml.parsers.expat import ExpatError
from zlib import error as ZlibError

from defusedxml.common import DefusedXmlException
from django.utils.translation import gettext as _

from losers_lounge.csvfile import sheet_shape
from losers_lounge.csvfile.limits import (
    LAST_LINE,
    MAX_COLUMNS,
    MAX_PART,
    MAX_UNPACKED,
    UnreadableFile,
    check_line,
)

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
ERRORS = frozenset(("#N/A", "#REF!", "#NAME?", "#DIV/0!", "#VALUE!", "#NULL!", "#NUM!"))
LARGEST_EXACT_FLOAT = 2**53
# Whatever openpyxl stumbles over in a file that is none, or a broken one; and a
# refusal of its own.
STUMBLES = (
    *(zipfile.BadZipFile, ZlibError, EOFError, OSError, NotImplementedError),
    *(DefusedXmlException, ParseError, ExpatError),
    *(LookupError, ValueError, TypeError, AttributeError, RuntimeError),
)


@cache
def _openpyxl() -> ModuleType:
    """Eight megabytes of every process, for the few that are brought a workbook."""
    return import_module("openpyxl")


def _stumbles() -> tuple[type[BaseException], ...]:
    return (*STUMBLES, _openpyxl().utils.exceptions.InvalidFileException)


class Workbook:
    """An opened workbook, as far as anybody asks: one sheet and its name."""

    def __init__(self, data: bytes) -> None:
        """Raises UnreadableFile."""
        try:
            _check_size(data)
            # Values of formulas as they were last computed; links are not followed.
            book = _openpyxl().load_workbook(
                BytesIO(data), read_only=True, data_only=True, keep_links=False
            )
            self.sheet = next(
                sheet for sheet in book.worksheets if sheet.sheet_state == "visible"
            )
            with self.sheet._get_source() as source:
                sheet_shape.check(source)
        except (*_stumbles(), StopIteration) as error:
            raise UnreadableFile(_not_a_workbook()) from error
        # What a sheet says of its own size is believed by nobody.
        self.sheet.reset_dimensions()

    @property
    def how(self) -> str:
        """For the host: "Excel workbook, sheet “Guests”"."""
        return _("Excel workbook, sheet “%s”") % self.sheet.title[:60]

    def lines(self) -> Iterator[tuple[int, list[str]]]:
        """Row numbers and cells, blank rows left out; raises UnreadableFile."""
        try:
            for line, values in enumerate(self._values(), 1):
                if line > LAST_LINE:
                    raise UnreadableFile(_not_a_workbook())
                cells = [as_text(value) for value in values]
                check_line(line, cells)
                if any(map(str.strip, cells)):
                    yield line, cells
        except _stumbles() as error:
            raise UnreadableFile(_not_a_workbook()) from error

    def _values(self) -> Iterator[Sequence[Any]]:
        """Rows as wide as the first one that says anything, or too wide."""
        first = 0
        for values in self.sheet.iter_rows(max_col=MAX_COLUMNS + 1, values_only=True):
            last = max((n for n, value in enumerate(values, 1) if value), default=0)
            yield values[:last]
            first += 1
            if last:
                break
        else:
            return
        yield from self.sheet.iter_rows(
            min_row=first + 1, max_col=last, values_only=True
        )


def is_packed(data: bytes) -> bool:
    """Whether this may be a workbook: no text begins like that."""
    if data.startswith(OLE):
        raise UnreadableFile(
            _(
                "This is an old Excel file, or one with a password. Save it as XLSX or "
                "CSV without a password and try again."
            )
        )
    return data.startswith(ZIP)


def as_text(value: Any) -> str:
    """A cell's value as somebody would have typed it."""
    if value is None:
        return ""
    if isinstance(value, str):
        return "" if value in ERRORS else value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        whole = value.is_integer() and abs(value) < LARGEST_EXACT_FLOAT
        return str(int(value)) if whole else f"{value:.15g}"
    if isinstance(value, datetime):
        at_midnight = value.time() == time()
        return f"{value:%Y-%m-%d}" if at_midnight else f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


def _check_size(data: bytes) -> None:
    """A few kilobytes may unfold to gigabytes; zipfile holds each part to its word."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        sizes = {info.filename: info.file_size for info in archive.infolist()}
    if "xl/workbook.xml" not in sizes:
        raise UnreadableFile(_not_a_workbook())
    read_whole = (
        size for name, size in sizes.items() if not name.startswith("xl/worksheets/")
    )
    if sum(sizes.values()) > MAX_UNPACKED or max(read_whole) > MAX_PART:
        raise UnreadableFile(
            _("This workbook unpacks to more than we can read: split it.")
        )


def _not_a_workbook() -> str:
    return _(
        "This is neither a CSV text file nor an Excel workbook (XLSX) that opens. "
        "Save it as CSV and try again."
    )
