"""Read a list of nominations, and bring an event's ceremony up to it.

One row is one nomination: `category,work,nominees,outcome`, nominees separated by
semicolons, "as Somebody" dropped. The same list read twice adds nothing.
"""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from events.models import Category, Event, Nomination, Nominee
from losers_lounge import csvfile
from losers_lounge.names import clean, fold

COLUMNS = {
    "category": ("award", "prize"),
    "work": ("title", "program", "programme", "series", "film", "for"),
    "nominees": ("nominee", "name", "names", "people", "credits"),
    "outcome": ("result", "winner", "won"),
}
REQUIRED = "category"
WON = frozenset({"won", "win", "winner", "yes", "true", "1"})
LOST = frozenset({"lost", "lose", "loser", "nominee", "nominated", "no", "false", "0"})
ROLE = re.compile(r"(?:^|,?\s+)as\s+.+$")
MAX_NAME = 200
MAX_WORK = 300
BATCH = 2_000

NEW, CHANGED, SAME, REFUSED = (
    gettext_noop("new"),
    gettext_noop("changed"),
    gettext_noop("same"),
    gettext_noop("refused"),
)


@dataclass
class PlannedNomination:
    """What one row would do, and why it would not."""

    line: int
    category: str
    work: str
    nominees: list[str]
    outcome: str = ""
    verdict: str = NEW
    reason: str = ""
    nomination_id: int | None = None
    # Keys of the nominees, under the names the ceremony knows them by.
    people: frozenset[str] = frozenset()

    @property
    def key(self) -> tuple[str, str, frozenset[str]]:
        return fold(self.category), fold(self.work), self.people


@dataclass
class NominationPlan:
    rows: list[PlannedNomination] = field(default_factory=list)
    unknown_columns: tuple[str, ...] = ()

    def count(self, verdict: str) -> int:
        return sum(row.verdict == verdict for row in self.rows)


def read(data: bytes) -> csvfile.Table:
    """The file's rows; raises csvfile.UnreadableFile."""
    return csvfile.read(data, COLUMNS, required=REQUIRED)


def plan(event: Event, rows: list[dict[str, Any]]) -> NominationPlan:
    """Say for each row what it would add or change; writes nothing.

    `rows` are {"line": n, "cells": {column: text}}, as an import keeps them.
    """
    by_key, by_work = _existing(event)
    known_as = {key: person.name_key for key, person in _people(event).items()}
    planned, seen = [], {}
    for raw in rows:
        row = _parse(raw["line"], raw["cells"])
        keys = map(fold, row.nominees)
        row.people = frozenset(known_as.get(key, key) for key in keys)
        if row.verdict != REFUSED:
            if row.key in seen:
                row.verdict = REFUSED
                row.reason = _("The same as line %(line)s.") % {"line": seen[row.key]}
            else:
                seen[row.key] = row.line
                if row.key in by_key:
                    row.verdict, row.nomination_id = SAME, by_key[row.key]
        planned.append(row)
    _match_changed_credits(planned, by_work)
    return NominationPlan(planned)


@transaction.atomic
def apply(event: Event, planned: NominationPlan) -> set[int]:
    """Write the plan's new and changed rows; returns ids of the touched nominees."""
    Event.objects.locked().get(pk=event.pk)
    rows = [row for row in planned.rows if row.verdict in (NEW, CHANGED)]
    categories = _categories(event, rows)
    people = _people_for(event, rows)
    new = [row for row in rows if row.nomination_id is None]
    made = Nomination.objects.bulk_create(
        _nomination(row, categories[fold(row.category)]) for row in new
    )
    for row, nomination in zip(new, made, strict=True):
        row.nomination_id = nomination.pk
    credit = Nomination.nominees.through
    before = credit.objects.filter(nomination__in=[row.nomination_id for row in rows])
    touched = set(before.values_list("nominee", flat=True))
    before.delete()
    credits = [
        credit(nomination_id=row.nomination_id, nominee=people[fold(name)])
        for row in rows
        for name in row.nominees
    ]
    credit.objects.bulk_create(credits, BATCH, ignore_conflicts=True)
    return touched | {row.nominee_id for row in credits}


def _categories(event: Event, rows: list[PlannedNomination]) -> dict[str, Category]:
    """The event's categories by key, with those of the rows, in the file's order."""
    known = {row.name_key: row for row in event.categories.all()}
    last = max((row.order for row in known.values()), default=0)
    missing: dict[str, str] = {}
    for row in rows:
        key = fold(row.category)
        if key not in known:
            missing.setdefault(key, row.category)
    made = Category.objects.bulk_create(
        Category(event=event, order=order, name=name, name_key=key)
        for order, (key, name) in enumerate(missing.items(), last + 1)
    )
    return known | {row.name_key: row for row in made}


def _people_for(event: Event, rows: list[PlannedNomination]) -> dict[str, Nominee]:
    """The event's nominees by every key they go by, with those of the rows."""
    known = _people(event)
    names = {fold(name): name for row in reversed(rows) for name in row.nominees}
    made = Nominee.objects.bulk_create(
        (
            Nominee(event=event, name=name, name_key=key)
            for key, name in names.items()
            if key not in known
        ),
        BATCH,
    )
    return known | {person.name_key: person for person in made}


def _nomination(row: PlannedNomination, category: Category) -> Nomination:
    """A late nomination in a decided category has lost until somebody corrects."""
    decided = category.state == Category.State.OFFICIAL
    outcome = Nomination.Outcome.LOST if decided else Nomination.Outcome.PENDING
    return Nomination(
        category=category, work=row.work, work_key=fold(row.work), outcome=outcome
    )


def _parse(line: int, cells: dict[str, str]) -> PlannedNomination:
    names = [clean(ROLE.sub("", part)) for part in cells.get("nominees", "").split(";")]
    unique = {fold(name): name for name in names if fold(name)}
    row = PlannedNomination(
        line=line,
        category=cells.get("category", ""),
        work=cells.get("work", ""),
        nominees=list(unique.values()),
    )
    said = fold(cells.get("outcome", ""))
    if said in WON:
        row.outcome = Nomination.Outcome.WON
    elif said in LOST:
        row.outcome = Nomination.Outcome.LOST
    problem = _problem(row, said)
    if problem:
        row.verdict, row.reason = REFUSED, problem
    return row


def _problem(row: PlannedNomination, said: str) -> str:
    if not fold(row.category):
        return _("The category is missing.")
    if not row.work and not row.nominees:
        return _("Neither a work nor a nominee is named.")
    if said and not row.outcome:
        return _("The outcome must be won, lost or empty, not “%(said)s”.") % {
            "said": said[:30]
        }
    if len(row.category) > MAX_NAME or len(row.work) > MAX_WORK:
        return _("The category or the work is too long.")
    if any(len(name) > MAX_NAME for name in row.nominees):
        return _("A nominee's name is too long.")
    return ""


def _existing(event: Event) -> tuple[dict, dict]:
    """Nominations that are there, by their whole key and by category and work."""
    by_key, by_work = {}, defaultdict(list)
    nominations = Nomination.objects.filter(category__event=event)
    for row in nominations.select_related("category").prefetch_related("nominees"):
        people = frozenset(person.name_key for person in row.nominees.all())
        key = (row.category.name_key, row.work_key, people)
        by_key[key] = row.pk
        by_work[key[:2]].append((row.pk, key))
    return by_key, by_work


def _match_changed_credits(rows: list[PlannedNomination], by_work: dict) -> None:
    """A work that stands once on both sides, with other people: credits changed."""
    new = defaultdict(list)
    matched = {row.nomination_id for row in rows if row.verdict == SAME}
    for row in rows:
        if row.verdict == NEW and row.work:
            new[row.key[:2]].append(row)
    for key, candidates in new.items():
        left = [pk for pk, _key in by_work[key] if pk not in matched]
        if len(candidates) == 1 and len(left) == 1:
            candidates[0].verdict = CHANGED
            candidates[0].nomination_id = left[0]


def _people(event: Event) -> dict[str, Nominee]:
    people = {}
    for person in event.nominees.all():
        for alias in person.aliases:
            people.setdefault(fold(alias), person)
        people[person.name_key] = person
    return people
