"""Workbooks written as they are read: one sheet, row by row, nothing kept.

A library that builds a workbook first has a hundred thousand rows waiting for a
quarter of a minute before the first byte; here the first rows are on their way at
once. Every text is a text to the spreadsheet, whatever it begins with.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

ROWS_AT_ONCE = 500
# Excel opens no cell longer than this.
MAX_CELL = 32_767
# What XML cannot hold.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OPEN = "http://schemas.openxmlformats.org"
_MAIN = f"{_OPEN}/spreadsheetml/2006/main"
_LINKS = f"{_OPEN}/officeDocument/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"

CONTENT_TYPE = f"{_TYPE}.sheet"
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_OPEN}/package/2006/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" '
    f'ContentType="{_TYPE}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_OPEN}/package/2006/relationships">'
    f'<Relationship Id="rId1" Type="{_LINKS}/officeDocument" '
    'Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_LINKS}"><sheets>'
    '<sheet name="%(title)s" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_OPEN}/package/2006/'
    f'relationships"><Relationship Id="rId1" Type="{_LINKS}/worksheet" '
    'Target="worksheets/sheet1.xml"/></Relationships>',
}
_BEFORE = (
    f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    "</sheetView></sheetViews><sheetData>"
)
_AFTER = "</sheetData></worksheet>"


class _Pipe:
    """Takes what the archive writes, until it is handed on."""

    def __init__(self) -> None:
        self.waiting: list[bytes] = []

    def write(self, data: bytes) -> int:
        self.waiting.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing waits here that `take` does not hand on."""

    def take(self) -> bytes:
        taken = b"".join(self.waiting)
        self.waiting.clear()
        return taken


def write(
    title: str, header: Sequence[str], rows: Iterable[Sequence[object]]
) -> Iterator[bytes]:
    """A workbook of one sheet, in pieces: numbers are numbers, all else is text."""
    pipe = _Pipe()
    with ZipFile(pipe, "w", ZIP_DEFLATED) as archive:
        for name, text in _PARTS.items():
            if name == "xl/workbook.xml":
                text %= {"title": _text(title)[:31]}
            archive.writestr(name, _XML + text)
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(_BEFORE.encode())
            lines: list[str] = []
            for row in chain([header], rows):
                lines.append(f"<row>{''.join(map(_cell, row))}</row>")
                if len(lines) == ROWS_AT_ONCE:
                    sheet.write("".join(lines).encode())
                    lines.clear()
                    yield pipe.take()
            sheet.write(("".join(lines) + _AFTER).encode())
        yield pipe.take()
    yield pipe.take()


def _cell(value: object) -> str:
    if value == "" or value is None:
        return "<c/>"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"<c><v>{value}</v></c>"
    text = _text(str(value))
    return f'<c t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _text(value: str) -> str:
    if not value.isalnum():
        value = escape(_CONTROLS.sub("", value[:MAX_CELL]), {'"': "&quot;"})
    return value
