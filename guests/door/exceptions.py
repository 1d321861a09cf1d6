"""What the door's log cannot settle by itself: named, and looked at by somebody."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from events import activity
from events.models import Event
from guests.actors import Actor
from guests.models import Admission
from losers_lounge.moments import short_time
from losers_lounge.names import at_end

SETTLED_ROWS = 20
Action, Kind = Admission.Action, Admission.ExceptionKind


@dataclass(frozen=True)
class DoorException:
    """One row that a host should know of, in a sentence."""

    row: Admission
    words: str


def open_rows(event: Event) -> QuerySet[Admission]:
    """Exceptions that nobody has looked at, newest first."""
    found = event.admissions.filter(looked_at=None).exclude(exception=Kind.NONE)
    return found.order_by("-at", "-pk")


def open_ones(event: Event) -> list[DoorException]:
    """The same with their sentences, in two queries."""
    return _told(event, open_rows(event))


def looked_at(event: Event) -> list[DoorException]:
    """The last of those that somebody let stand, latest first; two queries."""
    rows = event.admissions.exclude(exception=Kind.NONE).exclude(looked_at=None)
    return _told(event, rows.order_by("-looked_at", "-pk")[:SETTLED_ROWS])


def _told(event: Event, found: QuerySet[Admission]) -> list[DoorException]:
    rows = list(found.select_related("guest", "device"))
    others = defaultdict(list)
    people = {row.guest_id for row in rows}
    if people:
        ins = event.admissions.filter(
            guest__in=people, action=Action.IN, counts=True
        ).select_related("device")
        for row in ins:
            others[row.guest_id].append(row)
    return [
        DoorException(row, sentence(row, others[row.guest_id], event.zone))
        for row in rows
    ]


def look(admission_id: int, event: Event, *, by: Actor, at: datetime) -> bool:
    """Somebody has seen it and lets it stand; False when that was done before.

    Raises Admission.DoesNotExist for a row of another event, or for no exception.
    """
    rows = event.admissions.exclude(exception=Kind.NONE)
    row = rows.select_related("guest", "device").get(pk=admission_id)
    unseen = Admission.objects.filter(pk=row.pk, looked_at=None)
    if not unseen.update(looked_at=at, looked_by_name=by.name):
        return False
    verb = noop("let an exception at the door stand")
    guest = row.guest
    activity.record(event, by.logged, verb, guest.name, at=at, about=guest.about)
    return True


def sentence(row: Admission, others: Iterable[Admission], zone: ZoneInfo) -> str:
    """What happened, with both times and both phones; `others` hold what counts."""
    words = {
        "name": row.guest.name,
        "when": _moment(row, zone),
        "what": row.get_action_display(),
    }
    if row.exception == Kind.SECOND:
        words["first"] = _first(row, others, zone)
        text = _("%(name)s: let in %(first)s and %(when)s; counted once.")
    elif row.exception == Kind.NOT_INSIDE:
        text = _("%(name)s: %(what)s %(when)s, but was not inside; not counted.")
    elif row.exception == Kind.WORD:
        words["host"] = at_end(row.allowed_by)
        text = _("%(name)s: let in %(when)s on the word of %(host)s.")
    elif row.exception == Kind.REVOKED and row.device_id is None:
        text = _("%(name)s: %(what)s %(when)s, told after the signature; not counted.")
    elif row.exception == Kind.REVOKED:
        text = _(
            "%(name)s: %(what)s %(when)s, says a phone that was shut out; not counted."
        )
    elif row.priced_at:
        words["known"] = short_time(row.priced_at, zone)
        text = _(
            "%(name)s: let in %(when)s by what the phone knew at %(known)s; "
            "the rules say no."
        )
    else:
        text = _("%(name)s: let in %(when)s; the rules say no.")
    return text % words


def _first(row: Admission, others: Iterable[Admission], zone: ZoneInfo) -> str:
    """When, and by whom, they were let in before this row."""
    earlier = [one for one in others if (one.at, one.nonce) < (row.at, row.nonce)]
    first = max(earlier, key=lambda one: (one.at, one.nonce), default=None)
    return _moment(first, zone) if first else _("before")


def _moment(row: Admission, zone: ZoneInfo) -> str:
    """When it was, and by whom; a phone has the name of who holds it."""
    words = {"time": short_time(row.at, zone), "who": row.by_name}
    return _("%(time)s by %(who)s") % words
