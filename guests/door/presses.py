"""Presses at the door: who went in and out, and who was not let in.

The log only grows. The guest's row is locked while the rules are looked at, so that a
result confirmed a moment before is seen; the one open row of a guest is held by a
partial unique index besides, so that nothing can admit the same person twice.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from events import activity
from events.models import Event
from guests.actors import Actor
from guests.admission import Decision
from guests.door.card import card, decision_on
from guests.models import Admission, Guest


class NotAdmitted(Exception):
    """The rules do not let this person in; `decision` says why."""

    def __init__(self, decision: Decision) -> None:
        super().__init__(decision.words)
        self.decision = decision


class NonceUsed(Exception):
    """This press was made for something else already."""


class AlreadyInside(Exception):
    """Somebody who is inside was let in before; `admission` says by whom."""

    def __init__(self, admission: Admission) -> None:
        super().__init__(admission.by_name)
        self.admission = admission


@dataclass(frozen=True)
class Admitted:
    """The open admission, and whether this very press made it."""

    admission: Admission
    is_new: bool


def admit(
    guest_id: int, *, event: Event, nonce: str, by: Actor, at: datetime
) -> Admitted:
    """Let one person in, once, however often and from wherever it is pressed.

    Raises Guest.DoesNotExist for somebody of another event, NotAdmitted when the
    rules say no, NonceUsed when this press was somebody else's. Pressing again, or on
    another phone, answers with the row that stands.
    """
    try:
        with transaction.atomic():
            return _admit(guest_id, event, nonce, by, at)
    except IntegrityError:
        # Another press was faster than any lock; its row is the answer.
        row = _pressed(guest_id, Admission.Action.IN, nonce) or _open_row(guest_id)
        if row is None:
            raise
        return Admitted(row, is_new=False)


def _admit(
    guest_id: int, event: Event, nonce: str, by: Actor, at: datetime
) -> Admitted:
    rows = Guest.objects.select_for_update(no_key=True)
    guest = rows.get(pk=guest_id, event=event)
    stands = _standing_row(guest_id, nonce)
    if stands is not None:
        return Admitted(stands, is_new=False)
    decision = decision_on(guest)
    if not decision.lets_in:
        raise NotAdmitted(decision)
    row = _log(guest, Admission.Action.IN, nonce, by, at, decision)
    return Admitted(row, is_new=True)


def _standing_row(guest_id: int, nonce: str) -> Admission | None:
    """What this very press did before, else the row by which they are inside.

    One look for both, since a queue waits. Raises NonceUsed.
    """
    inside = Q(guest=guest_id, action=Admission.Action.IN, closed_at=None)
    rows = list(Admission.objects.filter(Q(nonce=nonce) | inside))
    for row in rows:
        if row.nonce == nonce:
            if (row.guest_id, row.action) != (guest_id, Admission.Action.IN):
                raise NonceUsed
            return row
    return rows[0] if rows else None


def close(
    guest_id: int,
    action: Admission.Action,
    *,
    nonce: str,
    by: Actor,
    at: datetime,
    reason: str = "",
) -> Admission | None:
    """Somebody leaves (OUT), or never came in (UNDONE); None when not inside.

    Raises NonceUsed when this press was made for something else.
    """

    def act() -> Admission | None:
        return _close(guest_id, action, nonce, by, at, reason)

    return _once(act, guest_id, action, nonce)


def _close(
    guest_id: int,
    action: Admission.Action,
    nonce: str,
    by: Actor,
    at: datetime,
    reason: str,
) -> Admission | None:
    guest = _locked(guest_id)
    again = _pressed(guest_id, action, nonce)
    if again is not None:
        return again
    row = _open_row(guest_id)
    if row is None:
        return None
    row.closed_at = at
    row.save(update_fields=["closed_at"])
    if action == Admission.Action.UNDONE:
        verb, about = _("undid an admission"), guest.about
        activity.record(guest.event, by.logged, verb, guest.name, at=at, about=about)
    return _log(guest, action, nonce, by, at, None, reason)


def deny(
    guest_id: int, *, nonce: str, reason: str, by: Actor, at: datetime
) -> Admission:
    """Write down that somebody was not admitted, and why.

    Raises AlreadyInside, or NonceUsed when this press was made for something else.
    """
    denied = Admission.Action.DENIED

    def act() -> Admission:
        guest = _locked(guest_id)
        again = _pressed(guest_id, denied, nonce)
        if again is not None:
            return again
        seen = card(guest)
        if seen.inside_since is not None:
            raise AlreadyInside(seen.inside_since)
        return _log(guest, denied, nonce, by, at, seen.decision, reason)

    return _once(act, guest_id, denied, nonce)


def inside_count(event: Event) -> int:
    """People inside, counted from the rows and never stored."""
    return event.admissions.filter(action=Admission.Action.IN, closed_at=None).count()


def _locked(guest_id: int) -> Guest:
    rows = Guest.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("event").get(pk=guest_id)


def _open_row(guest_id: int) -> Admission | None:
    return Admission.objects.filter(
        guest=guest_id, action=Admission.Action.IN, closed_at=None
    ).first()


def _pressed(guest_id: int, action: Admission.Action, nonce: str) -> Admission | None:
    """What this very press did before; raises NonceUsed when it was another act."""
    row = Admission.objects.filter(nonce=nonce).first()
    if row is not None and (row.guest_id, row.action) != (guest_id, action):
        raise NonceUsed
    return row


def _once(
    act: Callable[[], Admission | None],
    guest_id: int,
    action: Admission.Action,
    nonce: str,
) -> Admission | None:
    try:
        with transaction.atomic():
            return act()
    except IntegrityError:
        # The same press, for somebody else, was faster by less than a look.
        row = _pressed(guest_id, action, nonce)
        if row is None:
            raise
        return row


def _log(
    guest: Guest,
    action: Admission.Action,
    nonce: str,
    by: Actor,
    at: datetime,
    decision: Decision | None,
    reason: str = "",
) -> Admission:
    return Admission.objects.create(
        event_id=guest.event_id,
        guest=guest,
        action=action,
        nonce=nonce,
        by=by.user,
        by_name=by.name,
        device=by.device,
        colour=decision.colour if decision else "",
        reason=reason,
        at=at,
    )
