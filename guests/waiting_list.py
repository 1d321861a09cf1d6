"""The waiting list: a freed seat is offered, in order, until a time.

The order: who has let fewest offers go by, then the invitation's wave, then who joined
first. A party that needs more seats than are free is passed over for this round and
keeps its place. An offer nobody answers goes to the next, and who missed it stays on
the list at its end; after a second one only a host offers again, so that no seat
circles for ever around somebody who is not there.

Seats are offered in the transaction that frees them, and once a minute for whatever
else freed some. Every function here that writes needs, or takes, the event's lock.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import (
    Count,
    Exists,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_noop as noop

from events import activity, outbox
from events.models import Event, Message, User
from guests import letters, seats
from guests.models import Guest, SeatOffer
from losers_lounge.compiled import compiled

State = SeatOffer.State
GONE_BY = (State.LAPSED, State.WITHDRAWN)
MOST_GONE_BY = 2
# Nobody is asked to decide in less; on the night itself nobody gets more.
SHORTEST = timedelta(hours=1)


class OfferClosed(Exception):
    """It was taken, declined, or ended meanwhile; nothing was changed."""


@dataclass(frozen=True)
class Released:
    """What a host's press did: parties that were offered seats, and seats left."""

    offered: int
    seats_left: int


def of(event: Event) -> QuerySet[Guest]:
    """Who waits, in order; `needs` counts their party, `gone_by` their lost offers."""
    gone_by = SeatOffer.objects.filter(
        guest=OuterRef("pk"),
        state__in=GONE_BY,
        offered_at__gte=OuterRef("answered_at"),
    )
    with_them = Guest.objects.on_the_list().filter(
        plus_one_of=OuterRef("pk"), answer=Guest.Answer.WAITLISTED
    )
    return (
        event.guests.principals()
        .filter(answer=Guest.Answer.WAITLISTED)
        .annotate(
            needs=1 + _count(with_them, "plus_one_of"),
            gone_by=_count(gone_by, "guest"),
        )
        .select_related("invitation__contact")
        .order_by("gone_by", "invitation__wave", "answered_at", "pk")
    )


def without_offer(event: Event) -> QuerySet[Guest]:
    """Of those who wait, who may be offered a seat now."""
    offered = SeatOffer.objects.filter(guest=OuterRef("pk"), state=State.OPEN)
    return of(event).filter(~Exists(offered), is_blocked=False)


def offer_free_seats(event: Event, at: datetime) -> int:
    """Offer what is free to who is next; the number of parties that were offered.

    Needs the event's lock. Does nothing when nobody waits or the party is over.
    """
    if not is_on(event, at) or not _somebody_waits(event.pk):
        return 0
    in_turn = without_offer(event).filter(gone_by__lt=MOST_GONE_BY)
    return len(_offer(event, in_turn, at))


def close(guest: Guest, state: State, at: datetime) -> int:
    """Close the guest's open offer, if there is one; the seats it kept."""
    rows = SeatOffer.objects.filter(guest=guest, state=State.OPEN)
    heads = sum(rows.values_list("heads", flat=True))
    rows.update(state=state, closed_at=at)
    return heads


def has_offer(guest_id: int) -> bool:
    """Whether a seat is kept for them now, so that they may answer after all."""
    return SeatOffer.objects.filter(guest=guest_id, state=State.OPEN).exists()


def sweep(at: datetime) -> int:
    """End offers nobody answered in time, and offer what is free, event by event.

    Returns the number of parties that were offered seats.
    """
    ended = Q(seat_offers__state=State.OPEN, seat_offers__expires_at__lte=at)
    waiting = Guest.objects.on_the_list().filter(answer=Guest.Answer.WAITLISTED)
    on = Q(status=Event.Status.OPEN, ends_at__gt=at)
    somebody = Exists(waiting.filter(event=OuterRef("pk")))
    events = Event.objects.filter(ended | (on & somebody)).distinct()
    return sum(go_on(pk, at) for pk in events.values_list("pk", flat=True))


@transaction.atomic
def go_on(event_id: int, at: datetime) -> int:
    """End what has run out, or is kept for somebody who is gone; then offer again."""
    event = Event.objects.locked().get(pk=event_id)
    rows = SeatOffer.objects.filter(event=event, state=State.OPEN)
    still = Q(guest__removed_at=None, guest__answer=Guest.Answer.WAITLISTED)
    _end(rows.exclude(still), State.WITHDRAWN, at)
    _end(rows.filter(expires_at__lte=at), State.LAPSED, at)
    return offer_free_seats(event, at)


@transaction.atomic
def release(
    event_id: int,
    *,
    parties: int,
    wave: int | None = None,
    guest_id: int | None = None,
    by: User,
    at: datetime,
) -> Released:
    """A host offers seats to the next parties of a wave, or to one guest, by hand.

    Also to those who let offers go by; never more seats than are free.
    """
    event = Event.objects.locked().get(pk=event_id)
    rows = without_offer(event)
    if wave is not None:
        rows = rows.filter(invitation__wave=wave)
    if guest_id is not None:
        rows = rows.filter(pk=guest_id)
    made = _offer(event, rows, at, most=parties) if is_on(event, at) else []
    if made:
        verb = noop("offered seats to %(n)d parties") % {"n": len(made)}
        activity.record(event, by, verb, at=at)
    return Released(len(made), seats.of(event).left)


@transaction.atomic
def withdraw(offer_id: int, event_id: int, *, by: User, at: datetime) -> SeatOffer:
    """A host takes an offer back; the seats go to the next, the guest to the end.

    Raises OfferClosed when it is not open any more, SeatOffer.DoesNotExist when it is
    another event's.
    """
    event = Event.objects.locked().get(pk=event_id)
    rows = SeatOffer.objects.select_related("guest").filter(event=event)
    offer = rows.get(pk=offer_id)
    if offer.state != State.OPEN:
        raise OfferClosed
    _end(rows.filter(pk=offer_id), State.WITHDRAWN, at)
    guest = offer.guest
    verb = noop("took back an offer")
    activity.record(event, by, verb, guest.name, at=at, about=guest.about)
    offer_free_seats(event, at)
    return offer


def expires_at(event: Event, at: datetime) -> datetime:
    """Until when an offer made now is kept.

    The event's offer_hours, but never past the answers' deadline or, where that has
    gone by, the doors. On the night itself an hour.
    """
    limits = [event.rsvp_deadline_at, event.doors_at]
    ahead = [limit for limit in limits if limit and limit >= at + SHORTEST]
    if not ahead:
        return at + SHORTEST
    return min(at + timedelta(hours=event.offer_hours), *ahead)


def is_on(event: Event, at: datetime) -> bool:
    """Whether seats are offered at all: the event is open, and not over."""
    return event.status == Event.Status.OPEN and at < event.ends_at


@compiled
def _somebody_waits(event: int) -> QuerySet[Guest]:
    waiting = Guest.objects.on_the_list().filter(answer=Guest.Answer.WAITLISTED)
    return waiting.filter(event=event).values_list("pk")[:1]


def _end(rows: QuerySet[SeatOffer], state: State, at: datetime) -> None:
    """Close these offers; a letter about one that has not left yet stays here."""
    keys = {pk: letters.offer_key(pk) for pk in rows.values_list("pk", flat=True)}
    if keys:
        SeatOffer.objects.filter(pk__in=keys).update(state=state, closed_at=at)
        outbox.withdraw(Message.objects.filter(dedupe_key__in=keys.values()))


def _offer(
    event: Event, in_turn: QuerySet[Guest], at: datetime, most: int | None = None
) -> list[SeatOffer]:
    """Offer free seats to these guests in their order, as far as seats go."""
    made: list[SeatOffer] = []
    left = seats.of(event).left
    while left and (most is None or len(made) < most):
        # Nobody needs less than one seat: more parties than seats are never read.
        limit = left if most is None else min(left, most - len(made))
        fitting = list(in_turn.filter(needs__lte=left)[:limit])
        if not fitting:
            break
        for guest in fitting:
            if guest.needs <= left:
                made.append(_open(event, guest, at))
                left -= guest.needs
    drafts = [letters.seat_offer(offer.guest.invitation, offer) for offer in made]
    letters.post(drafts, at)
    return made


def _open(event: Event, guest: Guest, at: datetime) -> SeatOffer:
    guest.event = guest.invitation.event = event
    return SeatOffer.objects.create(
        event=event,
        guest=guest,
        heads=guest.needs,
        offered_at=at,
        expires_at=expires_at(event, at),
    )


def _count(rows: QuerySet, of_what: str) -> Coalesce:
    counted = rows.order_by().values(of_what).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
