"""An upload's rows on their way in and out of the database, part by part.

A row is [line, cell, ...] as the file has it; what a look found about it stands
beside, and only where there is something to say.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from events.nominations import NEW, PlannedNomination
from guests.guest_list import reading
from guests.guest_list.reading import PlannedGuest
from guests.imports import names
from guests.models import ImportPart, ImportRun

# As many rows as are written in one transaction, for as long as others may wait.
SIZE = 2_000

Look = dict[str, Any]
Planned = PlannedGuest | PlannedNomination


def cut(rows: Iterable[list]) -> Iterator[list[list]]:
    """An upload's rows by parts, one of them in memory at a time."""
    rows = iter(rows)
    while part := list(islice(rows, SIZE)):
        yield part


def kept(run: ImportRun, stretches: Iterable[list[list]]) -> Iterator[list[list]]:
    """Write each part as it goes by, without its looks."""
    number = 0
    for rows in stretches:
        ImportPart.objects.create(run=run, number=number, rows=rows)
        yield rows
        number += len(rows)


def keep_looks(run: ImportRun, looks: Mapping[int, Look]) -> None:
    """Write what a look found, by the place of each row in the file."""
    if not looks:
        return
    by_part: dict[int, dict[str, Look]] = defaultdict(dict)
    numbers = list(run.parts.values_list("number", flat=True))
    for place, look in looks.items():
        number = numbers[bisect_right(numbers, place) - 1]
        by_part[number][str(place - number)] = look
    for number, found in by_part.items():
        run.parts.filter(number=number).update(looks=found)


def every(run: ImportRun) -> Iterator[ImportPart]:
    """The parts in order, one in memory at a time."""
    part = run.parts.first()
    while part is not None:
        yield part
        part = run.parts.filter(number__gt=part.number).first()


def each(run: ImportRun) -> Iterator[tuple[list, Look]]:
    """Every row with its look."""
    for part in every(run):
        yield from looked_at(part)


def looked_at(part: ImportPart) -> Iterator[tuple[list, Look]]:
    """A part's rows, each with its look."""
    for place, row in enumerate(part.rows):
        yield row, part.looks.get(str(place), {})


def cells_of(run: ImportRun, row: list) -> dict[str, str]:
    """A row's cells by our columns, empty ones left out, with one name."""
    return names.one_name(written(run, row))


def written(run: ImportRun, row: list) -> dict[str, str]:
    """A row's cells by our columns as the file has them, empty ones left out."""
    size = len(row) - 1
    return {
        name: row[place + 1]
        for name, place in run.mapping.items()
        if place < size and row[place + 1]
    }


def guest_of(run: ImportRun, row: list, look: Look) -> PlannedGuest:
    """A row as it was planned at the look; refused ones cannot be had back."""
    planned = reading.take(row[0], look.get("cells") or cells_of(run, row))
    planned.verdict = look.get("verdict", NEW)
    planned.reason = look.get("reason", "")
    planned.guest_id = look.get("guest_id")
    planned.aliases = look.get("aliases", [])
    planned.maybe = look.get("maybe", [])
    return planned


def look_of(planned: Planned) -> Look:
    """What is kept of a planned row besides its cells: nothing of most of them."""
    look: Look = {}
    if planned.verdict != NEW:
        look["verdict"] = planned.verdict
    for name in ("reason", "guest_id", "aliases", "maybe"):
        if value := getattr(planned, name, None):
            look[name] = value
    if getattr(planned, "stands_for_more", False):
        look["cells"] = _cells(planned)
    return look


def _cells(row: PlannedGuest) -> dict[str, str]:
    """A row that took another one over, as cells."""
    cells = {
        "name": row.name,
        "email": row.email,
        "phone": row.phone,
        "plus_ones": str(row.plus_ones),
        "tags": ";".join(row.tags),
        "contact_name": row.contact_name,
        "contact_email": row.contact_email,
        "notes": row.notes,
        "vip": "yes" if row.is_vip else "no",
    }
    given = {"vip" if name == "is_vip" else name for name in row.given}
    return {name: text for name, text in cells.items() if name in given}
