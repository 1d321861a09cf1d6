"""The ceremony as the results desk reads it: in order, in words, in few queries."""

from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

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
    def tone(self) -> str:
        if self.category.has_draft:
            return "waiting"
        is_official = self.category.state == Category.State.OFFICIAL
        return "good" if is_official else "muted"

    @property
    def state(self) -> str:
        if self.is_correction:
            return _("Correction proposed")
        return str(self.category.get_state_display())

    @property
    def is_correction(self) -> bool:
        is_official = self.category.state == Category.State.OFFICIAL
        return is_official and self.category.has_draft

    @property
    def winners(self) -> str:
        """Who has officially won; empty while nothing is official."""
        if self.category.state != Category.State.OFFICIAL:
            return ""
        return _names([row for row in self.entries if row.is_winner])

    @property
    def drafted(self) -> str:
        """Whom the draft names; empty where there is none."""
        if not self.category.has_draft:
            return ""
        return _names([row for row in self.entries if row.is_drafted])


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
    return Row(
        category,
        tuple(_entry(there, drafted) for there in category.nominations.all()),
    )


def stamp(rows: list[Row]) -> str:
    """Another one as soon as anything changes."""
    return str(sum(there.category.version for there in rows))


def _entry(nomination: Nomination, drafted: set[int]) -> Entry:
    names = [person.name for person in nomination.nominees.all()]
    people = _listed(names)
    alone = 0 < len(names) <= 2 or not nomination.work
    return Entry(
        nomination=nomination,
        title=people if alone else nomination.work,
        details=nomination.work if alone else people,
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
