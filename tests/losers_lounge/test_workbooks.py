"""Excel workbooks: the first sheet as text, and none of what a bomb would do."""

import tracemalloc
import zipfile
from datetime import date, datetime, time
from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook

from losers_lounge import csvfile
from losers_lounge.csvfile import limits

COLUMNS = {"name": (), "notes": ()}


def workbook(*rows: list[Any], title: str = "Guests") -> bytes:
    book = Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    return saved(book)


def saved(book: Workbook) -> bytes:
    packed = BytesIO()
    book.save(packed)
    return packed.getvalue()


def repacked(data: bytes, **parts: str) -> bytes:
    """The same workbook with other content in some of its parts."""
    packed = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(data)) as old,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            key = name.rpartition("/")[2].removesuffix(".xml")
            new.writestr(name, parts.get(key, old.read(name)))
    return packed.getvalue()


def rows_of(data: bytes) -> list[list]:
    return list(csvfile.open_sheet(data).rows)


def refusal_of(data: bytes) -> str:
    with pytest.raises(csvfile.UnreadableFile) as refused:
        rows_of(data)
    return str(refused.value)


def test_the_first_sheet_is_read_by_our_columns() -> None:
    book = Workbook()
    book.active.append(["Notes", "Name"])
    book.active.append(["Table 4", "  Sofía   Vergara "])
    book.create_sheet("Other").append(["name"])
    table = csvfile.read(saved(book), COLUMNS, "name")
    assert [row.cells for row in table.rows] == [
        {"notes": "Table 4", "name": "Sofía Vergara"}
    ]


def test_a_sheet_that_is_hidden_is_not_the_first() -> None:
    book = Workbook()
    book.active.append(["secret"])
    book.active.sheet_state = "hidden"
    book.create_sheet("Guests").append(["name"])
    sheet = csvfile.open_sheet(saved(book))
    assert (sheet.titles, sheet.how) == (["name"], "Excel workbook, sheet “Guests”")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (2, "2"),
        (2.0, "2"),
        (1.5, "1.5"),
        (0.1 + 0.2, "0.3"),
        (13105550101, "13105550101"),
        (True, "yes"),
        (False, "no"),
        (date(2013, 9, 22), "2013-09-22"),
        (datetime(2013, 9, 22, 20, 30), "2013-09-22 20:30"),
        (time(20, 30), "20:30:00"),
        ("#N/A", ""),
        (None, ""),
        ("'=1", "=1"),
    ],
    ids=str,
)
def test_a_value_is_the_text_somebody_would_have_typed(value: Any, text: str) -> None:
    data = workbook(["name", "notes"], ["Tina", value])
    assert rows_of(data) == [[2, "Tina", text]]


def test_a_formula_is_its_value_and_is_never_run() -> None:
    data = workbook(["name", "notes"], ["Tina", "=1+1"])
    assert rows_of(data) == [[2, "Tina", ""]]
    cell = "<f>1+1</f><v>2</v>"
    with zipfile.ZipFile(BytesIO(data)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    computed = sheet.replace("<f>1+1</f><v></v>", cell).replace("<v />", "<v>2</v>")
    assert rows_of(repacked(data, sheet1=computed)) == [[2, "Tina", "2"]]


def test_rows_are_numbered_as_excel_shows_them() -> None:
    data = workbook([], ["name"], [], ["Tina"], [None], ["Jon"])
    assert [row[0] for row in rows_of(data)] == [4, 6]


def test_a_workbook_is_known_by_its_content_and_not_its_name() -> None:
    assert rows_of(workbook(["name"], ["Tina"])) == [[2, "Tina"]]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"PK\x03\x04\x14\0\0", id="half a file"),
        pytest.param(repacked(workbook(["name"]), sheet1="<worksheet"), id="half XML"),
        pytest.param(repacked(workbook(["name"]), workbook="<x/>"), id="no sheets"),
        pytest.param(
            repacked(
                workbook(["name"]),
                sheet1='<!DOCTYPE x [<!ENTITY a "ha">]><worksheet>&a;</worksheet>',
            ),
            id="entities",
        ),
    ],
)
def test_what_does_not_open_is_refused_in_words(data: bytes) -> None:
    assert "nor an Excel workbook" in refusal_of(data)


def test_another_zip_is_no_workbook() -> None:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("guests.csv", "name\nTina\n")
    assert "nor an Excel workbook" in refusal_of(packed.getvalue())


def test_an_old_or_locked_excel_file_is_told_so() -> None:
    assert "old Excel file" in refusal_of(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 9
    )


def test_an_empty_workbook_is_said_to_be_empty() -> None:
    assert refusal_of(workbook()) == "The file is empty."


def test_a_bomb_is_refused_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = repacked(workbook(["name"]), styles=" " * 2**20)
    assert len(bomb) < 20_000
    monkeypatch.setattr("losers_lounge.csvfile.workbook.MAX_PART", 2**19)
    assert "unpacks to more" in refusal_of(bomb)
    monkeypatch.setattr("losers_lounge.csvfile.workbook.MAX_UNPACKED", 2**18)
    assert "unpacks to more" in refusal_of(
        repacked(bomb, styles=" ", sheet1=" " * 2**19)
    )


def test_a_cell_at_the_end_of_the_world_costs_nothing() -> None:
    book = Workbook()
    book.active["A1"], book.active["A2"] = "name", "Tina"
    book.active["XFD1048576"] = "far"
    assert rows_of(saved(book)) == [[2, "Tina"]]


def test_a_row_beyond_the_end_of_the_world_is_refused() -> None:
    row = '<row r="{}"><c t="inlineStr"><is><t>name</t></is></c></row>'
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    rows = row.format(1) + row.format(10**12)
    sheet = f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>'
    endless = repacked(workbook(["name"]), sheet1=sheet)
    assert "nor an Excel workbook" in refusal_of(endless)


WIDE = "<c/>" * 250_000


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(f'<row r="2">{WIDE}</row>', id="plainly"),
        pytest.param(
            f'<row r="2">{"<x:row/>".join([WIDE[:400_000]] * 4)}</row>', id="in parts"
        ),
        pytest.param(
            f"<row><c><is><t>{'x' * 17 * 2**20}</t></is></c></row>", id="text"
        ),
    ],
)
def test_a_row_too_large_for_memory_is_never_built(row: str) -> None:
    """Twelve kilobytes of zip cost 655 MB, as long as openpyxl saw them first."""
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
        f'xmlns:x="urn:x"><sheetData>{row}</sheetData></worksheet>'
    )
    packed = repacked(workbook(["name"]), sheet1=sheet)
    tracemalloc.start()
    try:
        assert "neither a CSV" in refusal_of(packed)
        assert tracemalloc.get_traced_memory()[1] < 80 * 2**20
    finally:
        tracemalloc.stop()


def test_too_many_columns_rows_or_letters_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert "101 columns" in refusal_of(workbook(["name", *["x"] * 200]))
    assert "Line 2 " in refusal_of(workbook(["name"], ["x" * 20_001]))
    monkeypatch.setattr(limits, "MAX_ROWS", 3)
    assert "More than 3 rows" in refusal_of(workbook(["name"], *[["x"]] * 4))
