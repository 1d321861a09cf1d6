"""Everybody has gone home: the room is empty, and one press says so."""

import hashlib
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop as noop

from events import activity
from events.models import Event
from guests.actors import Actor
from guests.door import standing
from guests.door.presses import TICK
from guests.door.standing import Dossier
from guests.models import Admission

Action = Admission.Action


@transaction.atomic
def everybody(event: Event, *, reason: str, nonce: str, by: Actor, at: datetime) -> int:
    """Write down for all who are inside that they went home; how many that were.

    Pressed again it finds nobody. The seats are offered to nobody: the night is over.
    """
    event = Event.objects.locked().get(pk=event.pk)
    open_rows = event.admissions.filter(action=Action.IN, closed_at=None)
    people = event.guests.filter(pk__in=open_rows.values("guest"))
    people = people.locked().order_by("pk")
    dossiers = {guest.pk: Dossier(guest) for guest in people}
    for row in Admission.objects.filter(guest__in=dossiers).order_by("pk"):
        dossiers[row.guest_id].rows.append(row)
    # Somebody may have gone out while their row was waited for.
    inside = [one for one in dossiers.values() if standing.fold(one.rows).inside]
    for one in inside:
        one.new.append(_home(one, reason, nonce, by, at))
    standing.write(inside)
    if inside:
        verb, words = noop("sent everybody home"), f"{len(inside)}: {reason}"
        activity.record(event, by.logged, verb, words, at=at)
    return len(inside)


def _home(
    dossier: Dossier, reason: str, nonce: str, by: Actor, at: datetime
) -> Admission:
    name = hashlib.sha256(f"{nonce}/{dossier.guest.pk}".encode()).hexdigest()[:40]
    return Admission(
        event_id=dossier.guest.event_id,
        guest=dossier.guest,
        action=Action.HOME,
        nonce=f"home/{name}",
        by=by.user,
        by_name=by.name,
        device=by.device,
        colour="",
        reason=reason,
        at=max([at, *(row.at + TICK for row in dossier.rows)]),
    )
