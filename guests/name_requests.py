"""After the lock a guest asks for another name, and a host decides.

What is asked for follows the guest's newest answer: a name that is no longer wanted
is taken back. The seat of somebody new is looked for when the name is granted.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_noop as noop

from events import activity
from events.models import Event, User
from guests import letters, parties, seats
from guests.models import Guest, Invitation, NameRequest
from losers_lounge.compiled import compiled
from losers_lounge.names import fold

State = NameRequest.State
Wish = tuple[Guest | None, str]


class RequestClosed(Exception):
    """Decided or taken back meanwhile, or its people are gone; nothing was changed."""


def open_in(event: Event) -> QuerySet[NameRequest]:
    """What hosts have to decide, the oldest first."""
    rows = NameRequest.objects.filter(
        event=event, state=State.OPEN, principal__removed_at=None
    )
    rows = rows.exclude(plus_one__removed_at__isnull=False)
    return rows.select_related("principal", "plus_one").order_by("asked_at", "pk")


def shown_to(guests: Collection[int]) -> list[NameRequest]:
    """What these guests asked for and what was refused, the newest first."""
    rows = NameRequest.objects.filter(principal__in=guests)
    rows = rows.filter(state__in=[State.OPEN, State.REFUSED])
    return list(rows.select_related("plus_one").order_by("-asked_at", "-pk"))


def are_asked(guest: Guest, wishes: Sequence[Wish]) -> bool:
    """Whether exactly these names are what the guest already asks for."""
    rows = _open_of(guest.pk)
    asked = sorted((row.plus_one_id or 0, fold(row.name)) for row in rows)
    return asked == sorted((row.pk if row else 0, fold(name)) for row, name in wishes)


def ask(guest: Guest, wishes: Sequence[Wish], at: datetime) -> None:
    """Bring the guest's open requests to what they want now.

    Needs the event's lock. One open request for each plus-one.
    """
    wanted = {(row.pk if row else None, fold(name)): name for row, name in wishes}
    for request in _open_of(guest.pk):
        if wanted.pop((request.plus_one_id, fold(request.name)), None) is None:
            request.state, request.decided_at = State.WITHDRAWN, at
            request.save(update_fields=["state", "decided_at"])
    verb, about = noop("asked for a name"), guest.about
    for name in wanted.values():
        activity.record(guest.event, guest.name, verb, name, at=at, about=about)
    NameRequest.objects.bulk_create(
        NameRequest(
            event_id=guest.event_id,
            principal=guest,
            plus_one_id=plus_one_id,
            name=name,
            asked_at=at,
        )
        for (plus_one_id, _key), name in wanted.items()
    )


@compiled
def _open_of(guest: int) -> QuerySet[NameRequest]:
    return NameRequest.objects.filter(principal=guest, state=State.OPEN)


@transaction.atomic
def decide(
    request_id: int, event_id: int, *, is_granted: bool, by: User, at: datetime
) -> NameRequest:
    """A host grants or refuses a name; the guest gets a letter about a new one.

    Raises RequestClosed, NameRequest.DoesNotExist across events, and EventFull when
    somebody new would come and there is no seat: the request then stays open.
    """
    event = Event.objects.locked().get(pk=event_id)
    rows = NameRequest.objects.select_related(
        "principal__invitation__contact", "plus_one"
    )
    request = rows.get(pk=request_id, event=event)
    if request.state != State.OPEN or request.principal.removed_at:
        raise RequestClosed
    if is_granted:
        _grant(event, request, at)
    request.state = State.GRANTED if is_granted else State.REFUSED
    request.decided_by, request.decided_at = by, at
    request.save(update_fields=["state", "decided_by", "decided_at"])
    verb = noop("granted a name") if is_granted else noop("refused a name")
    about = request.principal.about
    activity.record(event, by, verb, request.name, at=at, about=about)
    return request


def _grant(event: Event, request: NameRequest, at: datetime) -> None:
    guest, row = request.principal, request.plus_one
    guest.event = guest.invitation.event = event
    if guest.answer not in (Guest.Answer.YES, Guest.Answer.WAITLISTED):
        raise RequestClosed
    unlinked = False
    if row is None:
        if guest.is_coming:
            seats.take(event, wanted=1, held=0)
        parties.add(guest, request.name, guest.answer, guest.answered_at)
    elif row.removed_at is None:
        unlinked = row.nominee_id is not None
        row.save(update_fields=parties.become_another(row, request.name, guest))
    else:
        raise RequestClosed
    parties.follow(guest, at, is_fresh=True, unlinked=unlinked)
    _tell(guest, at)


def _tell(guest: Guest, at: datetime) -> None:
    """The evening looks otherwise now: the letter that follows a guest's own change."""
    invitation = guest.invitation
    invitation.version += 1
    Invitation.objects.filter(pk=invitation.pk).update(version=invitation.version)
    party = list(guest.plus_one_guests.on_the_list().order_by("pk"))
    seating = parties.Seating(kept=[(row, row.name) for row in party])
    letters.post([letters.answer(guest, seating.names(), seating.unnamed, True)], at)
