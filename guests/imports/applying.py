"""The second step: the rows that were shown are written, once.

The event's row is locked first and the run's row after it, for one part at a time;
`done_rows` is committed with the rows that it counts.
"""

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from events import activity, nominations, official
from events.models import Category, Event, User
from events.nominations import CHANGED, NEW, REFUSED, SAME
from guests import forgotten, guest_list, results_night
from guests.guest_list import planning, reading, writing
from guests.guest_list.reading import PlannedGuest
from guests.imports import parts
from guests.imports.runs import GUESTS, MOST_REFUSALS_KEPT, Summary, done, raw_rows
from guests.models import Contact, Guest, ImportPart, ImportRun, Invitation
from losers_lounge import doorbell, planner
from losers_lounge.telling import in_english

TASK = "guests.tasks.apply_imports"
State = ImportRun.State


class PlanChanged(Exception):
    """The list is another one than when the dry run was shown; look again."""


def finish(run_id: int, *, by: User | None, at: datetime, shown: str = "") -> Summary:
    """Apply a run once, to its end; a second press answers with what the first did.

    Raises PlanChanged when it would not do what was `shown`, a Summary's digest, and
    forgotten.Forgotten.
    """
    run = begin(run_id, by=by, at=at, shown=shown)
    if run.state == State.APPLYING:
        run = carry_on(run_id, at)
    return done(run)


@transaction.atomic
def begin(run_id: int, *, by: User | None, at: datetime, shown: str = "") -> ImportRun:
    """Apply a run that fits one part; a larger one is only marked to be applied.

    Raises what `finish` does. Of a larger one, rows that would do something else by
    then are left out, and told.
    """
    run = locked(run_id)
    if run.state != State.PREVIEWED:
        return run
    seen = done(run)
    if shown and shown != seen.digest:
        raise PlanChanged
    run.by = by or run.by
    if run.kind != GUESTS:
        _apply_nominations(run, at, is_shown=bool(shown))
    else:
        forgotten.refuse_more(run.event)
        run.state = State.APPLYING
        run.summary["done"] = dict.fromkeys((NEW, CHANGED, SAME, REFUSED), 0)
        run.summary["left_out"] = []
        if run.summary["rows"] <= parts.SIZE:
            _write_next(run, at, None)
            if shown and done(run) != seen:
                raise PlanChanged
        else:
            run.save(update_fields=["by", "state", "summary"])
    return run


def carry_on(run_id: int, at: datetime) -> ImportRun:
    """Write what is left of a run that is being applied, part by part.

    Of an evening that is forgotten meanwhile nothing more: its clock drops the run.
    """
    taken = _taken(ImportRun(pk=run_id))
    while True:
        with transaction.atomic():
            run = locked(run_id)
            if run.state != State.APPLYING or forgotten.takes_nobody(run.event):
                return run
            _write_next(run, at, taken)


def carry_on_all(at: datetime) -> None:
    """Carry on with every run that somebody pressed the button of."""
    waiting = ImportRun.objects.filter(state=State.APPLYING).order_by("pk")
    for run_id in list(waiting.values_list("pk", flat=True)):
        carry_on(run_id, at)


def ring() -> None:
    """Have a worker look at once; beat looks anyway."""
    doorbell.ring(TASK)


def locked(run_id: int) -> ImportRun:
    """The run with its event, both held until the transaction ends."""
    event_id = ImportRun.objects.values_list("event", flat=True).get(pk=run_id)
    event = Event.objects.locked().get(pk=event_id)
    run = ImportRun.objects.select_for_update(of=("self",)).get(pk=run_id)
    run.event = event
    return run


def _write_next(run: ImportRun, at: datetime, taken: set[int] | None) -> None:
    """Write the next part; after the last one, conclude.

    `taken` are the people of all parts; where there is only one, it is asked itself.
    """
    part = run.parts.filter(number__gte=run.done_rows).first()
    if part is not None:
        _write(run, part, _named_in(part.looks) if taken is None else taken)
        run.done_rows = part.number + len(part.rows)
    if run.done_rows >= run.summary["rows"]:
        _conclude(run, at)
    else:
        run.save(update_fields=["done_rows", "summary"])


def _write(run: ImportRun, part: ImportPart, taken: set[int]) -> None:
    rows = []
    for row, look in parts.looked_at(part):
        verdict = look.get("verdict", NEW)
        if verdict in (NEW, CHANGED):
            rows.append(parts.guest_of(run, row, look))
        else:
            run.summary["done"][verdict] += 1
    _look_again(run, rows, taken)
    new = [row for row in rows if row.verdict == NEW]
    changed = [row for row in rows if row.verdict == CHANGED]
    writing.insert(run.event, new, run)
    writing.update(changed, run)
    for row in rows:
        run.summary["done"][row.verdict] += 1
        if row.verdict == REFUSED:
            run.summary["left_out"].append([row.line, row.reason])


def _look_again(run: ImportRun, rows: list[PlannedGuest], taken: set[int]) -> None:
    """Leave out what would not do what was shown; what is done already is done."""
    new = [row for row in rows if row.verdict == NEW]
    changed = {row.guest_id: row for row in rows if row.verdict == CHANGED}
    by_name: dict[str, list[PlannedGuest]] = {}
    for row in new:
        by_name.setdefault(row.name_key, []).append(row)
    there = planning.people_there(run.event, by_name, besides=run) if new else {}
    for key, people in there.items():
        free = [person for person in people if person["pk"] not in taken]
        for row, person in list(planning.match(by_name[key], free)):
            _hold(row, person)
    people = Guest.objects.principals().filter(event=run.event, pk__in=changed)
    found = {person["pk"]: person for person in planning.persons(people)}
    for guest_id, row in changed.items():
        if guest_id in found:
            _hold(row, found[guest_id])
        else:
            _leave_out(row)


def _hold(row: PlannedGuest, person: planning.Person) -> None:
    shown = row.verdict, row.reason
    reading.compare(row, person)
    if row.verdict != SAME and (row.verdict, row.reason) != shown:
        _leave_out(row)


def _leave_out(row: PlannedGuest) -> None:
    row.verdict = REFUSED
    row.reason = _("Left out: the list has changed since you looked.")


def _taken(run: ImportRun) -> set[int]:
    """Everybody on the list who is some row of the file."""
    looks = run.parts.values_list("looks", flat=True)
    return set().union(*map(_named_in, looks))


def _named_in(looks: dict[str, parts.Look]) -> set[int]:
    return {look["guest_id"] for look in looks.values() if "guest_id" in look}


def _conclude(run: ImportRun, at: datetime) -> None:
    """The last transaction: who owes what, what was refused, and the log."""
    counts = run.summary.pop("done")
    left_out = run.summary.pop("left_out")
    if counts[NEW] >= parts.SIZE:
        planner.analyze(Contact, Invitation, Guest)
    touched = guest_list.link_nominees(run.event)
    if counts[CHANGED]:
        changed = run.changes.exclude(guest__nominee=None)
        touched |= set(changed.values_list("guest__nominee", flat=True))
    if touched:
        guest_list.follow(run.event, at, touched)
    refusals = [*run.summary.get("refusals", []), *left_out][:MOST_REFUSALS_KEPT]
    run.summary |= {**counts, "refusals": refusals, "maybe": 0}
    _forget_rows(run, dict(left_out))
    _applied(run, at)


def _forget_rows(run: ImportRun, left_out: dict[int, str]) -> None:
    """Keep what was refused, so that it can be had as a file; the rest is written."""
    if not run.summary[REFUSED]:
        run.parts.all().delete()
        return
    for part in parts.every(run):
        kept = list(_refused(part, left_out))
        part.rows = [row for row, _reason in kept]
        part.looks = {
            str(place): {"verdict": REFUSED, "reason": reason}
            for place, (_row, reason) in enumerate(kept)
        }
        part.save() if kept else part.delete()


def _refused(part: ImportPart, left_out: dict[int, str]) -> Iterator[tuple[list, str]]:
    for row, look in parts.looked_at(part):
        if look.get("verdict") == REFUSED:
            yield row, look["reason"]
        elif row[0] in left_out:
            yield row, left_out[row[0]]


def _applied(run: ImportRun, at: datetime) -> None:
    run.state, run.applied_at = State.APPLIED, at
    run.save(update_fields=["by", "summary", "state", "done_rows", "applied_at"])
    verb = noop("imported %(kind)s") % {"kind": in_english(run.get_kind_display)}
    text = noop("%(new)d new, %(changed)d changed") % run.summary
    activity.record(run.event, run.by or noop("The imported list"), verb, text, at=at)


def _apply_nominations(run: ImportRun, at: datetime, *, is_shown: bool) -> None:
    """A ceremony is small: it is written at once, as it would be now."""
    rows = [row for row, _look in parts.each(run)]
    shown = [look.get("verdict", NEW) for _row, look in parts.each(run)]
    planned = nominations.plan(run.event, raw_rows(run, rows))
    if is_shown and [row.verdict for row in planned.rows] != shown:
        raise PlanChanged
    run.summary |= {
        verdict: planned.count(verdict) for verdict in (NEW, CHANGED, SAME, REFUSED)
    }
    touched = nominations.apply(run.event, planned)
    linked = guest_list.link_nominees(run.event)
    guest_list.follow(run.event, at, touched | linked)
    official_list = official.match(run.event, planned.rows)
    decided = run.event.categories.filter(state=Category.State.OFFICIAL)
    # A list of nominations never corrects a result; the results desk does.
    for category_id in decided.values_list("pk", flat=True):
        official_list.winners.pop(category_id, None)
    results_night.record(run.event, official_list.winners, by=run.by, at=at)
    _forget_rows(run, {})
    run.done_rows = len(rows)
    _applied(run, at)
