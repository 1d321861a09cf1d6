"""What a checker asks of a host: to let somebody in, or to let them off.

The event's row is the lock of every request: of two hosts one decides, and the other
is told who did. A granted walk-in takes their seat in the same transaction.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from events import activity
from events.models import Event, User
from guests import forgotten
from guests.actors import Actor
from guests.door import waivers, walk_ins
from guests.door.presses import NonceUsed
from guests.door.walk_ins import Visitor
from guests.models import DoorRequest, Guest, Obligation
from losers_lounge.names import clean, fold

Kind, State = DoorRequest.Kind, DoorRequest.State
MOST_OPEN = 50
LONGEST_NAME = 200


class CannotAsk(Exception):
    """Nothing was asked; the text says why, in words for a checker."""


class AlreadyDecided(Exception):
    """Somebody else decided first: `request` says who, and how."""

    def __init__(self, request: DoorRequest) -> None:
        super().__init__(request.state)
        self.request = request


@transaction.atomic
def ask_walk_in(
    event: Event,
    who: Visitor,
    *,
    nonce: str,
    reason: str = "",
    by: Actor,
    at: datetime,
) -> DoorRequest:
    """Ask whether somebody without a seat may come in; one open request a person.

    Somebody on the list, a nominee, or a name alone; a name that is exactly one
    nominee's is theirs. Pressing again, or on another phone, answers with the request
    that stands. Raises CannotAsk or NonceUsed.
    """
    event = Event.objects.locked().get(pk=event.pk)
    if words := forgotten.takes_nobody(event):
        raise CannotAsk(words)
    if event.closings.standing().exists():
        raise CannotAsk(_("The night is signed off: a host may open it again."))
    who = who.with_row(event)
    if who.guest is not None:
        _check_guest(who.guest)
    who = _known(event, who)
    stands = _pressed(event, Kind.WALK_IN, nonce, who) or _same(event, who)
    if stands is not None:
        return stands
    return _ask(event, Kind.WALK_IN, who, nonce, reason, by=by, at=at)


@transaction.atomic
def ask_waiver(
    guest_id: int, *, reason: str, nonce: str, by: Actor, at: datetime
) -> DoorRequest:
    """Ask a host to let somebody off what they owe; one open request a person.

    Raises CannotAsk where nothing is owed, NonceUsed, Guest.DoesNotExist.
    """
    guest = Guest.objects.select_related("nominee").get(pk=guest_id)
    event = Event.objects.locked().get(pk=guest.event_id)
    who = Visitor(guest.name, guest, guest.nominee)
    stands = _pressed(event, Kind.WAIVER, nonce, who)
    stands = stands or _open(event).filter(kind=Kind.WAIVER, guest=guest).first()
    if stands is not None:
        return stands
    if not Obligation.objects.unpaid().filter(guest=guest).exists():
        raise CannotAsk(_("Nothing is owed anymore. Look at the card again."))
    return _ask(event, Kind.WAIVER, who, nonce, reason, by=by, at=at)


@transaction.atomic
def grant(
    request_id: int, *, by: User, at: datetime, words: str = "", on: str = ""
) -> DoorRequest:
    """A host says yes; a walk-in has a row then, `request.guest`, and a seat.

    `on` names the phone where the host typed a PIN. A waiver of what was paid
    meanwhile is withdrawn instead. Raises AlreadyDecided, seats.EventFull,
    walk_ins.CannotWelcome (the request stays open) or DoorRequest.DoesNotExist.
    """
    row = _locked(request_id)
    if row.state != State.OPEN:
        return _again(row, State.GRANTED, by)
    if row.kind == Kind.WAIVER:
        return _grant_waiver(row, by, at, words, on)
    who = Visitor(row.name, row.guest, row.nominee)
    row.guest = walk_ins.welcome(row.event, who, by=by, at=at)
    return _decide(row, State.GRANTED, by, at, words, on)


@transaction.atomic
def refuse(
    request_id: int, *, by: User, at: datetime, words: str = "", on: str = ""
) -> DoorRequest:
    """A host says no. Raises AlreadyDecided or DoorRequest.DoesNotExist."""
    row = _locked(request_id)
    if row.state != State.OPEN:
        return _again(row, State.REFUSED, by)
    return _decide(row, State.REFUSED, by, at, words, on)


@transaction.atomic
def withdraw(request_id: int, *, by: Actor, at: datetime) -> DoorRequest:
    """The door no longer asks. Raises AlreadyDecided or DoorRequest.DoesNotExist."""
    row = _locked(request_id)
    if row.state == State.WITHDRAWN:
        return row
    if row.state != State.OPEN:
        raise AlreadyDecided(row)
    return _decide(row, State.WITHDRAWN, by, at)


def open_requests(event: Event) -> list[DoorRequest]:
    """What waits for a host, oldest first; never more than fifty."""
    rows = _open(event).select_related("guest", "nominee")
    return list(rows.order_by("asked_at", "pk")[:MOST_OPEN])


def open_count(event: Event) -> int:
    """How much waits for a host."""
    return _open(event).count()


def _open(event: Event) -> QuerySet[DoorRequest]:
    return event.door_requests.filter(state=State.OPEN)


def _check_guest(guest: Guest) -> None:
    if guest.is_blocked:
        raise CannotAsk(
            _("Please walk them to the host: this one is not decided by phone.")
        )
    if guest.is_coming:
        raise CannotAsk(_("They are on the list. Look at the card again."))


def _known(event: Event, who: Visitor) -> Visitor:
    """With the nominee they are, by row or by name, and a name to call them by."""
    if who.guest is not None:
        return Visitor(who.guest.name, who.guest, who.nominee or who.guest.nominee)
    nominee = who.nominee or walk_ins.nominee_of(event, who.name)
    name = nominee.name if nominee else clean(who.name)[:LONGEST_NAME]
    if not fold(name):
        raise CannotAsk(_("Type their name first."))
    return Visitor(name, None, nominee)


def _pressed(event: Event, kind: Kind, nonce: str, who: Visitor) -> DoorRequest | None:
    """What this very press asked before. Raises NonceUsed when it was another one."""
    row = DoorRequest.objects.filter(nonce=nonce).first()
    if row is None:
        return None
    is_them = fold(row.name) == fold(who.name)
    if who.guest is not None:
        is_them = row.guest_id == who.guest.pk
    if not is_them or (row.event_id, row.kind) != (event.pk, kind):
        raise NonceUsed
    return row


def _same(event: Event, who: Visitor) -> DoorRequest | None:
    """The open request about the same person; by name where they are nobody's row."""
    rows = _open(event).filter(kind=Kind.WALK_IN)
    if who.guest is not None:
        return rows.filter(guest=who.guest).first()
    if who.nominee is not None:
        return rows.filter(nominee=who.nominee).first()
    nobody = rows.filter(guest=None, nominee=None)
    return next((row for row in nobody if fold(row.name) == fold(who.name)), None)


def _ask(
    event: Event,
    kind: Kind,
    who: Visitor,
    nonce: str,
    reason: str,
    *,
    by: Actor,
    at: datetime,
) -> DoorRequest:
    row = DoorRequest.objects.create(
        event=event,
        kind=kind,
        guest=who.guest,
        nominee=who.nominee,
        name=who.name,
        reason=reason[:300],
        nonce=nonce,
        asked_at=at,
        asked_by_name=str(by)[:200],
    )
    is_waiver = kind == Kind.WAIVER
    verb = noop("asked for a waiver") if is_waiver else noop("asked for a walk-in")
    _log(row, verb, by.logged, at, reason)
    return row


def _locked(request_id: int) -> DoorRequest:
    """Event, then the request as it is under that lock."""
    look = DoorRequest.objects.get(pk=request_id)
    event = Event.objects.locked().get(pk=look.event_id)
    rows = DoorRequest.objects.select_related("guest", "nominee")
    row = rows.get(pk=request_id)
    row.event = event
    return row


def _again(row: DoorRequest, wanted: State, by: User) -> DoorRequest:
    """The same host pressed the same button twice: that is once."""
    if row.state == wanted and row.decided_by_name == str(by)[:200]:
        return row
    raise AlreadyDecided(row)


def _grant_waiver(
    row: DoorRequest, by: User, at: datetime, words: str, on: str
) -> DoorRequest:
    reason = words or row.reason or noop("Asked for at the door.")
    try:
        waivers.waive_all(row.guest_id, reason, by=by, at=at)
    except waivers.NotOwed:
        said = noop("Nothing was owed any more.")
        return _decide(row, State.WITHDRAWN, by, at, said, on)
    return _decide(row, State.GRANTED, by, at, words, on)


def _decide(
    row: DoorRequest,
    state: State,
    by: User | Actor,
    at: datetime,
    words: str = "",
    on: str = "",
) -> DoorRequest:
    row.state, row.decided_at, row.words = state, at, words[:300]
    row.decided_by_name = str(by)[:200]
    row.save(update_fields=["guest", "state", "decided_at", "decided_by_name", "words"])
    verbs = {
        (Kind.WALK_IN, State.GRANTED): noop("admitted a walk-in"),
        (Kind.WALK_IN, State.REFUSED): noop("refused a walk-in"),
        (Kind.WAIVER, State.GRANTED): noop("granted a waiver"),
        (Kind.WAIVER, State.REFUSED): noop("refused a waiver"),
    }
    verb = verbs.get((row.kind, state), noop("withdrew a request of the door"))
    with_pin = noop("PIN on %(phone)s") % {"phone": on} if on else ""
    actor = by.logged if isinstance(by, Actor) else by
    _log(row, verb, actor, at, words, with_pin)
    return row


def _log(
    row: DoorRequest, verb: str, actor: User | str, at: datetime, *words: str
) -> None:
    text = ", ".join([row.name, *filter(None, words)])
    about = f"guest/{row.guest_id}" if row.guest_id else ""
    activity.record(row.event, actor, verb, text, at=at, about=about)
