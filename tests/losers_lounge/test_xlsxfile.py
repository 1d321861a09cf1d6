"""Workbooks as a spreadsheet opens them."""

import io
import tracemalloc
from collections.abc import Iterator

import pytest
from openpyxl import load_workbook

from losers_lounge import xlsxfile

MOST_BYTES = 2_000_000


def opened(*rows: tuple[object, ...], title: str = "Guests") -> list[tuple]:
    data = b"".join(xlsxfile.write(title, ("name", "n"), rows))
    book = load_workbook(io.BytesIO(data))
    assert book.sheetnames == [title]
    return [tuple(row) for row in book.active.iter_rows()]


def test_texts_and_numbers_stay_what_they_are() -> None:
    header, row = opened(('Zoë & <Tina> "Fey" O\'Neill', 12))
    assert [cell.value for cell in header] == ["name", "n"]
    assert [cell.value for cell in row] == ['Zoë & <Tina> "Fey" O\'Neill', 12]


def test_what_is_empty_keeps_its_place() -> None:
    rows = opened(("", 1), (None, 2))[1:]
    assert [[cell.value for cell in row] for row in rows] == [[None, 1], [None, 2]]


@pytest.mark.parametrize(
    "text", ["=1+1", "+1 310", "-2", "@SUM(A1)", "=cmd|'/C calc'!A0"]
)
def test_a_formula_is_a_text(text: str) -> None:
    (cell, _n) = opened((text, 1))[1]
    assert (cell.data_type, cell.value) == ("s", text)


def test_what_xml_cannot_hold_is_left_out() -> None:
    (cell, _n) = opened(("a\x00\x1f\ufffe\ud800b\n c ", 1))[1]
    assert cell.value == "ab\n c "


def test_a_hundred_thousand_rows_are_never_held_at_once() -> None:
    def rows() -> Iterator[tuple[object, ...]]:
        for number in range(100_000):
            yield (f"Ana Góngora {number}", number)

    tracemalloc.start()
    size = sum(len(part) for part in xlsxfile.write("Guests", ("name", "n"), rows()))
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size > MOST_BYTES / 5
    assert most < MOST_BYTES
