"""CSV that no spreadsheet runs, and the way back."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

# Where a spreadsheet would begin to run a cell, perhaps after splitting it again at
# a semicolon, tab or line end; full-width forms run too.
_CELL_START = r"(?:^|(?<=[;\t\r\n]))"
_FORMULA = re.compile(_CELL_START + "(?='*[-=+@＝＋－＠])")
_IN_A_ROW = re.compile("[;\t\r\n]'*[-=+@＝＋－＠]")
_NEUTRALISED = re.compile(_CELL_START + "'(?='*[-=+@＝＋－＠])")


def write(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """CSV text, a line at a time, that no spreadsheet runs as a formula."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    for row in chain([header], rows):
        # One look at the whole row: few hold anything that has to be changed.
        texts = "\n".join(["", *(cell for cell in row if isinstance(cell, str))])
        is_plain = _IN_A_ROW.search(texts) is None
        writer.writerow(row if is_plain else [neutral(cell) for cell in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def neutral(cell: object) -> object:
    """A cell as it may be written: numbers stay, formulas become text.

    `plain` takes the apostrophe off again, and so does all reading.
    """
    return _FORMULA.sub("'", cell) if isinstance(cell, str) else cell


def plain(cell: str) -> str:
    """What stood in a cell before it was made neutral."""
    return _NEUTRALISED.sub("", cell) if "'" in cell else cell
