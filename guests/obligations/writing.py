"""What differs between the rows and the rule, written for everybody at once.

However many people a result touches, it is the same few statements: a correction of a
night's largest category holds its locks for a second, not for a minute.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import translation

from guests.models import Guest, Obligation
from guests.obligations.carried import carry_over
from guests.obligations.rule import Due

State = Obligation.State
REWRITTEN = ("cause", "facts", "written", "amount_cents", "state", "due_at")


@dataclass
class Changes:
    """How one person's rows differ from what is wanted."""

    guest: Guest
    void: list[Obligation] = field(default_factory=list)
    add: list[Due] = field(default_factory=list)
    keep: list[tuple[Obligation, Due]] = field(default_factory=list)
    repriced: list[Obligation] = field(default_factory=list)

    @property
    def falls_due(self) -> list[Due]:
        woken = [want for row, want in self.keep if _wakes(row, want)]
        return [want for want in self.add if want.is_due] + woken


def write(every: Sequence[Changes], at: datetime) -> list[Obligation]:
    """Void, add and rewrite rows; returns what has just fallen due, by person."""
    # First: a guest has one live row of a key.
    _void([row for changes in every for row in changes.void], at)
    fallen_due, added, rewritten, moved = [], [], [], []
    for changes in every:
        new = [_new(changes.guest, want, at) for want in changes.add]
        added += new
        due = [row for row in new if row.state == State.DUE]
        for row, want in changes.keep:
            is_woken = _wakes(row, want)
            if _rewrite(row, want, at):
                rewritten.append(row)
            if is_woken:
                due.append(row)
        fallen_due += due
        if due or any(row.due_at for row in changes.void):
            moved.append(changes.guest.pk)
    Obligation.objects.bulk_create(added)
    # They are there and their guests are locked: every one of them is an update.
    Obligation.objects.bulk_create(
        rewritten,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=REWRITTEN,
    )
    carry_over(moved)
    return fallen_due


def _wakes(row: Obligation, want: Due) -> bool:
    return want.is_due and row.state == State.DORMANT


def _void(rows: Sequence[Obligation], at: datetime) -> None:
    for row in rows:
        row.state, row.void_at = State.VOID, at
    if rows:
        ids = [row.pk for row in rows]
        Obligation.objects.filter(pk__in=ids).update(state=State.VOID, void_at=at)


def _new(guest: Guest, want: Due, at: datetime) -> Obligation:
    return Obligation(
        guest=guest,
        key=want.key,
        amount_cents=want.amount_cents,
        state=State.DUE if want.is_due else State.DORMANT,
        cause=list(want.cause),
        facts=want.facts,
        written=_written(guest, want),
        created_at=at,
        due_at=at if want.is_due else None,
    )


def _rewrite(row: Obligation, want: Due, at: datetime) -> bool:
    """Say the row anew where it has to be; whether anything has changed."""
    wakes = _wakes(row, want)
    wanted = (list(want.cause), want.facts, want.amount_cents)
    if not wakes and wanted == (row.cause, row.facts, row.amount_cents):
        return False
    row.cause, row.facts, row.amount_cents = wanted
    row.written = _written(row.guest, want)
    if wakes:
        row.state, row.due_at = State.DUE, at
    return True


def _written(guest: Guest, want: Due) -> str:
    with translation.override(guest.event.language):
        return want.why
