"""Two steps of an import: look first, then apply exactly what was shown."""

from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from events import activity, nominations, official
from events.models import Category, Event, User
from events.nominations import CHANGED, NEW, REFUSED, SAME, NominationPlan
from guests import guest_list, guest_rows, obligations, results_night
from guests.guest_list import GuestPlan
from guests.models import ImportRun

Plan = GuestPlan | NominationPlan


@dataclass(frozen=True)
class Summary:
    """How many rows did, or would do, what."""

    new: int
    changed: int
    same: int
    refused: int

    @classmethod
    def of(cls, plan: Plan) -> "Summary":
        return cls(*(plan.count(verdict) for verdict in (NEW, CHANGED, SAME, REFUSED)))


def start(
    event: Event, kind: ImportRun.Kind, data: bytes, *, by: User | None, at: datetime
) -> ImportRun:
    """Read a file and keep its rows for a look; adds nobody.

    Raises csvfile.UnreadableFile.
    """
    reader = guest_rows if kind == ImportRun.Kind.GUESTS else nominations
    table = reader.read(data)
    rows = [{"line": row.line, "cells": row.cells} for row in table.rows]
    run = ImportRun(event=event, kind=kind, by=by, rows=rows, created_at=at)
    run.summary = {
        **asdict(Summary.of(preview(run))),
        "unknown_columns": list(table.unknown_columns),
    }
    run.save()
    return run


def preview(run: ImportRun) -> Plan:
    """What the run would do to the event as it is now."""
    if run.kind == ImportRun.Kind.GUESTS:
        return guest_list.plan(run.event, run.rows)
    return nominations.plan(run.event, run.rows)


@transaction.atomic
def finish(run_id: int, *, by: User | None, at: datetime) -> Summary:
    """Apply a run once; a second press answers with what the first one did."""
    run = ImportRun.objects.select_for_update(of=("self",)).get(pk=run_id)
    if run.state != ImportRun.State.PREVIEWED:
        kept = ("new", "changed", "same", "refused")
        return Summary(**{name: run.summary[name] for name in kept})
    Event.objects.select_for_update(of=("self",), no_key=True).get(pk=run.event_id)
    plan = preview(run)
    if run.kind == ImportRun.Kind.GUESTS:
        run.added = guest_list.apply(run.event, plan, at)
    else:
        _apply_nominations(run, plan, by, at)
    summary = Summary.of(plan)
    run.summary |= asdict(summary)
    run.rows, run.state, run.applied_at = [], ImportRun.State.APPLIED, at
    run.save(update_fields=["added", "summary", "rows", "state", "applied_at"])
    verb = _("imported %(kind)s") % {"kind": run.get_kind_display()}
    text = _("%(new)d new, %(changed)d changed") % run.summary
    activity.record(run.event, by or _("Import"), verb, text, at=at)
    return summary


def discard(run: ImportRun) -> Summary:
    """Forget a run that was only looked at; what it would have done."""
    summary = Summary.of(preview(run))
    run.rows, run.state = [], ImportRun.State.DISCARDED
    run.save(update_fields=["rows", "state"])
    return summary


def _apply_nominations(
    run: ImportRun, plan: NominationPlan, by: User | None, at: datetime
) -> None:
    touched = nominations.apply(run.event, plan)
    touched |= guest_list.link_nominees(run.event)
    obligations.bring_up_to_date(run.event, at, touched)
    official_list = official.match(run.event, plan.rows)
    decided = run.event.categories.filter(state=Category.State.OFFICIAL)
    # A list of nominations never corrects a result; the results desk does.
    for category_id in decided.values_list("pk", flat=True):
        official_list.winners.pop(category_id, None)
    results_night.record(run.event, official_list.winners, by=by, at=at)
