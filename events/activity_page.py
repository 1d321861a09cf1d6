"""The activity log as hosts read it: narrowed, and walked by key."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from events.models import Activity, Event
from losers_lounge.whole_number import whole_number

PAGE_SIZE = 50
LONGEST = 100
COLUMNS = (_("when"), _("who"), _("did"), _("what"))


@dataclass(frozen=True)
class Wanted:
    """Whose lines, and which words in them; empty asks for all."""

    who: str = ""
    text: str = ""

    @staticmethod
    def of(query: Mapping[str, str]) -> "Wanted":
        """What an address asks for; what no name and no line can hold is cut."""
        who, text = (
            query.get(name, "").replace("\0", "").strip()[:LONGEST]
            for name in ("who", "q")
        )
        return Wanted(who, text)

    def lines(self, event: Event) -> QuerySet[Activity]:
        """The event's lines that fit, the newest first."""
        found = event.activities.order_by("-at", "-pk")
        if self.who:
            found = found.filter(actor_name__icontains=self.who)
        if self.text:
            words = Q(verb__icontains=self.text) | Q(object_name__icontains=self.text)
            found = found.filter(words | Q(actor_name__icontains=self.text))
        return found


@dataclass(frozen=True)
class Page:
    lines: list[Activity]
    next_after: str
    is_first: bool


def read(event: Event, wanted: Wanted, after: str) -> Page:
    """One page of them, older than the event's line `<id>`."""
    found = wanted.lines(event)
    start = event.activities.filter(pk=whole_number(after)).first()
    if start is not None:
        older = Q(at__lt=start.at) | Q(at=start.at, pk__lt=start.pk)
        found = found.filter(older, at__lte=start.at)
    lines = list(found[: PAGE_SIZE + 1])
    shown = lines[:PAGE_SIZE]
    return Page(
        lines=shown,
        next_after=str(shown[-1].pk) if len(lines) > PAGE_SIZE else "",
        is_first=start is None,
    )


def rows(event: Event, wanted: Wanted) -> Iterator[tuple[str, ...]]:
    """Every line that fits, for a file; times in the event's own zone."""
    columns = ("at", "actor_name", "verb", "object_name")
    found = wanted.lines(event).values_list(*columns)
    for at, *words in found.iterator(chunk_size=1_000):
        yield (at.astimezone(event.zone).isoformat(timespec="seconds"), *words)
