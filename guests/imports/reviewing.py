"""Near names side by side: a host says who is one person and who are two."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction

from guests.guest_list import reading
from guests.guest_list.reading import PlannedGuest
from guests.imports import parts
from guests.imports.runs import Summary, look
from guests.models import Guest, ImportRun


@dataclass(frozen=True)
class Twin:
    """Somebody whom a row may be too."""

    choice: str
    guest: Guest | None = None
    row: PlannedGuest | None = None


@dataclass(frozen=True)
class Pair:
    """A row, and whom it may be too; `choice` is None until a host has said."""

    row: PlannedGuest
    twins: list[Twin]
    choice: str | None


def pairs(run: ImportRun, after: int, size: int) -> list[Pair]:
    """So many rows that may be somebody's, after that line, with whose."""
    rows: list[PlannedGuest] = []
    for row, found in parts.each(run):
        if row[0] > after and found.get("maybe") and len(rows) < size:
            rows.append(reading.parse(row[0], parts.cells_of(run, row)))
            rows[-1].maybe = found["maybe"]
    wanted = {choice for row in rows for choice in row.maybe}
    guests = _guests(run, [int(c[6:]) for c in wanted if c.startswith("guest/")])
    lines = {int(c[5:]) for c in wanted if c.startswith("line/")}
    others = _rows(run, lines)
    return [
        Pair(row, _twins(row, guests, others), run.choices.get(str(row.line)))
        for row in rows
    ]


@transaction.atomic
def choose(run_id: int, choices: Mapping[int, str]) -> Summary:
    """Keep what a host said about these lines, and look again.

    What is no row of the run, or not one of the row's likenesses, is let pass unread.
    """
    run = ImportRun.objects.select_for_update(of=("self",)).get(pk=run_id)
    if run.state == ImportRun.State.PREVIEWED:
        may_be = {
            row[0]: found["maybe"] for row, found in parts.each(run) if "maybe" in found
        }
        run.choices |= {
            str(line): choice
            for line, choice in choices.items()
            if line in may_be and choice in ("", *may_be[line])
        }
    return look(run)


def _twins(
    row: PlannedGuest, guests: dict[int, Guest], others: dict[int, PlannedGuest]
) -> list[Twin]:
    twins = []
    for choice in row.maybe:
        kind, _slash, number = choice.partition("/")
        if kind == "guest" and int(number) in guests:
            twins.append(Twin(choice, guest=guests[int(number)]))
        elif kind == "line" and int(number) in others:
            twins.append(Twin(choice, row=others[int(number)]))
    return twins


def _guests(run: ImportRun, ids: list[int]) -> dict[int, Guest]:
    people = run.event.guests.on_the_list().select_related("invitation__contact")
    return people.in_bulk(ids)


def _rows(run: ImportRun, lines: set[int]) -> dict[int, PlannedGuest]:
    return {
        row[0]: reading.take(row[0], parts.cells_of(run, row))
        for row, _look in (parts.each(run) if lines else ())
        if row[0] in lines
    }
