"""The first step: a file becomes rows, and each row is told what it would do."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from itertools import chain, groupby, islice
from typing import Any

from django.db import transaction

from events import nominations
from events.models import Event, User
from events.nominations import CHANGED, NEW, REFUSED, SAME, PlannedNomination
from guests import forgotten
from guests.guest_list import reading
from guests.guest_list.surveying import Survey
from guests.imports import parts
from guests.imports.parts import Look
from guests.models import ImportRun
from losers_lounge import csvfile

MOST_REFUSALS_KEPT = 200
MOST_RUNS_ASKED = 20
GUESTS = ImportRun.Kind.GUESTS


@dataclass(frozen=True)
class Summary:
    """How many rows did, or would do, what; and why the first ones were refused."""

    new: int = 0
    changed: int = 0
    same: int = 0
    refused: int = 0
    refusals: Sequence[Sequence[Any]] = field(default=(), compare=False)
    # Of the rows that are not refused: who has no address, and who shares one.
    no_email: int = field(default=0, compare=False)
    shared_people: int = field(default=0, compare=False)
    shared_groups: int = field(default=0, compare=False)
    # Rows that may be somebody's, about which no host has said anything yet.
    maybe: int = field(default=0, compare=False)
    # Counts the looks, so that a press can say which one it has seen.
    look: int = field(default=0, compare=False)

    @property
    def to_write(self) -> int:
        return self.new + self.changed

    @property
    def digest(self) -> str:
        """What a page showed, in one word, for its button to say again."""
        numbers = (self.look, self.new, self.changed, self.same, self.refused)
        return "-".join(map(str, numbers))


@transaction.atomic
def start(
    event: Event, kind: ImportRun.Kind, data: bytes, *, by: User | None, at: datetime
) -> ImportRun:
    """Read a file and keep its rows for a look; adds nobody.

    Columns are taken for what they were taken for in the last file with the same
    titles, or else by their titles. Raises csvfile.UnreadableFile, and
    forgotten.Forgotten for guests.
    """
    if kind == GUESTS:
        forgotten.refuse_more(event)
    sheet = csvfile.open_sheet(data)
    run = ImportRun(event=event, kind=kind, by=by, created_at=at, header=sheet.titles)
    run.summary = {"read_as": sheet.how}
    run.mapping = _mapping(run)
    required = required_of(kind)
    # An address among the titles is somebody's: the titles themselves are missing.
    if not is_enough(kind, run.mapping) and any("@" in title for title in sheet.titles):
        raise csvfile.UnreadableFile(csvfile.missing_title(sheet.titles, required))
    stretches = parts.cut(sheet.rows)
    first = list(islice(stretches, 1))
    is_large = sum(map(len, first)) == parts.SIZE
    run.save()
    stretches = parts.kept(run, chain(first, stretches))
    del first  # A stretch that was looked at makes room for the next.
    looks = _look(run, stretches, is_large=is_large)
    parts.keep_looks(run, looks)
    run.save(update_fields=["summary"])
    return run


@transaction.atomic
def look(run: ImportRun) -> Summary:
    """Say anew what the rows would do to the event as it is now."""
    stretches = (part.rows for part in parts.every(run))
    looks = _look(run, stretches, is_large=run.summary["rows"] > parts.SIZE)
    run.parts.exclude(looks={}).update(looks={})
    parts.keep_looks(run, looks)
    run.save(update_fields=["summary", "mapping", "choices"])
    return done(run)


def map_columns(run: ImportRun, mapping: Mapping[str, int]) -> Summary:
    """Take these places of the file for those columns of ours, and look again."""
    known, places = columns_of(run.kind), range(len(run.header))
    run.mapping = {
        name: place
        for name, place in mapping.items()
        if name in known and place in places
    }
    run.summary["mapped"], run.choices = True, {}
    return look(run)


def needs_mapping(run: ImportRun) -> bool:
    """Whether a host is still to be asked what the columns are."""
    if not is_enough(run.kind, run.mapping):
        return True
    is_known = run.summary.get("mapped") or not run.summary["unknown_columns"]
    return not is_known


def columns_of(kind: str) -> Mapping[str, Sequence[str]]:
    """Our columns, each with other names it goes by."""
    return reading.COLUMNS if kind == GUESTS else nominations.COLUMNS


def required_of(kind: str) -> str:
    return reading.REQUIRED if kind == GUESTS else nominations.REQUIRED


def is_enough(kind: str, mapping: Collection[str]) -> bool:
    """Whether the one column is there without which nothing goes, or a part of it."""
    enough = reading.ENOUGH if kind == GUESTS else {nominations.REQUIRED}
    return not enough.isdisjoint(mapping)


def done(run: ImportRun) -> Summary:
    """What a run would do, or did, as it was kept."""
    names = (row.name for row in fields(Summary))
    return Summary(**{name: run.summary[name] for name in names if name in run.summary})


def discard(run: ImportRun) -> Summary:
    """Forget a run that was only looked at; what it would have done."""
    run.parts.all().delete()
    run.state = ImportRun.State.DISCARDED
    run.save(update_fields=["state"])
    return done(run)


def shown(
    run: ImportRun, verdict: str, after: int, size: int
) -> list[tuple[list, Look]]:
    """So many rows of this verdict, in the order of the file, after that line."""
    rows = (
        (row, look)
        for row, look in parts.each(run)
        if row[0] > after and verdict in ("", look.get("verdict", NEW))
    )
    return list(islice(rows, size))


def refused(run: ImportRun) -> Iterator[tuple[list, str]]:
    """Every refused row with its reason."""
    for row, found in parts.each(run):
        if found.get("verdict") == REFUSED:
            yield row, found["reason"]


def _mapping(run: ImportRun) -> dict[str, int]:
    """What a host once said of these titles, or what the titles say themselves."""
    earlier = run.event.import_runs.filter(kind=run.kind, summary__mapped=True)
    for header, mapping in earlier.values_list("header", "mapping")[:MOST_RUNS_ASKED]:
        if header == run.header:
            run.summary["mapped"] = True
            return mapping
    return csvfile.match_titles(run.header, columns_of(run.kind))[0]


def _look(
    run: ImportRun, stretches: Iterable[list[list]], *, is_large: bool
) -> dict[int, Look]:
    """What there is to say about rows, by place; the run's summary says the figures."""
    if run.kind == GUESTS:
        found = _guests(run, stretches, is_large=is_large)
    else:
        found = _nominations(run, stretches)
    refused = (row for row in found.kept.values() if row.verdict == REFUSED)
    left_out = set(range(len(run.header))) - set(run.mapping.values())
    summary = Summary(
        *(found.count(verdict) for verdict in (NEW, CHANGED, SAME, REFUSED)),
        refusals=[
            [row.line, row.reason] for row in islice(refused, MOST_REFUSALS_KEPT)
        ],
        look=run.summary.get("look", 0) + 1,
        **(_figures(run, found) if run.kind == GUESTS else {}),
    )
    run.summary |= asdict(summary) | {
        "rows": found.taken,
        "unknown_columns": [run.header[n] for n in sorted(left_out) if run.header[n]],
    }
    looks = {place: parts.look_of(row) for place, row in found.kept.items()}
    return {place: look for place, look in looks.items() if look}


def _guests(
    run: ImportRun, stretches: Iterable[list[list]], *, is_large: bool
) -> Survey:
    survey = Survey(run.event, run.choices, is_large)
    for rows in stretches:
        survey.take([reading.parse(row[0], parts.cells_of(run, row)) for row in rows])
    survey.conclude()
    return survey


@dataclass(frozen=True)
class _Ballot:
    """A ceremony is small: every row of it is kept."""

    kept: dict[int, PlannedNomination]

    @property
    def taken(self) -> int:
        return len(self.kept)

    def count(self, verdict: str) -> int:
        return sum(row.verdict == verdict for row in self.kept.values())


def _nominations(run: ImportRun, stretches: Iterable[list[list]]) -> _Ballot:
    rows = list(chain.from_iterable(stretches))
    planned = nominations.plan(run.event, raw_rows(run, rows)).rows
    return _Ballot(dict(enumerate(planned)))


def raw_rows(run: ImportRun, rows: Sequence[list]) -> list[dict[str, Any]]:
    """Rows as events.nominations takes them."""
    return [{"line": row[0], "cells": parts.cells_of(run, row)} for row in rows]


def _figures(run: ImportRun, survey: Survey) -> dict[str, int]:
    by_address = groupby(sorted(filter(None, survey.addresses)))
    numbers = (sum(1 for _ in same) for _address, same in by_address)
    shared = [number for number in numbers if number > 1]
    return {
        "no_email": survey.addresses.count(0),
        "shared_people": sum(shared),
        "shared_groups": len(shared),
        "maybe": sum(
            bool(row.maybe) and str(row.line) not in run.choices
            for row in survey.kept.values()
            if row.verdict != REFUSED
        ),
    }
