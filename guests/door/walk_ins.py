"""Somebody who stands at the door without a seat, and a host who says yes.

They take a seat like everybody else: under the event's lock, and never beyond the
room's capacity.
"""

from datetime import datetime

from django.utils.translation import gettext as _

from events.models import Event, Nominee, User
from guests import forgotten, guest_list, people, seats, waiting_list
from guests.models import Contact, Guest, Invitation, SeatOffer
from losers_lounge.names import fold

TAG = "walk-in"


class CannotWelcome(Exception):
    """Nothing was changed; the text says why, in words for a host."""


def nominee_of(event: Event, name: str) -> Nominee | None:
    """The one nominee of exactly this name who is nobody's guest so far."""
    free = guest_list.nominees(event, on_the_list=False)
    found = list(free.filter(name_key=fold(name))[:2])
    return found[0] if len(found) == 1 else None


def welcome(
    event: Event,
    *,
    name: str,
    guest: Guest | None,
    nominee: Nominee | None,
    by: User,
    at: datetime,
) -> Guest:
    """Give one person a seat, and bring what they owe up to date.

    Needs the event's lock. A person of nobody's row gets a contact without an address
    and an invitation of their own; a nominee who is a guest already stays that guest.
    Who has a seat keeps it. Raises seats.EventFull or CannotWelcome.
    """
    if words := forgotten.takes_nobody(event):
        raise CannotWelcome(words)
    if event.closings.standing().exists():
        raise CannotWelcome(_("The night is signed off: open it again first."))
    if guest is None and nominee is not None:
        guest = event.guests.on_the_list().filter(nominee=nominee).first()
    if guest is None:
        seats.take(event, wanted=1, held=0)
        guest = _new(event, name, nominee, at)
    else:
        guest = _listed(guest, by, at)
        if guest.is_blocked:
            text = _("%(name)s is blocked: unblock them on their page first.")
            raise CannotWelcome(text % {"name": guest.name})
        if guest.is_coming:
            return guest
        _seat(event, guest, at)
    guest_list.follow(event, at, people.concerned([guest]))
    return guest


def _listed(guest: Guest, by: User, at: datetime) -> Guest:
    """The row as it is under its lock, back on the list if it was taken off."""
    rows = Guest.objects.select_for_update(of=("self",), no_key=True)
    rows = rows.select_related("invitation", "plus_one_of")
    guest = rows.get(pk=guest.merged_into_id or guest.pk)
    if guest.removed_at is not None:
        try:
            people.bring_back(guest.pk, by=by, at=at)
        except people.CannotRemove as refusal:
            raise CannotWelcome(str(refusal)) from refusal
        guest = rows.get(pk=guest.pk)
    return guest


def _seat(event: Event, guest: Guest, at: datetime) -> None:
    """Only this person: whom they might have brought is asked for one by one."""
    kept = waiting_list.close(guest, SeatOffer.State.TAKEN, at)
    seats.take(event, wanted=1, held=0)
    guest.answer, guest.answered_at = Guest.Answer.YES, at
    guest.gone_at = None
    guest.save(update_fields=["answer", "answered_at", "gone_at"])
    guest.invitation.version += 1
    guest.invitation.save(update_fields=["version"])
    if kept > 1:
        waiting_list.offer_free_seats(event, at)


def _new(event: Event, name: str, nominee: Nominee | None, at: datetime) -> Guest:
    contact = Contact.objects.create(event=event, name=name)
    invitation = Invitation.objects.create(event=event, contact=contact)
    return Guest.objects.create(
        event=event,
        invitation=invitation,
        nominee=nominee,
        answer=Guest.Answer.YES,
        answered_at=at,
        tags=[TAG],
        **Guest.named(name),
    )
