"""Answer an invitation, within the room's capacity.

Heads are yes-guests with their plus-ones. The event row is the lock: whoever takes
seats holds it, looks, and only then writes (DESIGN rule 6).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from events import activity
from events.models import Event
from guests import letters, obligations
from guests.models import Guest, Invitation
from losers_lounge.names import clean, fold


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


class EventFull(Exception):
    """Too few seats: so many are free, so many the guest's own party holds."""

    def __init__(self, seats_left: int, seats_held: int) -> None:
        super().__init__(f"{seats_left} seats left, {seats_held} held")
        self.seats_left = seats_left
        self.seats_held = seats_held


@dataclass(frozen=True)
class Seats:
    capacity: int
    heads: int

    @property
    def left(self) -> int:
        return max(0, self.capacity - self.heads)


def seats(event: Event) -> Seats:
    """Seats of the event as the rows have them now; no lock."""
    return Seats(event.capacity, event.guests.attending().count())


@transaction.atomic
def answer(
    guest_id: int,
    reply: Guest.Answer,
    *,
    plus_ones: Sequence[str] = (),
    at: datetime,
    by: str = "",
    as_host: bool = False,
    version: int | None = None,
) -> Guest:
    """Record one guest's answer and the names they bring; returns the guest.

    YES, NO or WAITLISTED; `by` names a host or an assistant who answers for them, and
    `as_host` lets it be after the deadline. The same answer twice changes nothing and
    writes to nobody. Raises AnswersClosed, EventFull (what stood before still stands),
    TooManyPlusOnes, or StaleAnswer when `version` is no longer the invitation's.
    """
    event = _locked_event(guest_id)
    # The deadline binds guests; a host may answer for one as long as it is open.
    if not (event.status == Event.Status.OPEN if as_host else event.takes_answers(at)):
        raise AnswersClosed
    guest, party = _guest_and_party(guest_id)
    guest.event = guest.invitation.event = event
    names = _names(plus_ones) if reply == Guest.Answer.YES else []
    if guest.answer == reply and sorted(names) == sorted(row.name for row in party):
        return guest
    _check(guest, party, names, version)
    if reply == Guest.Answer.YES:
        _take_seats(event, guest, party, 1 + len(names))
    _write(guest, party, reply, names, at)
    _tell(guest, names, at, by)
    return guest


def _locked_event(guest_id: int) -> Event:
    """Lock order: event, then guest. no_key lets rows that refer to it be inserted."""
    events = Event.objects.select_for_update(of=("self",), no_key=True)
    try:
        return events.select_related("charity").get(guests=guest_id)
    except Event.DoesNotExist:
        raise Guest.DoesNotExist from None


def _guest_and_party(guest_id: int) -> tuple[Guest, list[Guest]]:
    """The guest and whom they bring, in one look."""
    together = Q(pk=guest_id) | Q(plus_one_of=guest_id)
    rows = Guest.objects.on_the_list().filter(together).order_by("pk")
    people = {row.pk: row for row in rows.select_related("invitation__contact")}
    if guest_id not in people:
        raise Guest.DoesNotExist
    guest = people.pop(guest_id)
    return guest, list(people.values())


def _check(
    guest: Guest, party: list[Guest], names: list[str], version: int | None
) -> None:
    # An allowance that was lowered since sends nobody home.
    if len(names) > max(guest.invitation.plus_ones, len(party)):
        raise TooManyPlusOnes
    if version is not None and version != guest.invitation.version:
        raise StaleAnswer


def _names(typed: Sequence[str]) -> list[str]:
    return [name for name in map(clean, typed) if fold(name)]


def _take_seats(event: Event, guest: Guest, party: list[Guest], wanted: int) -> None:
    held = sum(row.is_coming for row in [guest, *party])
    if wanted <= held:
        return
    left = event.capacity - event.guests.attending().count()
    if wanted - held > left:
        raise EventFull(max(0, left), held)


def _write(
    guest: Guest,
    party: list[Guest],
    reply: Guest.Answer,
    names: list[str],
    at: datetime,
) -> None:
    guest.answer, guest.answered_at = reply, at
    guest.save(update_fields=["answer", "answered_at"])
    Invitation.objects.filter(pk=guest.invitation_id).update(
        version=guest.invitation.version + 1
    )
    guest.invitation.version += 1
    kept, gone, new = _seated(party, names)
    for row, name in kept:
        row.call(name, row.aliases)
        row.answer, row.answered_at = Guest.Answer.YES, at
        row.save(update_fields=[*Guest.NAME_COLUMNS, "answer", "answered_at"])
    for row in gone:
        row.removed_at = at
        row.save(update_fields=["removed_at"])
    for name in new:
        Guest.objects.create(
            event_id=guest.event_id,
            invitation_id=guest.invitation_id,
            **Guest.named(name),
            plus_one_of=guest,
            answer=Guest.Answer.YES,
            answered_at=at,
        )
    if guest.event.plus_one_pays and guest.nominee_id and (gone or new):
        brought = obligations.bring_up_to_date(guest.event, at, {guest.nominee_id})
        letters.post(letters.wins(brought.fallen_due), at)


def _seated(
    party: list[Guest], names: list[str]
) -> tuple[list[tuple[Guest, str]], list[Guest], list[str]]:
    """Who stays under which name, who goes, and who is new.

    The same name keeps its row, and with it the pass; what is left over is renamed.
    """
    left, fresh, kept = list(party), [], []
    for name in names:
        same = [row for row in left if row.name_key == fold(name)]
        if same:
            left.remove(same[0])
            kept.append((same[0], name))
        else:
            fresh.append(name)
    kept += zip(left, fresh, strict=False)
    return kept, left[len(fresh) :], fresh[len(left) :]


def _tell(guest: Guest, names: list[str], at: datetime, by: str) -> None:
    letters.post([letters.answer(guest.invitation, guest, names)], at)
    verb = f"answered {guest.answer}"
    if names:
        verb += f" with {len(names)}"
    actor = f"{by} for {guest.name}" if by else guest.name
    activity.record(guest.event, actor, verb, at=at, about=guest.about)
