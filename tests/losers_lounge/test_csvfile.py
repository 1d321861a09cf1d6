"""Spreadsheets as people send them, and as they may safely be opened again."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from losers_lounge import csvfile
from losers_lounge.csvfile import limits
from losers_lounge.names import clean

COLUMNS = {"name": ("full name",), "plus_ones": ("+1",), "notes": ()}
HEADER = "name,plus_ones,notes\n"


def cells_of(data: bytes | str) -> list[dict[str, str]]:
    content = data.encode() if isinstance(data, str) else data
    return [row.cells for row in csvfile.read(content, COLUMNS, "name").rows]


def names_of(data: bytes | str) -> list[str]:
    return [cells["name"] for cells in cells_of(data)]


def refusal_of(data: bytes | str) -> str:
    with pytest.raises(csvfile.UnreadableFile) as refused:
        cells_of(data)
    return str(refused.value)


SOFIA = "name;notes\r\nSofía Vergara;won’t\r\n"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]
)
def test_every_usual_encoding_is_read(encoding: str) -> None:
    marks = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}
    data = marks.get(encoding, b"") + SOFIA.encode(encoding)
    assert cells_of(data) == [{"name": "Sofía Vergara", "notes": "won’t"}]


@pytest.mark.parametrize(
    ("data", "how"),
    [
        (SOFIA.encode(), "UTF-8 text, separated by semicolons"),
        (SOFIA.encode("utf-16"), "UTF-16 text, separated by semicolons"),
        (SOFIA.encode("cp1252"), "Windows text, separated by semicolons"),
        (b"name\nZo\xeb\x81\n", "Latin-1 text, separated by commas"),
        (b'"Name, first";notes\n', "UTF-8 text, separated by semicolons"),
        (b"name\tnotes, more\tb\n", "UTF-8 text, separated by tabs"),
        (b"sep=;\r\nname,first;notes\n", "UTF-8 text, separated by semicolons"),
    ],
    ids=range(7),
)
def test_the_host_is_told_as_what_a_file_was_read(data: bytes, how: str) -> None:
    assert csvfile.open_sheet(data).how == how


def test_excels_own_hint_is_no_row_and_keeps_its_line() -> None:
    rows = csvfile.read(b"sep=;\nname;notes\nTina;x\n", COLUMNS, "name").rows
    assert [(row.line, row.cells["name"]) for row in rows] == [(3, "Tina")]


def test_of_two_columns_of_one_name_the_second_is_asked_for() -> None:
    titles = ["shoe", "Full name", "name", "notes"]
    assert csvfile.match_titles(titles, COLUMNS) == ({"name": 1, "notes": 3}, [0, 2])


def test_latin_1_is_read_letter_by_letter() -> None:
    assert names_of("name\nZoë".encode("latin-1")) == ["Zoë"]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
def test_every_usual_separator_and_line_end_is_read(separator: str, end: str) -> None:
    lines = [["name", "notes"], ["Tina Fey", "a, b; c"], ["Jon", '"']]
    text = end.join(
        separator.join(f'"{cell.replace(chr(34), 2 * chr(34))}"' for cell in line)
        for line in lines
    )
    assert cells_of(text) == [
        {"name": "Tina Fey", "notes": "a, b; c"},
        {"name": "Jon", "notes": '"'},
    ]


def test_blank_lines_before_the_header_are_no_header() -> None:
    assert names_of("\n\n ; ;\nname;notes\nTina;x\n") == ["Tina"]


@pytest.mark.parametrize("empty", [",", " ", ";\n"])
def test_a_file_of_nothing_but_separators_is_read_in_a_moment(empty: str) -> None:
    began = time.process_time()
    refusal_of(empty * 300_000)
    assert time.process_time() - began < 5


def test_lines_are_numbered_as_an_editor_shows_them() -> None:
    text = 'name,notes\n\nTina,"two\nlines"\n\nJon,\n'
    rows = csvfile.read(text.encode(), COLUMNS, "name").rows
    assert [(row.line, row.cells["name"]) for row in rows] == [(3, "Tina"), (6, "Jon")]


def test_a_newline_in_a_cell_becomes_a_space() -> None:
    assert cells_of('name,notes\nTina,"a\r\nb"\n')[0]["notes"] == "a b"


@pytest.mark.parametrize("title", ["Full Name", " NAME ", "full_name", "Fúll-name"])
def test_a_column_is_known_by_any_of_its_names(title: str) -> None:
    assert names_of(f"{title}\nTina") == ["Tina"]


def test_columns_may_stand_in_any_order_and_be_missing() -> None:
    assert cells_of("notes,name\nx,Tina\n,Jon,more\ny\n") == [
        {"notes": "x", "name": "Tina"},
        {"notes": "", "name": "Jon"},
        {"notes": "y", "name": ""},
    ]


def test_unknown_columns_are_named_and_left_out() -> None:
    table = csvfile.read(b"name,shoe size,,hat\nTina,38,,M\n", COLUMNS, "name")
    assert table.unknown_columns == ("shoe size", "hat")
    assert table.rows[0].cells == {"name": "Tina"}


def test_a_header_alone_is_a_table_of_nobody() -> None:
    assert cells_of(HEADER) == []


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b"\r\n \n,,\n"])
def test_an_empty_file_is_said_to_be_empty(data: bytes) -> None:
    assert refusal_of(data) == "The file is empty."


def test_a_missing_header_is_told_with_what_stands_there() -> None:
    words = refusal_of("Tina Fey,tina@example.com\nJon,jon@example.com\n")
    assert "“name”" in words
    assert "Tina Fey, tina@example.com" in words


def test_two_columns_of_one_name_are_refused_by_name() -> None:
    assert "“Full name”" in refusal_of("name,Full name\nTina,Fey\n")


PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256))


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(PNG, id="PNG"),
        pytest.param(b"name\nTi\0na\n", id="NUL"),
        pytest.param(SOFIA.encode("utf-16-le"), id="UTF-16 without its mark"),
        pytest.param(b"\xff\xfe" + SOFIA.encode("utf-16-le")[:-1], id="half a letter"),
        pytest.param(SOFIA.encode("utf-32"), id="UTF-32"),
    ],
)
def test_what_is_no_text_is_refused(data: bytes) -> None:
    assert refusal_of(data).startswith("This is not a CSV text file.")


def test_a_quotation_mark_that_is_never_closed_is_told_where_it_opens() -> None:
    words = refusal_of('name,notes\nTina,\nJon,"open\nAmy,\n' + "x,\n" * 99)
    assert words.startswith("Line 3 ")
    assert "quotation mark" in words


def test_text_after_a_closing_quotation_mark_is_told() -> None:
    assert refusal_of('name,notes\nTina,"a"b\n').startswith("Line 2 ")


@pytest.mark.parametrize("size", [20_001, 200_000])
def test_a_cell_that_is_a_book_is_refused(size: int) -> None:
    words = refusal_of(f"name,notes\nTina,{'x' * size}\n")
    assert words.startswith("Line 2 ")
    assert "20,000 letters" in words


def test_twenty_thousand_columns_are_refused() -> None:
    assert "20,000 columns" in refusal_of("name" + ",x" * 19_999 + "\nTina\n")


def test_more_rows_than_can_be_looked_at_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "MAX_ROWS", 3)
    assert names_of("name\n" + "x\n" * 3) == ["x"] * 3
    assert "More than 3 rows" in refusal_of("name\n" + "x\n" * 4)


def test_a_file_that_is_too_large_is_refused_unread(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "MAX_BYTES", 2**20)
    assert "larger than 1 MB" in refusal_of(b"\0" * (2**20 + 1))


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "+1 310",
        "-2",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "＝1",
        "a;=1",
        "a\t+1",
    ],
)
def test_a_formula_is_written_as_text(cell: str) -> None:
    written = "".join(csvfile.write(["name"], [[cell]]))
    for part in written.replace(";", "\t").replace('"', "").split("\t"):
        assert not part.startswith(("=", "+", "-", "@", "＝"))


def test_numbers_stay_numbers() -> None:
    assert "".join(csvfile.write(["cents"], [[-5], [1.5]])) == "cents\r\n-5\r\n1.5\r\n"


CELL = st.text(st.characters(exclude_categories=["Cs"]), max_size=30) | st.sampled_from(
    ["'=1", "''", "=cmd|' /C calc'!A0", "'", "a;'=b", "'a", "+1 310 555 0101"]
)


@given(st.lists(CELL, min_size=1, max_size=4))
def test_what_was_written_is_read_again(texts: list[str]) -> None:
    kept = [clean(text) for text in texts]
    rows = [["x" + name[:5], "", name] for name in kept]
    text = "".join(csvfile.write(["name", "plus_ones", "notes"], rows))
    assert [cells["notes"] for cells in cells_of(text)] == kept


@given(st.binary(max_size=200))
def test_any_bytes_are_a_table_or_are_refused_in_words(data: bytes) -> None:
    try:
        csvfile.read(b"name\n" + data, COLUMNS, "name")
    except csvfile.UnreadableFile as refused:
        assert str(refused)
