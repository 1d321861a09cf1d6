"""What a host sees of a question: who asks, about whom, and what speaks for it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.models import Event, Nomination, Nominee
from guests import guest_list
from guests.door.finding import SEARCH_ROWS, is_searchable
from guests.models import Admission, DoorRequest, Guest, Obligation
from losers_lounge.moments import in_zone, short_time
from losers_lounge.names import fold

Outcome = Nomination.Outcome
RECENT = 10


@dataclass(frozen=True)
class FoundNominee:
    """A nominee who is nobody's guest, and how tonight went for them in words."""

    nominee: Nominee
    words: str
    has_won: bool


@dataclass(frozen=True)
class Asked:
    """One open question, with everything a host needs to answer it."""

    request: DoorRequest
    tonight: str
    standing: str
    denied: str
    owed: tuple[Obligation, ...] = ()

    @property
    def cents(self) -> int:
        return sum(row.left_cents for row in self.owed)


def nominees_found(event: Event, text: str) -> list[FoundNominee]:
    """Nominees of this name who are on nobody's list: the door may ask for them."""
    if not is_searchable(text):
        return []
    every = Q()
    for word in fold(text).split()[:8]:
        every &= Q(name_key__contains=word) | Q(aliases__icontains=word)
    free = guest_list.nominees(event, on_the_list=False).filter(every)
    found = list(free.order_by("name_key", "pk")[:SEARCH_ROWS])
    nights = _tonight(row.pk for row in found)
    return [FoundNominee(row, *nights[row.pk]) for row in found]


def explained(event: Event, rows: Sequence[DoorRequest]) -> list[Asked]:
    """These questions with their reasons; four queries, however many."""
    nights = _tonight(row.nominee_id for row in rows if row.nominee_id)
    owed = defaultdict(list)
    waivers = [r.guest_id for r in rows if r.kind == DoorRequest.Kind.WAIVER]
    for due in Obligation.objects.unpaid().filter(guest__in=waivers).order_by("pk"):
        owed[due.guest_id].append(due)
    denied = _denied(event, rows)
    return [
        Asked(
            request=row,
            tonight=nights[row.nominee_id][0] if row.nominee_id else "",
            standing=_standing(event, row),
            denied=denied.get(row.pk, ""),
            owed=tuple(owed[row.guest_id]),
        )
        for row in rows
    ]


def decided_lately(event: Event) -> list[DoorRequest]:
    """The last answers, newest first."""
    rows = event.door_requests.exclude(state=DoorRequest.State.OPEN)
    return list(rows.order_by("-decided_at", "-pk")[:RECENT])


def _tonight(nominee_ids: Iterable[int]) -> dict[int, tuple[str, bool]]:
    """For each nominee a sentence on their results, and whether they won."""
    ids = set(nominee_ids)
    found = {pk: defaultdict(list) for pk in ids}
    credits = Nomination.nominees.through.objects.filter(nominee__in=ids)
    rows = credits.order_by("nomination__category__order", "nomination_id")
    for pk, outcome, category in rows.values_list(
        "nominee_id", "nomination__outcome", "nomination__category__name"
    ):
        found[pk][outcome].append(category)
    return {pk: (_said(by), bool(by[Outcome.WON])) for pk, by in found.items()}


def _said(by_outcome: dict[str, list[str]]) -> str:
    won, pending = by_outcome[Outcome.WON], by_outcome[Outcome.PENDING]
    if won:
        return _("won tonight: %(names)s") % {"names": ", ".join(won)}
    if pending:
        return _("still open: %(names)s") % {"names": ", ".join(pending)}
    return _("lost") if by_outcome[Outcome.LOST] else _("nominated")


def _standing(event: Event, row: DoorRequest) -> str:
    """How they stand on the list."""
    guest = row.guest
    if guest is None:
        known = _("A nominee who is not on the list.")
        return known if row.nominee_id else _("Not on the list, and no nominee.")
    if guest.removed_at is not None:
        return _("Was taken off the list.")
    at = {"at": in_zone(guest.answered_at, event.zone)} if guest.answered_at else {}
    return {
        Guest.Answer.NO: _("Declined on %(at)s."),
        Guest.Answer.WAITLISTED: _("On the waiting list since %(at)s."),
        Guest.Answer.WAITING: _("Invited, never answered."),
        Guest.Answer.YES: _("On the list."),
    }[Guest.Answer(guest.answer)] % at


def _denied(event: Event, rows: Sequence[DoorRequest]) -> dict[int, str]:
    """What the door or a host said no to before, by request."""
    ids = [row.guest_id for row in rows if row.guest_id]
    log = event.admissions.filter(action=Admission.Action.DENIED, guest__in=ids)
    times = defaultdict(list)
    for guest_id, at, reason in log.values_list("guest_id", "at", "reason"):
        times[guest_id].append((at, reason))
    walk_ins = event.door_requests.filter(kind=DoorRequest.Kind.WALK_IN)
    no = walk_ins.filter(state=DoorRequest.State.REFUSED)
    for guest_id, name, at, words in no.values_list(
        "guest_id", "name", "decided_at", "words"
    ):
        times[guest_id or fold(name)].append((at, words))
    found = {}
    for row in rows:
        said = sorted(times[row.guest_id or fold(row.name)])
        if said:
            found[row.pk] = _times(event, said)
    return found


def _times(event: Event, said: list) -> str:
    at, reason = said[-1]
    text = ngettext(
        "Not admitted before, at %(time)s",
        "Not admitted %(n)d times, last at %(time)s",
        len(said),
    )
    words = text % {"n": len(said), "time": short_time(at, event.zone)}
    return f"{words}: {reason}" if reason else f"{words}."
