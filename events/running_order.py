"""The ceremony as the results desk reads it: in order, in words, in few queries."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Prefetch, Q, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events import results
from events.models import Category, Event, Nomination

SHOWN_PEOPLE = 4


@dataclass(frozen=True)
class Entry:
    """One nomination on the screen."""

    nomination: Nomination
    title: str
    details: str
    is_winner: bool
    is_drafted: bool


@dataclass(frozen=True)
class Row:
    """One category with its entries, and how it stands in words."""

    category: Category
    entries: tuple[Entry, ...]

    @property
    def is_open(self) -> bool:
        return self.category.state == Category.State.OPEN

    @property
    def is_official(self) -> bool:
        return self.category.state == Category.State.OFFICIAL

    @property
    def tone(self) -> str:
        if self.category.has_draft:
            return "waiting"
        return "good" if self.is_official else "muted"

    @property
    def state(self) -> str:
        if self.is_correction:
            return _("Correction proposed")
        return str(self.category.get_state_display())

    @property
    def is_correction(self) -> bool:
        return self.is_official and self.category.has_draft

    @property
    def winners(self) -> str:
        """Who has officially won; empty while nothing is official."""
        if not self.is_official:
            return ""
        return _names([row for row in self.entries if row.is_winner])

    @property
    def drafted(self) -> str:
        """Whom the draft names; empty where there is none."""
        if not self.category.has_draft:
            return ""
        return _names([row for row in self.entries if row.is_drafted])

    def named(self, nomination_ids: Collection[int]) -> str:
        """These nominations in words; one that is gone by now is said to be."""
        chosen = [row for row in self.entries if row.nomination.pk in nomination_ids]
        if len(chosen) < len(nomination_ids):
            lost = _("a nomination that is gone")
            return "; ".join([*(row.title for row in chosen), lost])
        return _names(chosen)


@dataclass(frozen=True)
class Board:
    """The whole desk: what is on, what waits, what may still be undone."""

    rows: list[Row]
    current: Row | None
    next_up: Row | None
    waiting: list[Row]
    held: list[Row]

    @property
    def decided(self) -> int:
        return sum(row.is_official for row in self.rows)


def board(
    event: Event, at: datetime, shown: int | None = None, seen: int | None = None
) -> Board:
    """The desk with the category that is `shown`, else with the next one that is open.

    `seen` is the version that is on the screen: a category that has become official
    since then makes room for the next one.
    """
    rows = read(event)
    next_up = next((row for row in rows if row.is_open), None)
    current = next((row for row in rows if row.category.pk == shown), None)
    if current is not None and seen is not None and current.category.version != seen:
        current = None if current.is_official else current
    held = [
        row
        for row in rows
        if results.is_held(row.category, event, at) and not row.category.has_draft
    ]
    return Board(
        rows=rows,
        current=current or next_up or (rows[-1] if rows else None),
        next_up=next_up,
        waiting=[row for row in rows if row.category.has_draft],
        held=sorted(held, key=lambda row: row.category.official_at, reverse=True),
    )


def read(event: Event) -> list[Row]:
    """Every category in running order; four queries, however many."""
    return [row(category) for category in with_entries(event)]


def with_entries(event: Event) -> QuerySet[Category]:
    """Categories with all that a row needs."""
    nominations = Nomination.objects.order_by("pk").prefetch_related("nominees")
    return event.categories.select_related("draft_by").prefetch_related(
        Prefetch("nominations", nominations)
    )


def row(category: Category) -> Row:
    """A category that was read `with_entries`, as its row."""
    drafted = set(category.draft_winners or ())
    nominations = list(category.nominations.all())
    # Side by side they read alike: one team, and every work goes before its people.
    by_work = any(len(there.nominees.all()) > 2 for there in nominations)
    entries = tuple(_entry(there, drafted, by_work=by_work) for there in nominations)
    return Row(category, entries)


def stamp(event: Event, at: datetime) -> str:
    """Another one when anything changes, or can be undone no more; one query."""
    held = Q(official_at__gt=at - timedelta(minutes=event.hold_minutes))
    counted = event.categories.aggregate(
        many=Count("pk"), changes=Sum("version"), held=Count("pk", filter=held)
    )
    return f"{counted['many']}-{counted['changes'] or 0}-{counted['held']}"


def _entry(nomination: Nomination, drafted: set[int], *, by_work: bool) -> Entry:
    people = _listed([person.name for person in nomination.nominees.all()])
    work_first = bool(nomination.work) and (by_work or not people)
    return Entry(
        nomination=nomination,
        title=nomination.work if work_first else people,
        details=people if work_first else nomination.work,
        is_winner=nomination.outcome == Nomination.Outcome.WON,
        is_drafted=nomination.pk in drafted,
    )


def _listed(names: list[str]) -> str:
    more = len(names) - SHOWN_PEOPLE
    if more <= 1:
        return ", ".join(names)
    text = ngettext("%(names)s and %(more)d more", "%(names)s and %(more)d more", more)
    return text % {"names": ", ".join(names[:SHOWN_PEOPLE]), "more": more}


def _names(entries: list[Entry]) -> str:
    if not entries:
        return _("Nobody won")
    return "; ".join(entry.title for entry in entries)
