"""Two steps of an import: look first, then apply exactly what was shown."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from events import activity, nominations, official
from events.models import Category, Event, User
from events.nominations import CHANGED, NEW, REFUSED, SAME, NominationPlan
from guests import guest_list, guest_rows, results_night
from guests.guest_list import GuestPlan
from guests.models import Guest, ImportRun

Plan = GuestPlan | NominationPlan


MOST_REFUSALS_KEPT = 200


class PlanChanged(Exception):
    """The list is another one than when the dry run was shown; look again."""


@dataclass(frozen=True)
class Summary:
    """How many rows did, or would do, what; and why the first ones were refused."""

    new: int
    changed: int
    same: int
    refused: int
    refusals: Sequence[Sequence[Any]] = field(default=(), compare=False)

    @classmethod
    def of(cls, plan: Plan) -> "Summary":
        counts = (plan.count(verdict) for verdict in (NEW, CHANGED, SAME, REFUSED))
        refused = (row for row in plan.rows if row.verdict == REFUSED)
        first = islice(refused, MOST_REFUSALS_KEPT)
        return cls(*counts, [[row.line, row.reason] for row in first])

    @property
    def digest(self) -> str:
        """The counts in one word: what a page showed, for its button to say again."""
        return f"{self.new}-{self.changed}-{self.same}-{self.refused}"


def start(
    event: Event, kind: ImportRun.Kind, data: bytes, *, by: User | None, at: datetime
) -> ImportRun:
    """Read a file and keep its rows for a look; adds nobody.

    Raises csvfile.UnreadableFile.
    """
    reader = guest_rows if kind == ImportRun.Kind.GUESTS else nominations
    table = reader.read(data)
    rows = [
        {
            "line": row.line,
            "cells": {name: text for name, text in row.cells.items() if text},
        }
        for row in table.rows
    ]
    run = ImportRun(event=event, kind=kind, by=by, rows=rows, created_at=at)
    columns = {"unknown_columns": list(table.unknown_columns)}
    run.summary = vars(Summary.of(preview(run))) | columns
    run.save()
    return run


def preview(run: ImportRun) -> Plan:
    """What the run would do to the event as it is now."""
    if run.kind == ImportRun.Kind.GUESTS:
        return guest_list.plan(run.event, run.rows)
    return nominations.plan(run.event, run.rows)


@transaction.atomic
def finish(run_id: int, *, by: User | None, at: datetime, shown: str = "") -> Summary:
    """Apply a run once; a second press answers with what the first one did.

    Raises PlanChanged when it would not do what was `shown`, a Summary's digest.
    """
    run = ImportRun.objects.select_for_update(of=("self",)).get(pk=run_id)
    if run.state != ImportRun.State.PREVIEWED:
        return done(run)
    Event.objects.select_for_update(of=("self",), no_key=True).get(pk=run.event_id)
    plan = preview(run)
    summary = Summary.of(plan)
    if shown and shown != summary.digest:
        raise PlanChanged
    if run.kind == ImportRun.Kind.GUESTS:
        added = guest_list.apply(run.event, plan, at)
        Guest.objects.filter(pk__in=added).update(added_by=run)
    else:
        _apply_nominations(run, plan, by, at)
    run.summary |= vars(summary)
    run.rows, run.state, run.applied_at = [], ImportRun.State.APPLIED, at
    run.save(update_fields=["summary", "rows", "state", "applied_at"])
    verb = _("imported %(kind)s") % {"kind": run.get_kind_display()}
    text = _("%(new)d new, %(changed)d changed") % run.summary
    activity.record(run.event, by or _("Import"), verb, text, at=at)
    return summary


def done(run: ImportRun) -> Summary:
    """What a run did, as it was kept."""
    names = (row.name for row in fields(Summary))
    return Summary(**{name: run.summary.get(name, 0) for name in names})


def discard(run: ImportRun) -> Summary:
    """Forget a run that was only looked at; what it would have done."""
    run.rows, run.state = [], ImportRun.State.DISCARDED
    run.save(update_fields=["rows", "state"])
    return done(run)


def _apply_nominations(
    run: ImportRun, plan: NominationPlan, by: User | None, at: datetime
) -> None:
    touched = nominations.apply(run.event, plan)
    guest_list.follow(run.event, at, touched | guest_list.link_nominees(run.event))
    official_list = official.match(run.event, plan.rows)
    decided = run.event.categories.filter(state=Category.State.OFFICIAL)
    # A list of nominations never corrects a result; the results desk does.
    for category_id in decided.values_list("pk", flat=True):
        official_list.winners.pop(category_id, None)
    results_night.record(run.event, official_list.winners, by=by, at=at)
