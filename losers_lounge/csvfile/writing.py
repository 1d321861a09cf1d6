"""CSV that no spreadsheet runs, and the way back."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

LINES_AT_ONCE = 500
# Where a spreadsheet would begin to run a cell, perhaps after splitting it again at
# a semicolon, tab or line end; full-width forms run too.
_CELL_START = r"(?:^|(?<=[;\t\r\n]))"
_FORMULA = re.compile(_CELL_START + "(?='*[-=+@＝＋－＠])")
_IN_A_ROW = re.compile("[;\t\r\n]'*[-=+@＝＋－＠]")
_NEUTRALISED = re.compile(_CELL_START + "'(?='*[-=+@＝＋－＠])")


class _Lines(list[str]):
    """A file that keeps what is written to it, until it is handed on."""

    write = list.append


def write(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """CSV text, some hundred lines at a time, that no spreadsheet runs as a formula."""
    lines = _Lines()
    writer = csv.writer(lines)
    for row in chain([header], rows):
        # One look at the whole row: few hold anything that has to be changed.
        texts = "\n".join(["", *[cell for cell in row if isinstance(cell, str)]])
        is_plain = _IN_A_ROW.search(texts) is None
        writer.writerow(row if is_plain else [neutral(cell) for cell in row])
        if len(lines) == LINES_AT_ONCE:
            yield "".join(lines)
            lines.clear()
    yield "".join(lines)


def neutral(cell: object) -> object:
    """A cell as it may be written: numbers stay, formulas become text.

    `plain` takes the apostrophe off again, and so does all reading.
    """
    return _FORMULA.sub("'", cell) if isinstance(cell, str) else cell


def plain(cell: str) -> str:
    """What stood in a cell before it was made neutral."""
    return _NEUTRALISED.sub("", cell) if "'" in cell else cell
