"""What it means to be off the list, for one person or for thousands at a time."""

from collections.abc import Collection
from datetime import datetime

from events import outbox
from events.models import Event, Message
from guests import guest_list, letters
from guests.models import Guest, Invitation, SeatOffer


def take_off(event: Event, ids: Collection[int], at: datetime) -> None:
    """Take these people off; a constant number of queries. Needs the event's lock.

    What was offered to them is withdrawn, letters that have not left stay here, and
    what they owed is void. An invitation by which somebody else is invited goes on.
    The seats are free: the caller offers them, once for everybody who went.
    """
    Guest.objects.filter(pk__in=ids).update(removed_at=at)
    offers = SeatOffer.objects.filter(guest__in=ids, state=SeatOffer.State.OPEN)
    offers.update(state=SeatOffer.State.WITHDRAWN, closed_at=at)
    rows = event.invitations.filter(guests__in=ids)
    used = Guest.objects.principals().filter(invitation__in=rows.values("pk"))
    unused = rows.exclude(pk__in=used.values("invitation")).distinct()
    marks = [Invitation(pk=pk).about for pk in unused.values_list("pk", flat=True)]
    outbox.withdraw(Message.objects.filter(about__in=marks))
    letters.leave_out(ids)
    guest_list.follow(event, at, nominees_of(ids))


def nominees_of(ids: Collection[int]) -> set[int]:
    """The nominees for whose sake these people, or who brought them, may owe."""
    rows = Guest.objects.filter(pk__in=ids)
    own = rows.values_list("nominee", "plus_one_of__nominee")
    return {nominee for pair in own for nominee in pair} - {None}
