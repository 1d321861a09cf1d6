"""The academy's list beside ours: what is the same, what differs, what it changes.

An upload is kept as rows of an ImportRun until it is taken over. Who presses has seen
the differences; if they are others by then, nothing happens but that they are shown.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import transaction
from django.utils.translation import gettext_noop as noop

from events import activity, nominations, official, results, running_order
from events.models import Event, Nomination, User
from events.nominations import REFUSED, PlannedNomination
from events.running_order import Row
from guests import impact, results_night
from guests.impact import Impact
from guests.imports import PlanChanged, parts, runs
from guests.imports.applying import locked
from guests.models import ImportRun
from losers_lounge import csvfile, edit_conflict
from losers_lounge.names import fold

RESULTS = ImportRun.Kind.RESULTS


class Kind(StrEnum):
    """How a category of theirs stands to ours."""

    CORRECTION = "correction"
    DRAFT = "draft"
    SETTLES = "settles"
    NEW = "new"
    PROPOSED = "proposed"
    UNSURE = "unsure"
    SAME = "same"
    ABSENT = "absent"


RECORDED = (Kind.DRAFT, Kind.SETTLES, Kind.NEW)
LEFT_ALONE = (Kind.SAME, Kind.ABSENT)


@dataclass(frozen=True)
class Difference:
    """One category: our winners, theirs, and what theirs would change."""

    row: Row
    kind: Kind
    winners: tuple[int, ...] = ()
    sheet: Impact | None = None

    @property
    def ours(self) -> str:
        return self.row.drafted or self.row.winners

    @property
    def theirs(self) -> str:
        return self.row.named(self.winners) if self.winners else ""


@dataclass(frozen=True)
class Comparison:
    """Every category of the event beside the list, and the lines that fit none."""

    differences: list[Difference]
    refused: list[tuple[int, str]]

    def of(self, *kinds: Kind) -> list[Difference]:
        return [row for row in self.differences if row.kind in kinds]

    @property
    def to_record(self) -> list[Difference]:
        return self.of(*RECORDED)

    @property
    def differing(self) -> list[Difference]:
        return [row for row in self.differences if row.kind not in LEFT_ALONE]

    @property
    def standing(self) -> list[Difference]:
        return self.of(*LEFT_ALONE)

    @property
    def corrections(self) -> list[Difference]:
        return self.of(Kind.CORRECTION)

    @property
    def stamp(self) -> str:
        """What a page showed, in one word, for its button to say again."""
        facts = [
            (
                there.row.category.pk,
                there.row.category.version,
                str(there.kind),
                there.winners,
                there.sheet.stamp if there.sheet else "",
            )
            for there in self.differences
        ]
        return edit_conflict.mark(facts, self.refused)


@transaction.atomic
def start(event: Event, data: bytes, *, by: User, at: datetime) -> ImportRun:
    """A list to be looked at; nothing of one that names no winners is kept.

    Raises csvfile.UnreadableFile.
    """
    run = runs.start(event, RESULTS, data, by=by, at=at)
    if not runs.is_enough(RESULTS, run.mapping):
        required = runs.required_of(RESULTS)
        raise csvfile.UnreadableFile(csvfile.missing_title(run.header, required))
    return run


def compare(run: ImportRun) -> Comparison:
    """The rows of an upload beside the results as they are now; writes nothing."""
    rows = [row for row, _look in parts.each(run)]
    planned = nominations.plan(run.event, runs.raw_rows(run, rows)).rows
    found = official.match(run.event, [r for r in planned if r.verdict != REFUSED])
    refused = [(row.line, row.reason) for row in planned if row.verdict == REFUSED]
    refused = sorted(refused + found.refused)
    unsure = _unsure(planned, {line for line, _reason in refused})
    differences = [
        _difference(row, found.winners.get(row.category.pk, ()), unsure)
        for row in running_order.read(run.event)
    ]
    return Comparison(differences, refused)


@transaction.atomic
def apply(run_id: int, *, by: User, at: datetime, shown: str) -> ImportRun:
    """Take the list over, once: new results and drafts at once, corrections with care.

    Where the event asks for two people, a correction is only proposed: a second one
    confirms it. Raises PlanChanged when it would not do what was `shown`, and
    ResultsRefused as the results do.
    """
    run = locked(run_id)
    if run.state != ImportRun.State.PREVIEWED:
        return run
    found = compare(run)
    if found.stamp != shown:
        raise PlanChanged
    taken, proposed = found.to_record, found.corrections
    if not run.event.second_confirmation_required:
        taken, proposed = taken + proposed, []
    try:
        _take(run, taken, by, at)
        for there in proposed:
            category = there.row.category
            results.announce(
                category.pk, list(there.winners), by=by, at=at, version=category.version
            )
    except results.StaleCategory:
        raise PlanChanged from None
    _applied(run, len(taken), len(proposed), by, at)
    return run


def _take(run: ImportRun, taken: list[Difference], by: User, at: datetime) -> None:
    winners = {there.row.category.pk: list(there.winners) for there in taken}
    versions = {there.row.category.pk: there.row.category.version for there in taken}
    results_night.record(run.event, winners, by=by, at=at, versions=versions)


def _applied(
    run: ImportRun, recorded: int, proposed: int, by: User, at: datetime
) -> None:
    run.parts.all().delete()
    run.by, run.state, run.applied_at = by, ImportRun.State.APPLIED, at
    run.summary |= {"recorded": recorded, "proposed": proposed}
    run.save(update_fields=["by", "state", "applied_at", "summary"])
    text = noop("%(recorded)d recorded, %(proposed)d proposed as corrections")
    activity.record(
        run.event,
        by,
        noop("imported official results"),
        text % run.summary,
        at=at,
    )


def _unsure(planned: list[PlannedNomination], refused: set[int]) -> set[str]:
    """Categories of which a line may name a winner that could not be found."""
    return {
        fold(row.category)
        for row in planned
        if row.line in refused and row.outcome != Nomination.Outcome.LOST
    }


def _difference(row: Row, winners: list[int], unsure: set[str]) -> Difference:
    theirs = tuple(sorted(winners))
    kind = _kind(row, list(theirs), unsure)
    sheet = impact.of(row.category, theirs) if kind == Kind.CORRECTION else None
    return Difference(row, kind, theirs, sheet)


def _kind(row: Row, theirs: list[int], unsure: set[str]) -> Kind:
    if row.category.name_key in unsure:
        return Kind.UNSURE
    if not theirs:
        return Kind.ABSENT
    drafted = row.category.draft_winners
    if row.is_official:
        ours = sorted(entry.nomination.pk for entry in row.entries if entry.is_winner)
        if ours == theirs:
            return Kind.SAME if drafted is None else Kind.DRAFT
        return Kind.PROPOSED if drafted == theirs else Kind.CORRECTION
    if drafted is None:
        return Kind.NEW
    return Kind.SETTLES if drafted == theirs else Kind.DRAFT
