"""Walk the guest list by key, forwards and back, in the order a host chose."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from events.models import Event
from guests.models import Guest, Invitation
from losers_lounge.compiled import compiled
from losers_lounge.names import fold

BY_NAME = "name"
MOST_WAVES = 20
SORTS = {
    BY_NAME: _("Name"),
    "answered": _("Newest answer"),
    "wave": _("Wave"),
    "added": _("Newest on the list"),
}


@dataclass(frozen=True)
class Stretch:
    """Guests who stand together in an order, and the columns they stand by.

    Within a stretch an index leads from one to the next, so that a page costs the
    same in the middle of 100,000 as at their beginning.
    """

    who: Q
    holds: Callable[[Guest], bool]
    columns: tuple[str, ...] = ("name_key", "pk")

    def part(
        self, found: QuerySet[Guest], start: Guest | None, *, back: bool
    ) -> QuerySet[Guest]:
        """These guests in order, or in reverse; beyond `start` where one is given."""
        found = found.filter(self.who)
        if start is not None:
            found = found.filter(self._beyond(start, back))
        turned = [_turned(column) for column in self.columns]
        return found.order_by(*(turned if back else self.columns))

    def _beyond(self, start: Guest, back: bool) -> Q:
        downwards = self.columns[0].startswith("-") != back
        side = "lt" if downwards else "gt"
        names = [column.removeprefix("-") for column in self.columns]
        ways = Q()
        for name in names:
            ways |= Q(**{f"{name}__{side}": getattr(start, name)})
        # Says no more than the ways do, but an index begins there.
        return ways & Q(**{f"{names[0]}__{side}e": getattr(start, names[0])})


def stretches(event: Event, sort: str, text: str = "") -> list[Stretch]:
    """An order of the whole list, in stretches; by name for one that is none.

    By name, who begins with the text looked for stands before who only holds it.
    """
    if sort == "answered":
        answered = Q(answered_at__isnull=False)
        return [
            Stretch(answered, _has_answered, ("-answered_at", "-pk")),
            Stretch(~answered, lambda guest: not _has_answered(guest)),
        ]
    if sort == "wave":
        return _waves(last_wave(event))
    if sort == "added":
        return [Stretch(Q(), _everybody, ("-pk",))]
    return _begun_with(fold(text)) if fold(text) else [Stretch(Q(), _everybody)]


def walk(
    found: QuerySet[Guest],
    order: list[Stretch],
    size: int,
    start: Guest | None = None,
    *,
    back: bool = False,
) -> list[Any]:
    """The rows of `found` after `start`, or before it, always in the list's order."""
    guests: list[Any] = []
    is_reached = start is None
    for stretch in reversed(order) if back else order:
        here = not is_reached and stretch.holds(start)
        if is_reached or here:
            is_reached = True
            part = stretch.part(found, start if here else None, back=back)
            guests += part[: size - len(guests)]
        if len(guests) >= size:
            break
    return guests[::-1] if back else guests


def last_wave(event: Event) -> int:
    """The number of the last wave anybody is in; 1 where there is nobody."""
    return next((wave for (wave,) in _last_wave(event.pk)), 1)


@compiled
def _last_wave(event: int) -> QuerySet[Invitation]:
    rows = Invitation.objects.filter(event=event).order_by("-wave")
    return rows.values_list("wave")[:1]


def _begun_with(key: str) -> list[Stretch]:
    """Names that begin so, which stand in one place of the index, and all others."""

    def begins(guest: Guest) -> bool:
        return guest.name_key.startswith(key)

    # The two bounds say where an index looks: nothing sorts behind U+FFFF.
    first = Q(name_key__gte=key, name_key__lt=f"{key}\uffff", name_key__startswith=key)
    return [Stretch(first, begins), Stretch(~first, lambda guest: not begins(guest))]


def _waves(last: int) -> list[Stretch]:
    """One stretch for each wave; those after the twentieth stand together."""
    waves = range(2, min(last, MOST_WAVES) + 1)
    first = Stretch(
        Q(invitation__wave__lte=1), lambda guest: guest.invitation.wave <= 1
    )
    rest = Stretch(
        Q(invitation__wave__gt=MOST_WAVES),
        lambda guest: guest.invitation.wave > MOST_WAVES,
    )
    between = [Stretch(Q(invitation__wave=wave), _in_wave(wave)) for wave in waves]
    return [first, *between, *([rest] if last > MOST_WAVES else [])]


def _turned(column: str) -> str:
    return column.removeprefix("-") if column.startswith("-") else f"-{column}"


def _everybody(guest: Guest) -> bool:
    return True


def _has_answered(guest: Guest) -> bool:
    return guest.answered_at is not None


def _in_wave(wave: int) -> Callable[[Guest], bool]:
    return lambda guest: guest.invitation.wave == wave
