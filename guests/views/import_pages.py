"""What the pages of an import show: figures, a page of rows, near names."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.models import Event
from events.nominations import CHANGED, NEW, REFUSED, SAME
from guests import imports
from guests.imports import Pair
from guests.models import ImportRun
from losers_lounge.whole_number import whole_number

PAGE_SIZE = 50
PAIRS = 20
MOST_EARLIER = 5
# In this order they are worth a look.
VERDICTS = (REFUSED, CHANGED, NEW, SAME)
TWO_PEOPLE = "two"
State = ImportRun.State


def detail(run: ImportRun, show: str, after: str) -> dict[str, Any]:
    """The figures of a run, and a page of the rows of one verdict."""
    summary = imports.done(run)
    is_look, is_undone = run.state == State.PREVIEWED, run.state == State.UNDONE
    counts = {verdict: getattr(summary, verdict) for verdict in VERDICTS}
    context: dict[str, Any] = {
        "summary": summary,
        "figures": [] if is_undone else _figures(summary, is_look),
        "is_look": is_look,
        "has_refused_file": summary.refused > 0 and run.parts.exists(),
        "can_be_undone": imports.can_be_undone(run),
        "undone": imports.told(run) if is_undone else None,
    }
    if not is_look:
        return context | {"shared": imports.shared_contacts(run)}
    first = next((verdict for verdict in VERDICTS if counts[verdict]), NEW)
    show = show if show in VERDICTS else first
    start = whole_number(after) or 0
    rows = imports.shown(run, show, start, PAGE_SIZE + 1)
    page = rows[:PAGE_SIZE]
    more = {"show": show, "after": page[-1][0][0]} if len(rows) > PAGE_SIZE else {}
    return context | {
        "rows": [_row(run, row, look) for row, look in page],
        "show": show,
        "tabs": [(verdict, counts[verdict]) for verdict in VERDICTS if counts[verdict]],
        "next_url": f"?{urlencode(more)}" if more else "",
        "first_url": f"?{urlencode({'show': show})}" if start else "",
        "columns": _columns(run),
    }


def progress(run: ImportRun) -> dict[str, Any]:
    """How far a large file has come; polled until it is written."""
    poll = reverse("guests:import_progress", args=[run.event.slug, run.pk])
    return {
        "done": run.done_rows,
        "total": run.summary["rows"],
        "poll_url": poll if run.state == State.APPLYING else "",
    }


def names(run: ImportRun, after: str) -> dict[str, Any]:
    """A page of rows that may be somebody's."""
    start = whole_number(after) or 0
    found = imports.pairs(run, start, PAIRS + 1)
    shown = found[:PAIRS]
    next_after = shown[-1].row.line if len(found) > PAIRS else 0
    return {"pairs": shown, "next_after": next_after, "after": start}


def choices(data: Mapping[str, str], pairs: Iterable[Pair]) -> dict[int, str]:
    """What a host said about the rows of a page; unknown words are no answer."""
    found = {}
    for pair in pairs:
        said = data.get(f"line_{pair.row.line}", "")
        if said == TWO_PEOPLE:
            found[pair.row.line] = ""
        elif said in pair.row.maybe:
            found[pair.row.line] = said
    return found


def earlier(event: Event, kind: str) -> QuerySet[ImportRun]:
    """The last imports of this kind, newest first."""
    runs = event.import_runs.filter(kind=kind).exclude(state=State.DISCARDED)
    return runs.select_related("by").defer("choices", "header")[:MOST_EARLIER]


def numbers(texts: Collection[str]) -> set[int]:
    return {found for text in texts if (found := whole_number(text))}


def _figures(summary: imports.Summary, is_look: bool) -> list[tuple[str, int, str]]:
    """Label, number, and what it means, of what is not nothing."""
    rows = [
        (_("New"), summary.new, ""),
        (_("Changed"), summary.changed, ""),
        (_("As they are"), summary.same, ""),
        (_("Refused"), summary.refused, ""),
        (_("Without e-mail"), summary.no_email, _("call them, or print a card")),
        (
            _("Share an e-mail"),
            summary.shared_people,
            ngettext("in %(n)d group", "in %(n)d groups", summary.shared_groups)
            % {"n": summary.shared_groups},
        ),
    ]
    if is_look:
        rows.append((_("Maybe the same person"), summary.maybe, _("for you to say")))
    return [row for place, row in enumerate(rows) if place < 2 or row[1]]


def _row(run: ImportRun, row: list, look: Mapping[str, Any]) -> dict[str, Any]:
    cells = look.get("cells") or imports.cells_of(run, row)
    if run.kind == ImportRun.Kind.GUESTS:
        name = imports.cells_of(run, row).get("name", "")
        title = imports.written(run, row).get("name", name)
        read_as = _("read as %(name)s") % {"name": name} if title != name else ""
        email = cells.get("email") or cells.get("contact_email", "")
        hint = ", ".join(filter(None, (read_as, email)))
    else:
        title = cells.get("category", "")
        parts = (cells.get("work", ""), cells.get("nominees", ""))
        hint = ", ".join(filter(None, parts))
    return {
        "line": row[0],
        "title": title,
        "hint": hint,
        "reason": look.get("reason", ""),
        "is_maybe": bool(look.get("maybe")),
    }


def _columns(run: ImportRun) -> list[tuple[str, str]]:
    """Each title of the file that was read, with our name for it."""
    labels = imports.LABELS
    return [
        (run.header[place], str(labels[name]))
        for name, place in sorted(run.mapping.items(), key=lambda item: item[1])
        if place < len(run.header)
    ]
