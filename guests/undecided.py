"""Who depends on which open category, in the order of the broadcast. Reads only."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256

from django.db.models import Exists, OuterRef, Q

from events.models import Category, Event, Nomination
from guests.models import Admission, Guest


@dataclass(frozen=True)
class Waiting:
    """Somebody coming or inside, who may come to owe; named under their first."""

    guest: Guest
    is_inside: bool
    has_won: bool
    others: tuple[str, ...]


@dataclass
class Open:
    """A category without an official result, and who waits for it first of all."""

    category: Category
    people: list[Waiting] = field(default_factory=list)

    @property
    def is_announced(self) -> bool:
        """Named, and not confirmed yet."""
        return self.category.state == Category.State.ANNOUNCED

    @property
    def inside(self) -> int:
        return sum(person.is_inside for person in self.people)

    @property
    def coming(self) -> int:
        return len(self.people) - self.inside


@dataclass(frozen=True)
class Board:
    """Every open category; each person stands on it once."""

    categories: tuple[Open, ...]
    decided: int
    stamp: str

    @property
    def inside(self) -> int:
        return sum(row.inside for row in self.categories)

    @property
    def coming(self) -> int:
        return sum(row.coming for row in self.categories)


def board(event: Event) -> Board:
    """The board as the rows stand now; three queries, however many people."""
    every = list(event.categories.all())
    is_open = [row for row in every if row.state != Category.State.OFFICIAL]
    rows = {row.pk: Open(row) for row in is_open}
    pending, winners = _nominees(event)
    for guest in _guests(event, pending):
        waits = [pk for pk in pending[_nominee(guest)] if pk in rows]
        if not waits:
            continue
        first, *others = waits
        rows[first].people.append(
            Waiting(
                guest=guest,
                is_inside=guest.is_inside,
                has_won=_nominee(guest) in winners,
                others=tuple(rows[pk].category.name for pk in others),
            )
        )
    found = tuple(rows.values())
    return Board(found, len(every) - len(found), _stamp(found))


def _nominee(guest: Guest) -> int | None:
    if guest.nominee_id or guest.plus_one_of is None:
        return guest.nominee_id
    return guest.plus_one_of.nominee_id


def _nominees(event: Event) -> tuple[dict[int, list[int]], set[int]]:
    """The undecided categories of each nominee in order, and who has won already."""
    credits = Nomination.nominees.through.objects.filter(
        nomination__category__event=event
    ).exclude(nomination__outcome=Nomination.Outcome.LOST)
    pending, winners = defaultdict(list), set()
    for nominee_id, outcome, category_id in credits.order_by(
        "nomination__category__order", "nomination__category_id", "nomination_id"
    ).values_list("nominee_id", "nomination__outcome", "nomination__category_id"):
        if outcome == Nomination.Outcome.WON:
            winners.add(nominee_id)
        elif category_id not in pending[nominee_id]:
            pending[nominee_id].append(category_id)
    return pending, winners


def _guests(event: Event, nominee_ids: Iterable[int]) -> list[Guest]:
    """Coming or inside, and nominated; with whom they bring, where those give too."""
    here = Admission.objects.filter(
        guest=OuterRef("pk"), action=Admission.Action.IN, closed_at=None
    )
    ids = list(nominee_ids)
    depends = Q(nominee__in=ids)
    if event.plus_one_pays:
        depends |= Q(nominee=None, plus_one_of__nominee__in=ids)
    comes = Q(answer=Guest.Answer.YES, gone_at=None) | Q(is_inside=True)
    return list(
        event.guests.on_the_list()
        .annotate(is_inside=Exists(here))
        .filter(depends, comes)
        .select_related("plus_one_of")
        .order_by("-is_inside", "name_key", "pk")
    )


def _stamp(rows: Iterable[Open]) -> str:
    """A word that changes with anything the board says."""
    facts = [
        (row.category.pk, row.category.name, row.category.state)
        + tuple(
            (one.guest.pk, one.guest.name, one.is_inside, one.has_won, one.others)
            for one in row.people
        )
        for row in rows
    ]
    return sha256(repr(facts).encode()).hexdigest()[:16]
