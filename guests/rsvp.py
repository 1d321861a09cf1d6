"""Answer an invitation, within the room's capacity.

The event row is the lock: whoever takes seats holds it, looks, and only then writes
(DESIGN rule 6). A seat that an answer frees is offered to the waiting list at once.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from events import activity
from events.models import Event
from guests import letters, mailings, name_requests, parties, seats, waiting_list
from guests.models import Guest, Invitation, SeatOffer
from guests.parties import Seating
from guests.seats import EventFull
from losers_lounge.compiled import compiled

__all__ = ["EventFull", "answer"]


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


@transaction.atomic
def answer(
    guest_id: int,
    reply: Guest.Answer,
    *,
    plus_ones: Sequence[str] = (),
    unnamed: int = 0,
    at: datetime,
    by: str = "",
    as_host: bool = False,
    version: int | None = None,
) -> Guest:
    """Record one guest's answer and whom they bring; returns the guest.

    YES, NO or WAITLISTED, with the names that come along and the number of those
    named later; `by` names who answers for them. Neither deadline nor lock binds a
    host. Once names are locked, a guest's new ones are asked for (name_requests),
    and the answer counts without them.
    The same answer twice changes nothing and writes to nobody. Raises AnswersClosed,
    EventFull (what stood before still stands), TooManyPlusOnes, NamesLocked, or
    StaleAnswer when `version` is no longer the invitation's.
    """
    event = _locked_event(guest_id)
    _check_open(event, guest_id, at, as_host)
    guest, party, others = _household(guest_id)
    guest.event = guest.invitation.event = event
    if reply == Guest.Answer.NO:
        plus_ones, unnamed = (), 0
    seating = parties.seat(party, parties.typed_names(plus_ones), unnamed)
    wanted, wishes = seating.size, []
    is_locked = event.names_are_locked(at) and not as_host
    if is_locked:
        seating, wishes = seating.without_new_names()
    same = guest.answer == reply and not seating.changes
    if same and (not is_locked or name_requests.are_asked(guest, wishes)):
        return guest
    _check(guest, party, wanted, wishes, version)
    if is_locked or reply == Guest.Answer.NO:
        name_requests.ask(guest, wishes, at)
    if not same:
        _settle(guest, party, seating, reply, at, is_only=not others)
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


def _household(guest_id: int) -> tuple[Guest, list[Guest], list[Guest]]:
    """The guest, whom they bring, and who else of their invitation is coming."""
    people = {row.pk: row for row in _invited_with(guest_id)}
    if guest_id not in people:
        raise Guest.DoesNotExist
    guest = people.pop(guest_id)
    party = [row for row in people.values() if row.plus_one_of_id == guest_id]
    others = [row for row in people.values() if row not in party and row.is_coming]
    return guest, party, others


@compiled
def _invited_with(guest: int) -> QuerySet[Guest]:
    rows = Guest.objects.on_the_list().filter(invitation__guests=guest)
    return rows.select_related("invitation__contact").order_by("pk")


def _check(
    guest: Guest,
    party: list[Guest],
    wanted: int,
    wishes: list[name_requests.Wish],
    version: int | None,
) -> None:
    # An allowance that was lowered since sends nobody home.
    if wanted > max(guest.invitation.plus_ones, len(party)):
        raise TooManyPlusOnes
    if version is not None and version != guest.invitation.version:
        raise StaleAnswer
    if any(name == parties.LATER for _row, name in wishes):
        raise NamesLocked


def _settle(
    guest: Guest,
    party: list[Guest],
    seating: Seating,
    reply: Guest.Answer,
    at: datetime,
    is_only: bool,
) -> None:
    """Take or free the seats, write the answer down, and say so."""
    event, before = guest.event, guest.answer
    held = sum(row.is_coming for row in [guest, *party])
    kept = 0
    if before == Guest.Answer.WAITLISTED and reply != before:
        taken = reply == Guest.Answer.YES
        state = SeatOffer.State.TAKEN if taken else SeatOffer.State.DECLINED
        kept = waiting_list.close(guest, state, at)
    heads = 1 + seating.size if reply == Guest.Answer.YES else 0
    seats.take(event, heads, held)
    _write(guest, seating, reply, at)
    was_coming = before == Guest.Answer.YES
    draft = letters.answer(
        guest, seating.names(), seating.unnamed, was_coming, is_only=is_only
    )
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
        guest.save(update_fields=["answer", "answered_at", "gone_at"])
    invitation.version += 1
    Invitation.objects.filter(pk=invitation.pk).update(version=invitation.version)
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
