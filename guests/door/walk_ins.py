"""Somebody who stands at the door without a seat, and a host who says yes.

They take a seat like everybody else: under the event's lock, and never beyond the
room's capacity.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from django.utils.translation import gettext as _

from events.models import Event, Nominee, User
from guests import forgotten, guest_list, people, seats, waiting_list
from guests.models import Contact, Guest, Invitation, SeatOffer
from losers_lounge.names import fold

TAG = "walk-in"


class CannotWelcome(Exception):
    """Nothing was changed; the text says why, in words for a host."""


@dataclass(frozen=True)
class Visitor:
    """Who stands there: somebody of a row, a nominee, or a name alone."""

    name: str = ""
    guest: Guest | None = None
    nominee: Nominee | None = None

    def with_row(self, event: Event) -> Self:
        """With the row of their nominee, who may be a guest already."""
        if self.guest is not None or self.nominee is None:
            return self
        rows = event.guests.on_the_list()
        return replace(self, guest=rows.filter(nominee=self.nominee).first())


def nominee_of(event: Event, name: str) -> Nominee | None:
    """The one nominee of exactly this name who is nobody's guest so far."""
    free = guest_list.nominees(event, on_the_list=False)
    found = list(free.filter(name_key=fold(name))[:2])
    return found[0] if len(found) == 1 else None


def welcome(event: Event, who: Visitor, *, by: User, at: datetime) -> Guest:
    """Give one person a seat, and bring what they owe up to date.

    Needs the event's lock. A person of nobody's row gets a contact without an address
    and an invitation of their own; a nominee who is a guest already stays that guest.
    Who has a seat keeps it. Raises seats.EventFull or CannotWelcome.
    """
    if words := forgotten.takes_nobody(event):
        raise CannotWelcome(words)
    if event.closings.standing().exists():
        raise CannotWelcome(_("The night is signed off: open it again first."))
    who = who.with_row(event)
    if who.guest is None:
        seats.take(event, wanted=1, held=0)
        guest = _new(event, who, at)
    else:
        guest = _listed(who.guest, by, at)
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
    rows = Guest.objects.locked().select_related("invitation", "plus_one_of")
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


def _new(event: Event, who: Visitor, at: datetime) -> Guest:
    contact = Contact.objects.create(event=event, name=who.name)
    invitation = Invitation.objects.create(event=event, contact=contact)
    return Guest.objects.create(
        event=event,
        invitation=invitation,
        nominee=who.nominee,
        answer=Guest.Answer.YES,
        answered_at=at,
        tags=[TAG],
        **Guest.named(who.name),
    )
