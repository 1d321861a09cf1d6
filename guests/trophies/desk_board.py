"""The board: what is here, what went home, and what was won and has not come."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Exists, OuterRef, Q

from events.models import Event, Nomination
from guests.models import Admission, Guest, HandOver, Obligation, Trophy
from guests.trophies import statues
from guests.trophies.statues import Outcome, Statue

# Who won and is not exempt; a waived price still leaves the statue at the desk.
OWING = (Obligation.State.DUE, Obligation.State.WAIVED)
WON = Nomination.Outcome.WON


@dataclass(frozen=True)
class Awaited:
    """A statue that was won by somebody who comes, and is not here."""

    guest: Guest
    statue: Statue
    is_inside: bool
    # What was recorded of it, as a sentence.
    said: str

    @property
    def is_alarming(self) -> bool:
        """Its winner is inside without it: they won since, or it arrives later."""
        return self.is_inside and self.statue.said not in (
            Outcome.NO_STATUE,
            Outcome.LET_OFF,
        )


@dataclass(frozen=True)
class Board:
    """Every statue of the night, each in one place; open hand-overs besides."""

    trophies: tuple[Trophy, ...]
    awaited: tuple[Awaited, ...]
    hand_overs: tuple[HandOver, ...]
    # Those in custody whose win no longer stands.
    to_return: frozenset[int]

    @cached_property
    def held(self) -> tuple[Trophy, ...]:
        """At the desk."""
        here = (row for row in self.trophies if row.released_at is None)
        return tuple(row for row in here if row.safe_at is None)

    @cached_property
    def in_safe(self) -> tuple[Trophy, ...]:
        """Locked up, with a receipt to the owner."""
        here = (row for row in self.trophies if row.released_at is None)
        return tuple(row for row in here if row.safe_at is not None)

    @cached_property
    def released(self) -> tuple[Trophy, ...]:
        """Gone home, the last one first."""
        gone = (row for row in self.trophies if row.released_at is not None)
        return tuple(sorted(gone, key=lambda row: row.released_at, reverse=True))

    @cached_property
    def expected(self) -> tuple[Awaited, ...]:
        """Not received, and nobody has said that they will not come."""
        return tuple(row for row in self.awaited if row.statue.is_missing)

    @cached_property
    def excused(self) -> tuple[Awaited, ...]:
        """Not received, and recorded why."""
        return tuple(row for row in self.awaited if row.statue.is_excused)

    @cached_property
    def alerts(self) -> tuple[Awaited, ...]:
        """Inside without the statue that is still to come."""
        return tuple(row for row in self.awaited if row.is_alarming)

    @cached_property
    def being_fetched(self) -> frozenset[int]:
        return frozenset(row.trophy_id for row in self.hand_overs)

    @property
    def open_count(self) -> int:
        """What stands in the way of closing: neither gone nor in the safe."""
        return len(self.held)


def board(event: Event) -> Board:
    """The statues of this event as the rows stand; a constant number of queries."""
    rows = event.trophies.select_related("guest", "nomination__category")
    trophies = tuple(rows)
    hand_overs = HandOver.objects.filter(
        trophy__event=event, done_at=None, cancelled_at=None
    )
    return Board(
        trophies=trophies,
        awaited=_awaited(event, trophies),
        hand_overs=tuple(hand_overs.select_related("trophy__guest")),
        to_return=_to_return(event),
    )


def _awaited(event: Event, trophies: Iterable[Trophy]) -> tuple[Awaited, ...]:
    people = _winners(event)
    wins = _wins(people)
    standing = statues.of(
        {guest.pk: wins.get(guest.nominee_id, ()) for guest in people}
    )
    # What came and went home again was brought, once for each time it was.
    gone = Counter(
        (row.guest_id, row.nomination_id)
        for row in trophies
        if row.released_at is not None
    )
    return tuple(
        Awaited(guest, statue, guest.is_inside, statue.sentence(event.zone))
        for guest in people
        for statue in standing.get(guest.pk, ())
        if statue.trophy is None and not gone[guest.pk, statue.nomination_id]
    )


def _winners(event: Event) -> Sequence[Guest]:
    """Who is coming or inside, and may owe a statue."""
    inside = Admission.objects.filter(
        guest=OuterRef("pk"), action=Admission.Action.IN, closed_at=None
    )
    owing = Obligation.objects.filter(guest=OuterRef("pk"), state__in=OWING)
    rows = event.guests.on_the_list().exclude(nominee=None)
    rows = rows.annotate(is_inside=Exists(inside)).filter(Exists(owing))
    return list(
        rows.filter(Q(answer=Guest.Answer.YES) | Q(is_inside=True)).order_by("name_key")
    )


def _wins(people: Sequence[Guest]) -> dict[int, list[tuple[int, str]]]:
    """The wins of these people by nominee, as nomination and category."""
    found: dict[int, list[tuple[int, str]]] = {}
    rows = Nomination.nominees.through.objects.filter(
        nominee__in={guest.nominee_id for guest in people}, nomination__outcome=WON
    ).order_by("nomination__category__order", "nomination_id")
    names = ("nominee_id", "nomination_id", "nomination__category__name")
    for nominee_id, nomination_id, category in rows.values_list(*names):
        found.setdefault(nominee_id, []).append((nomination_id, category))
    return found


def _to_return(event: Event) -> frozenset[int]:
    """Statues in custody of whom the win was taken back, or who owes it no more."""
    still = Nomination.objects.filter(
        pk=OuterRef("nomination"), outcome=WON, nominees=OuterRef("guest__nominee")
    )
    rows = event.trophies.filter(released_at=None).exclude(Exists(still))
    return frozenset(rows.values_list("pk", flat=True))
