"""Paper: the same words give the same bytes, and every name its letters."""

import io
import re
import zlib

import pytest
from PIL import Image

from losers_lounge.paper import Column, Letterhead, Paper
from losers_lounge.paper.letters import width_of, wrapped

HEAD = Letterhead("Worldwide Orphans", ("Maplewood, NJ", "EIN 13-3968401"))
COLUMNS = [Column("For", 3), Column("Amount", 1, is_number=True)]


def written(rows: int, stamp: str = "") -> tuple[bytes, int]:
    paper = Paper("Receipt <1> & more", letterhead=HEAD, footer="LL-1", stamp=stamp)
    paper.paragraph(
        "Dear Łukasz <b>& co</b>,\nĐặng Жанна 李小龍 김 e\u0301 \u202eno\x00t"
    )
    paper.facts([("Amount", "$1,000.00"), ("Note", "")])
    paper.heading("Lines")
    drawn = paper.table(
        COLUMNS, ((f"Tina {n}", f"${n}.00") for n in range(rows)), total=["All", "$1"]
    )
    assert drawn == rows
    return paper.as_bytes(), paper.pages


def streams(document: bytes) -> list[str]:
    found = re.findall(rb"\nstream\r?\n(.*?)endstream", document, re.DOTALL)
    texts = []
    for body in found:
        try:
            texts.append(zlib.decompressobj().decompress(body).decode("latin-1"))
        except zlib.error:
            texts.append("")
    return texts


def test_the_same_words_give_the_same_bytes_and_markup_stands_as_it_is() -> None:
    first, _pages = written(3)
    written(200, stamp="VOID")
    again, pages = written(3)

    assert first == again
    assert pages == 1
    assert any(re.search(r"<b>& co</b>|<b>&", text) for text in streams(first))


def test_a_long_table_repeats_its_head_and_every_page_its_number_and_stamp() -> None:
    document, pages = written(120, stamp="VOID")

    texts = streams(document)
    assert pages > 2
    for words, times in (("(VOID)", pages), ("(Amount)", pages + 1), ("(LL-1)", pages)):
        assert sum(text.count(words) for text in texts) == times
    assert any(f"(Page {pages} of )" in text for text in texts)


def test_a_cell_longer_than_a_page_goes_on_overleaf() -> None:
    paper = Paper("Log", letterhead=HEAD)
    words = " ".join(f"word{number}" for number in range(3000))

    paper.table(COLUMNS, [[words, "$1.00"]])

    texts = "".join(streams(paper.as_bytes()))
    assert paper.pages > 2
    assert "word0 " in texts and "word2999" in texts


@pytest.mark.parametrize("text", ["a " * 200, "x" * 500, "Đặng " * 80, "李" * 200])
def test_no_line_is_wider_than_its_measure_and_no_letter_is_lost(text: str) -> None:
    lines = wrapped(text, "text", 10, 200)

    assert max(width_of(line, "text", 10) for line in lines) <= 200.001
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_a_column_of_money_has_figures_of_one_width() -> None:
    assert width_of("$1,111.11", "text", 9) == width_of("$8,888.88", "text", 9)
    assert wrapped("", "text", 9, 100) == [""]
    picture = io.BytesIO()
    Image.new("RGB", (2000, 4000)).save(picture, "PNG")
    paper = Paper("Photo", letterhead=HEAD)
    paper.picture(picture.getvalue(), caption="The cheque")
    assert paper.as_bytes().startswith(b"%PDF-")
