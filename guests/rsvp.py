"""Answer an invitation, within the room's capacity.

The event row is the lock: whoever takes seats holds it, looks, and only then writes
(DESIGN rule 6). A seat that an answer frees is offered to the waiting list at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from events import activity
from events.models import Event
from guests import letters, mailings, name_requests, parties, seats, waiting_list
from guests.models import Guest, SeatOffer
from guests.parties import Seating
from guests.seats import EventFull
from losers_lounge.compiled import compiled
from losers_lounge.compiled_rows import save

__all__ = ["EventFull", "Reply", "answer"]


class AnswerRefused(Exception):
    """Nothing was changed; the text says why, in words for the guest."""


class AnswersClosed(AnswerRefused):
    """The event takes no answers any more."""

    def __init__(self) -> None:
        super().__init__(_("Answers are closed. What you told us before still stands."))


class StaleAnswer(AnswerRefused):
    """The answer was changed since the page was shown."""

    def __init__(self) -> None:
        super().__init__(
            _("This answer was changed on another device. Here is what stands now.")
        )


class TooManyPlusOnes(AnswerRefused):
    """More names than the invitation allows."""

    def __init__(self) -> None:
        super().__init__(
            _("You may bring fewer people than that, so nothing was changed.")
        )


class NamesLocked(AnswerRefused):
    """Somebody without a name, once names are asked for and granted."""

    def __init__(self) -> None:
        super().__init__(
            _("The list of names is closed, so nothing was changed. Ask for a name.")
        )


@dataclass(frozen=True)
class Reply:
    """What is said of one guest: YES, NO or WAITLISTED, and whom they bring.

    Names of those who come along, and how many are named later; `version` is the
    invitation's as it stood on the page.
    """

    answer: Guest.Answer
    plus_ones: Sequence[str] = ()
    unnamed: int = 0
    version: int | None = None

    def seating(self, party: Sequence[Guest]) -> Seating:
        """How the party changes by it; who does not come brings nobody."""
        if self.answer == Guest.Answer.NO:
            return parties.seat(party, ())
        return parties.seat(party, parties.typed_names(self.plus_ones), self.unnamed)


class Household(NamedTuple):
    """A guest, whom they bring, and who else of their invitation is coming."""

    guest: Guest
    party: list[Guest]
    others: list[Guest]


@transaction.atomic
def answer(
    guest_id: int,
    reply: Reply,
    *,
    at: datetime,
    by: str = "",
    as_host: bool = False,
) -> Guest:
    """Record one guest's answer and whom they bring; returns the guest.

    `by` names who answers for them. Neither deadline nor lock binds a host. Once names
    are locked, a guest's new ones are asked for (name_requests), and the answer counts
    without them.
    The same answer twice changes nothing and writes to nobody. Raises AnswersClosed,
    EventFull (what stood before still stands), TooManyPlusOnes, NamesLocked, or
    StaleAnswer when the page's version is no longer the invitation's.
    """
    event = _locked_event(guest_id)
    _check_open(event, guest_id, at, as_host)
    home = _household(guest_id)
    guest = home.guest
    guest.event = guest.invitation.event = event
    seating = reply.seating(home.party)
    wanted, wishes = seating.size, []
    is_locked = event.names_are_locked(at) and not as_host
    if is_locked:
        seating, wishes = seating.without_new_names()
    same = guest.answer == reply.answer and not seating.changes
    if same and (not is_locked or name_requests.are_asked(guest, wishes)):
        return guest
    _check(home, reply, wanted, wishes)
    if is_locked or reply.answer == Guest.Answer.NO:
        name_requests.ask(guest, wishes, at)
    if not same:
        _settle(home, seating, reply.answer, at)
        _log(guest, seating, at, by)
    return guest


def _locked_event(guest_id: int) -> Event:
    found = _locked_by_guest(guest_id)
    if not found:
        raise Guest.DoesNotExist
    return found[0]


@compiled
def _locked_by_guest(guest: int) -> QuerySet[Event]:
    return Event.objects.locked().filter(guests=guest)


def _check_open(event: Event, guest_id: int, at: datetime, as_host: bool) -> None:
    """The deadline binds guests, but for one who was offered a seat.

    A host may answer for a guest as long as the event is open.
    """
    if event.status == Event.Status.OPEN and (
        as_host or event.takes_answers(at) or waiting_list.has_offer(guest_id)
    ):
        return
    raise AnswersClosed


def _household(guest_id: int) -> Household:
    people = {row.pk: row for row in _invited_with(guest_id)}
    if guest_id not in people:
        raise Guest.DoesNotExist
    guest = people.pop(guest_id)
    party = [row for row in people.values() if row.plus_one_of_id == guest_id]
    others = [row for row in people.values() if row not in party and row.is_coming]
    return Household(guest, party, others)


@compiled
def _invited_with(guest: int) -> QuerySet[Guest]:
    rows = Guest.objects.on_the_list().filter(invitation__guests=guest)
    return rows.select_related("invitation__contact").order_by("pk")


def _check(
    home: Household, reply: Reply, wanted: int, wishes: list[name_requests.Wish]
) -> None:
    invitation = home.guest.invitation
    # An allowance that was lowered since sends nobody home.
    if wanted > max(invitation.plus_ones, len(home.party)):
        raise TooManyPlusOnes
    if reply.version is not None and reply.version != invitation.version:
        raise StaleAnswer
    if any(name == parties.LATER for _row, name in wishes):
        raise NamesLocked


def _settle(
    home: Household, seating: Seating, reply: Guest.Answer, at: datetime
) -> None:
    """Take or free the seats, write the answer down, and say so."""
    guest = home.guest
    event, before = guest.event, guest.answer
    held = sum(row.is_coming for row in [guest, *home.party])
    kept = 0
    if before == Guest.Answer.WAITLISTED and reply != before:
        taken = reply == Guest.Answer.YES
        state = SeatOffer.State.TAKEN if taken else SeatOffer.State.DECLINED
        kept = waiting_list.close(guest, state, at)
    heads = 1 + seating.size if reply == Guest.Answer.YES else 0
    seats.take(event, heads, held)
    _write(guest, seating, reply, at)
    was_coming = before == Guest.Answer.YES
    names, unnamed, is_only = seating.names(), seating.unnamed, not home.others
    draft = letters.answer(guest, names, unnamed, was_coming, is_only=is_only)
    letters.post([draft], at)
    if before == Guest.Answer.WAITING:
        mailings.take_back_reminder(guest.invitation)
    if held + kept > heads or reply == Guest.Answer.WAITLISTED:
        waiting_list.offer_free_seats(event, at)


def _write(guest: Guest, seating: Seating, reply: Guest.Answer, at: datetime) -> None:
    invitation = guest.invitation
    is_other = guest.answer != reply
    if is_other:
        # Who changes only their party keeps their place on the waiting list.
        guest.answer, guest.answered_at, guest.gone_at = reply, at, None
        save(guest, "answer", "answered_at", "gone_at")
    invitation.version += 1
    save(invitation, "version")
    unlinked = any(row.nominee_id for row, _name in seating.renamed)
    parties.write(guest, seating, reply, at)
    # A seat or none makes a difference to what a winner's plus-one owes.
    is_other = is_other and seating.size > 0
    if seating.renamed or seating.gone or seating.new or is_other:
        parties.follow(
            guest, at, is_fresh=seating.fresh, gone=seating.gone, unlinked=unlinked
        )


def _log(guest: Guest, seating: Seating, at: datetime, by: str) -> None:
    verb = f"answered {guest.answer}"
    if seating.size:
        verb += f" with {seating.size}"
    who = parties.actor(guest, by)
    activity.record(guest.event, who, verb, at=at, about=guest.about)
