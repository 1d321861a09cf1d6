"""What the door's rows of one guest come to, and writing that down.

A row says what somebody pressed, and when. What the rows say together (who is inside,
which of them count, what a host should look at) follows from all of them in the order
of `at`: it is worked out anew whenever a row comes, so that rows which waited in a
phone change nothing by coming late, or in another order.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from guests.models import Admission, Guest
from losers_lounge.compiled_rows import insert_all

Action, Kind = Admission.Action, Admission.ExceptionKind
DERIVED = ("closed_at", "counts", "exception")


@dataclass(frozen=True)
class Derived:
    """What follows for one row: what is kept in its DERIVED columns."""

    closed_at: datetime | None = None
    counts: bool = True
    exception: str = Kind.NONE


@dataclass
class Standing:
    """How one guest stands, and what follows for each of their rows."""

    rows: list[Admission] = field(default_factory=list)
    derived: dict[str, Derived] = field(default_factory=dict)
    inside: Admission | None = None
    # Not admitted, and not let in since.
    denied: Admission | None = None
    home: Admission | None = None
    has_been: bool = False

    @property
    def is_out(self) -> bool:
        """Was here, and may come back."""
        return self.has_been and self.inside is None and self.home is None


def fold(rows: Iterable[Admission]) -> Standing:
    """All rows of one guest, in any order, taken together; changes none of them."""
    standing = Standing(sorted(rows, key=lambda row: (row.at, row.nonce)))
    for row in standing.rows:
        if row.exception == Kind.REVOKED:
            standing.derived[row.nonce] = Derived(row.at, False, Kind.REVOKED)
        elif row.action == Action.IN:
            _come_in(standing, row)
        elif row.action == Action.DENIED:
            standing.derived[row.nonce] = Derived()
            standing.denied = row if standing.inside is None else None
        else:
            _leave(standing, row)
    return standing


def _come_in(standing: Standing, row: Admission) -> None:
    if standing.inside is not None:
        standing.derived[row.nonce] = Derived(row.at, False, Kind.SECOND)
        return
    # Online, who was not admitted is let in by a second, deliberate press alone.
    passed_by = standing.denied is not None and row.received_at is not None
    against = Kind.WORD if row.allowed_by else Kind.RULES
    found = against if row.is_refused or passed_by else Kind.NONE
    standing.derived[row.nonce] = Derived(exception=found)
    standing.inside, standing.has_been = row, True
    standing.denied = standing.home = None


def _leave(standing: Standing, row: Admission) -> None:
    """OUT and UNDONE end being inside; HOME also being out for a while."""
    goes_home = row.action == Action.HOME
    if standing.inside is None and not (goes_home and standing.is_out):
        standing.derived[row.nonce] = Derived(row.at, False, Kind.NOT_INSIDE)
        return
    if standing.inside is not None:
        entry = standing.inside.nonce
        found = standing.derived[entry].exception
        standing.derived[entry] = Derived(row.at, exception=found)
    standing.derived[row.nonce] = Derived()
    standing.inside = None
    standing.home = row if goes_home else None
    standing.has_been = row.action != Action.UNDONE


@dataclass
class Dossier:
    """One guest, locked, with all their rows so far and those that are new."""

    guest: Guest
    rows: list[Admission] = field(default_factory=list)
    new: list[Admission] = field(default_factory=list)


def write(dossiers: Sequence[Dossier]) -> list[Standing]:
    """Add the new rows, and bring what follows up to date in all; needs the locks.

    Whoever went home frees their seat; who came back has one again.
    """
    standings = [fold([*one.rows, *one.new]) for one in dossiers]
    changed = []
    for one, standing in zip(dossiers, standings, strict=True):
        changed += [row for row in one.rows if _follows(row, standing)]
        for row in one.new:
            _follows(row, standing)
    # Closed before opened: at no moment has a guest two open rows.
    for row in sorted(changed, key=lambda row: row.closed_at is None):
        row.save(update_fields=[*DERIVED, "looked_at", "looked_by_name"])
    insert_all([row for one in dossiers for row in one.new])
    for one, standing in zip(dossiers, standings, strict=True):
        _free_or_keep_the_seat(one.guest, standing)
    return standings


def _follows(row: Admission, standing: Standing) -> bool:
    """Bring a row's derived columns up to date; whether that changed any."""
    derived = standing.derived[row.nonce]
    now = (derived.closed_at, derived.counts, derived.exception)
    if now == (row.closed_at, row.counts, row.exception):
        return False
    if row.exception != derived.exception:
        # Another thing to look at than the one that was looked at.
        row.looked_at, row.looked_by_name = None, ""
    row.closed_at, row.counts, row.exception = now
    return True


def _free_or_keep_the_seat(guest: Guest, standing: Standing) -> None:
    gone_at = standing.home.at if standing.home else None
    if gone_at and guest.answered_at and guest.answered_at > gone_at:
        gone_at = None  # Has said yes again since.
    if gone_at != guest.gone_at:
        guest.gone_at = gone_at
        guest.save(update_fields=["gone_at"])
