"""Presses at the door: who went in and out, and who was not let in.

The log only grows. The guest's row is locked while the rules are looked at, so that a
result confirmed a moment before is seen; the one open row of a guest is held by a
partial unique index besides, so that nothing can admit the same person twice. What a
press does to the rows that stand follows as for scans that come late (`standing`).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop as noop

from events import activity
from events.models import Event
from guests import seats, waiting_list
from guests.actors import Actor
from guests.admission import Decision
from guests.door import looks, refusals, standing
from guests.door.card import decision_on, usual
from guests.door.refusals import AlreadyInside, DeniedBefore, NonceUsed, NotAdmitted
from guests.door.standing import Dossier
from guests.models import Admission, Guest

Action = Admission.Action
TICK = timedelta(microseconds=1)


class _NeedsASeat(Exception):
    """Went home before: the event's lock comes first, and then all over again."""


@dataclass(frozen=True)
class Admitted:
    """The open admission, and whether this very press made it."""

    admission: Admission
    is_new: bool


@dataclass(frozen=True)
class _Press:
    """What was pressed, by whom; `event` where it is locked before the guest."""

    guest_id: int
    action: Admission.Action
    nonce: str
    by: Actor
    at: datetime
    reason: str = ""
    event: Event | None = None


def admit(
    guest_id: int,
    *,
    event: Event,
    nonce: str,
    by: Actor,
    at: datetime,
    after_all: bool = False,
) -> Admitted:
    """Let one person in, once, however often and from wherever it is pressed.

    Raises Guest.DoesNotExist for somebody of another event, NotAdmitted when the
    rules say no or the house is full for who went home before, DeniedBefore when they
    were sent away and this press is not `after_all`, NonceUsed when it was somebody
    else's. Pressing again, or on another phone, answers with the row that stands.
    """
    press = _Press(guest_id, Action.IN, nonce, by, at)
    try:
        try:
            with transaction.atomic():
                return _admit(press, event, after_all)
        except _NeedsASeat:
            with transaction.atomic():
                return _admit(_after_the_event(press, event), event, after_all)
    except IntegrityError:
        # Another press was faster than any lock; its row is the answer.
        row = _pressed(press) or _open_row(guest_id)
        if row is None:
            raise
        return Admitted(row, is_new=False)


def _admit(press: _Press, event: Event, after_all: bool) -> Admitted:
    guest = looks.locked(press.guest_id, event)
    found = looks.found(guest, press.nonce)
    dossier = _dossier(guest, press) if found.has_rows else Dossier(guest)
    again = _again(dossier, press)
    now = standing.fold(dossier.rows)
    if again or now.inside:
        return Admitted(again or now.inside, is_new=False)
    if guest.gone_at and press.event is None:
        raise _NeedsASeat
    is_usual = not (found.owes or guest.nominee_id)
    decision = usual(guest) if is_usual else decision_on(guest)
    if not decision.lets_in:
        raise NotAdmitted(decision)
    if now.denied and not after_all:
        raise DeniedBefore(refusals.sent_away(now.denied, event))
    if found.is_signed_off:
        raise NotAdmitted(refusals.signed_off())
    if guest.gone_at:
        _take_a_seat(press.event)
    row = _write(dossier, press, decision)
    return Admitted(row, is_new=True)


def _after_the_event(press: _Press, event: Event) -> _Press:
    return replace(press, event=Event.objects.locked().get(pk=event.pk))


def _take_a_seat(event: Event) -> None:
    try:
        seats.take(event, wanted=1, held=0)
    except seats.EventFull:
        raise NotAdmitted(refusals.house_full()) from None


def close(
    guest_id: int,
    action: Admission.Action,
    *,
    nonce: str,
    by: Actor,
    at: datetime,
    reason: str = "",
) -> Admission | None:
    """Somebody goes OUT or HOME, or never came in (UNDONE); None when not inside.

    Who goes home frees a seat, which is offered to the waiting list at once; so does
    who is out and does not come back. Raises NonceUsed when this press was made for
    something else.
    """
    press = _Press(guest_id, action, nonce, by, at, reason)
    return _once(lambda: _close(press), press)


def _close(press: _Press) -> Admission | None:
    if press.action == Action.HOME:
        rows = Event.objects.locked()
        press = replace(press, event=rows.get(guests=press.guest_id))
    guest = _locked(press.guest_id)
    dossier = _dossier(guest, press)
    again = _again(dossier, press)
    now = standing.fold(dossier.rows)
    is_out = press.action == Action.HOME and now.is_out
    if again or not (now.inside or is_out):
        return again
    row = _write(dossier, press)
    if press.event is not None:
        waiting_list.offer_free_seats(press.event, press.at)
    if press.action == Action.UNDONE:
        _log(guest, press)
    return row


def _log(guest: Guest, press: _Press) -> None:
    verb, who = noop("undid an admission"), press.by.logged
    activity.record(guest.event, who, verb, guest.name, at=press.at, about=guest.about)


def deny(
    guest_id: int, *, nonce: str, reason: str, by: Actor, at: datetime
) -> Admission:
    """Write down that somebody was not admitted, and why.

    Raises AlreadyInside, or NonceUsed when this press was made for something else.
    """
    press = _Press(guest_id, Action.DENIED, nonce, by, at, reason)

    def act() -> Admission:
        guest = _locked(guest_id)
        dossier = _dossier(guest, press)
        again = _again(dossier, press)
        if again is not None:
            return again
        now = standing.fold(dossier.rows)
        if now.inside is not None:
            raise AlreadyInside(now.inside)
        return _write(dossier, press, decision_on(guest))

    return _once(act, press)


def inside_count(event: Event) -> int:
    """People inside, counted from the rows and never stored."""
    return event.admissions.filter(action=Action.IN, closed_at=None).count()


def _locked(guest_id: int) -> Guest:
    return Guest.objects.locked().select_related("event").get(pk=guest_id)


def _dossier(guest: Guest, press: _Press) -> Dossier:
    """The guest with their rows, and whose press of this name there is already.

    One look for both, since a queue waits.
    """
    rows = looks.rows(guest.pk, press.nonce)
    for row in rows:
        if row.guest_id == guest.pk:
            row.guest = guest
    return Dossier(guest, rows)


def _again(dossier: Dossier, press: _Press) -> Admission | None:
    """What this very press did before, if it did. Raises NonceUsed."""
    guest = dossier.guest
    for row in dossier.rows:
        if row.nonce == press.nonce:
            if (row.guest_id, row.action) != (guest.pk, press.action):
                raise NonceUsed
            return row
    return None


def _open_row(guest_id: int) -> Admission | None:
    rows = Admission.objects.filter(guest=guest_id, action=Action.IN)
    return rows.filter(closed_at=None).first()


def _pressed(press: _Press) -> Admission | None:
    """What this very press did before; raises NonceUsed when it was another act."""
    row = Admission.objects.filter(nonce=press.nonce).first()
    found = row and (row.guest_id, row.action)
    if row is not None and found != (press.guest_id, press.action):
        raise NonceUsed
    return row


def _once(act: Callable[[], Admission | None], press: _Press) -> Admission | None:
    try:
        with transaction.atomic():
            return act()
    except IntegrityError:
        # The same press, for somebody else, was faster by less than a look.
        row = _pressed(press)
        if row is None:
            raise
        return row


def _write(
    dossier: Dossier, press: _Press, decision: Decision | None = None
) -> Admission:
    guest, by = dossier.guest, press.by
    # A press comes after all that it saw, whatever two clocks say.
    seen = max((row.at for row in dossier.rows), default=None)
    row = Admission(
        event_id=guest.event_id,
        guest=guest,
        action=press.action,
        nonce=press.nonce,
        by=by.user,
        by_name=by.name,
        device=by.device,
        colour=decision.colour if decision else "",
        reason=press.reason,
        at=press.at if not seen or seen < press.at else seen + TICK,
    )
    dossier.new.append(row)
    standing.write([dossier])
    return row
