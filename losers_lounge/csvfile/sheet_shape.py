"""Whether a sheet's rows are of a size that may be taken into memory.

openpyxl builds a whole row before anybody sees it, and a few kilobytes of zip hold a
row of millions of cells. So the sheet is looked through once, with nothing kept.
"""

from typing import BinaryIO
from xml.parsers import expat

CHUNK = 64 * 1024
# Between the ends of two rows; hyperlinks and merged cells stand outside of rows.
MAX_ELEMENTS = 200_000
MAX_BYTES = 16 * 1024 * 1024


class Misshapen(ValueError):
    """A row no spreadsheet would write."""


def check(sheet: BinaryIO) -> None:
    """Raises Misshapen, or expat.ExpatError where it is no XML."""
    look = _Look()
    while chunk := sheet.read(CHUNK):
        look.at(chunk)
    look.at(b"", is_last=True)


class _Look:
    def __init__(self) -> None:
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.EntityDeclHandler = self.refuse
        self.is_in_row = False
        self.elements = self.since = 0

    def at(self, chunk: bytes, *, is_last: bool = False) -> None:
        self.parser.Parse(chunk, is_last)
        if self.parser.CurrentByteIndex - self.since > MAX_BYTES:
            raise Misshapen

    def start(self, name: str, _attributes: object) -> None:
        self.elements += 1
        if self.elements > MAX_ELEMENTS:
            raise Misshapen
        if name.rpartition(":")[2] == "row":
            # A row in a row would hide how long the outer one is.
            if self.is_in_row:
                raise Misshapen
            self.is_in_row = True

    def end(self, name: str) -> None:
        if name.rpartition(":")[2] == "row":
            self.is_in_row = False
            self.elements, self.since = 0, self.parser.CurrentByteIndex

    def refuse(self, *_declared: object) -> None:
        raise Misshapen
