"""Every requirement of ASVS 5.0, level 2, names the test that holds it or says why not.

The tables stand in tests/security/asvs/, one for each chapter; how they are written is
said in that package.
"""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.security.asvs import LEVELS

TESTS = Path(__file__).resolve().parent.parent
TABLES = sorted((TESTS / "security" / "asvs").glob("*.md"))
ROW = re.compile(r"\| (\d+\.\d+\.\d+) \| ([12]) \| ([^|]+) \| ([^|]+) \|")
NAMED = re.compile(r"`([\w/]+\.py)::(\w+)`")
HELD, DEVIATION, NOTHING = "held by `", "deviation: ", "does not apply: "
SHORTEST_REASON = 20


def rows(table: Path) -> list[tuple[str, ...]]:
    """Each row as (id, level, what it asks, answer); a row that is none fails."""
    lines = [line for line in table.read_text().splitlines() if line.startswith("|")]
    found = [ROW.fullmatch(line) for line in lines[2:]]
    broken = [line for line, row in zip(lines[2:], found, strict=True) if not row]
    assert broken == []
    return [row.groups() for row in found if row]


def wanted(chapter: int) -> list[tuple[str, str]]:
    return [
        (f"{section}.{number}", level)
        for section, levels in LEVELS.items()
        for number, level in enumerate(levels, 1)
        if section.startswith(f"{chapter}.") and level in "12"
    ]


def faults(answer: str) -> list[str]:
    """What is wrong with an answer: a test that is not there, or nothing said."""
    if answer.startswith((DEVIATION, NOTHING)):
        return [] if len(answer.partition(": ")[2]) >= SHORTEST_REASON else [answer]
    if not answer.startswith(HELD):
        return [answer]
    named = NAMED.findall(answer)
    return [f"{path}::{name}" for path, name in named if name not in claims_of(path)]


@cache
def claims_of(path: str) -> frozenset[str]:
    """The names of the tests in a file under tests/; none where there is no file."""
    if not (TESTS / path).is_file():
        return frozenset()
    tree = ast.parse((TESTS / path).read_text())
    return frozenset(
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    )


def test_the_standard_is_counted_as_it_was_published() -> None:
    levels = "".join(LEVELS.values())
    assert [levels.count(level) for level in "123"] == [70, 183, 92]


def test_every_chapter_has_its_table() -> None:
    chapters = {int(section.partition(".")[0]) for section in LEVELS}
    assert {int(table.name[:2]) for table in TABLES} == chapters


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.stem)
def test_every_requirement_of_a_chapter_is_answered(table: Path) -> None:
    asked = [(number, level) for number, level, *_ in rows(table)]
    assert asked == wanted(int(table.name[:2]))


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.stem)
def test_every_answer_names_a_test_that_is_there_or_a_reason(table: Path) -> None:
    assert {number: faults(answer) for number, *_, answer in rows(table)} == {
        number: [] for number, *_ in rows(table)
    }


@pytest.mark.parametrize(
    "answer",
    [
        "held by `security/test_asvs.py::test_that_nobody_wrote`",
        "held by `security/test_of_nothing.py::test_the_standard`",
        "held by good will",
        "deviation: not now",
        "yes",
    ],
)
def test_an_empty_answer_would_be_seen(answer: str) -> None:
    assert faults(answer)
