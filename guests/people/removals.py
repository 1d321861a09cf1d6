"""Take many guests off the list at once, and bring them back."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q

from events import outbox
from events.models import Event, Message
from guests import guest_list, seats, waiting_list
from guests.models import Guest
from guests.people import changing
from guests.people.moving_on import move_on
from guests.people.taking_off import nominees_of, take_off
from losers_lounge import bulk


def remove(
    event: Event, ids: Sequence[int], at: datetime
) -> tuple[list[int], list[str]]:
    """Take these principals off the list, and whom they bring. Needs the event's lock.

    Returns who went, and in words why others did not: who is inside, has paid or has
    a trophy here stays, with their party. Seats are free again, what was owed is void
    and letters that have not left stay here.
    """
    gone, refused = [], []
    for part in bulk.batches(ids):
        host_of = _parties(Guest.objects.on_the_list(), part)
        reasons = changing.obstacles(host_of)
        refused += [words for _pk, words in sorted(reasons.items())]
        staying = {host_of[pk] for pk in reasons}
        leaving = [pk for pk, host in host_of.items() if host not in staying]
        take_off(event, leaving, at)
        gone += [pk for pk in part if pk in host_of and pk not in staying]
    waiting_list.offer_free_seats(event, at)
    return gone, refused


def bring_back(
    event: Event, ids: Sequence[int], removed_at: datetime, at: datetime
) -> int:
    """Put back whom one press took off, unless they were touched since; how many.

    Needs the event's lock. When the room has filled meanwhile they come back on the
    waiting list; a nominee who has become another guest stays with that one.
    """
    left, back = seats.of(event).left, 0
    for part in bulk.batches(ids):
        gone = Guest.objects.filter(removed_at=removed_at, merged_into=None)
        host_of = _parties(gone, part)
        rows = list(gone.filter(pk__in=host_of).select_related("invitation"))
        left = _seat(rows, host_of, left)
        _free_nominees(rows)
        for row in rows:
            row.removed_at = None
        Guest.objects.bulk_update(rows, ["removed_at", "answer", "nominee"])
        stay = [row for row in rows if not move_on([row], row.invitation)]
        marks = [row.invitation.about for row in stay]
        outbox.put_back(Message.objects.filter(about__in=marks))
        guest_list.follow(event, at, nominees_of(host_of))
        back += sum(pk == host for pk, host in host_of.items())
    return back


def _parties(rows: object, ids: Sequence[int]) -> dict[int, int]:
    """These principals and whom they bring, each with the principal's id."""
    found = rows.filter(Q(pk__in=ids) | Q(plus_one_of__in=ids)).order_by("pk")
    pairs = dict(found.values_list("pk", "plus_one_of"))
    party = {pk: host or pk for pk, host in pairs.items()}
    return {pk: host for pk, host in party.items() if host in party}


def _seat(rows: list[Guest], host_of: dict[int, int], left: int) -> int:
    """Party by party, as far as the seats go; returns what is left of them."""
    parties = defaultdict(list)
    for row in rows:
        if row.answer == Guest.Answer.YES:
            parties[host_of[row.pk]].append(row)
    for party in parties.values():
        if len(party) <= left:
            left -= len(party)
            continue
        for row in party:
            row.answer = Guest.Answer.WAITLISTED
    return left


def _free_nominees(rows: list[Guest]) -> None:
    ids = [row.nominee_id for row in rows if row.nominee_id]
    taken = Guest.objects.on_the_list().filter(nominee__in=ids)
    others = set(taken.values_list("nominee", flat=True))
    for row in rows:
        if row.nominee_id in others:
            row.nominee = None
