"""Whose hands a statue is in: its row, locked, and the log that only grows."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from guests.actors import Actor
from guests.models import HandOver, Trophy, TrophyMove


class WentHome(Exception):
    """This statue was handed over already; `trophy` says to whom."""

    def __init__(self, trophy: Trophy) -> None:
        super().__init__(trophy.tag)
        self.trophy = trophy


def locked(trophy_id: int) -> Trophy:
    """A statue as it is now, ours until the transaction ends."""
    rows = Trophy.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("event").get(pk=trophy_id)


def check_here(trophy: Trophy) -> None:
    """Raises WentHome for a statue that is no longer in custody."""
    if trophy.released_at is not None:
        raise WentHome(trophy)


def open_ones(trophy_ids: Iterable[int]) -> QuerySet[HandOver]:
    """Hand-overs of these statues that were begun and are neither done nor stopped."""
    return HandOver.objects.filter(
        trophy__in=trophy_ids, done_at=None, cancelled_at=None
    )


def log(
    trophy: Trophy,
    action: TrophyMove.Action,
    *,
    by: Actor,
    at: datetime,
    second: str = "",
    words: str = "",
) -> TrophyMove:
    """One line of the custody log."""
    return trophy.moves.create(
        action=action,
        by_name=by.name[:200],
        second_name=second[:200],
        words=words[:300],
        at=at,
    )
