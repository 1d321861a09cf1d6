"""Who may open which event: fetched, so that it cannot be forgotten."""

from dataclasses import dataclass

import structlog
from django.core.cache import cache
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_noop as noop

from events import activity, second_factor
from events.models import Event, Member, User
from losers_lounge.compiled import compiled

logger = structlog.get_logger(__name__)
TOLD_SECONDS = 3600
# The roles, as pages name them when they ask for one.
HOST, RESULTS = Member.Role.HOST.value, Member.Role.RESULTS.value
DOOR, FINANCE = Member.Role.DOOR.value, Member.Role.FINANCE.value


@dataclass(frozen=True)
class Access:
    """An event this user is on the team of, and in which roles."""

    event: Event
    roles: frozenset[str]

    @property
    def context(self) -> dict[str, object]:
        """What every team page needs to draw its header."""
        return {"event": self.event, "roles": self.roles}


def open_event(user: User, slug: str, *roles: str) -> Access:
    """The event, if the user holds one of the roles; hosts may open every room.

    Without roles named, anybody on the team may. A foreign event and a missing one
    are the same 404, and both are logged (ASVS 5.0, 16.3.2); who is of the team and
    tries a room that is not theirs stands in its activity log too, once an hour.
    Raises SecondFactorMissing where the setting asks for one.
    """
    rows = _roles(user.pk, slug)
    held = frozenset(row.role for row in rows)
    if not held or (roles and not held & {HOST, *roles}):
        _write_down(user, rows, roles)
        raise Http404
    second_factor.ask_for_one(user, held)
    return Access(rows[0].event, held)


@compiled
def _roles(user: int, slug: str) -> QuerySet[Member]:
    rows = Member.objects.filter(user=user, event__slug=slug)
    return rows.select_related("event__charity")


def _write_down(user: User, rows: list[Member], roles: tuple[str, ...]) -> None:
    """A door that stayed shut; by the account's number, and no name."""
    held = sorted(row.role for row in rows)
    logger.warning("access_denied", account=user.pk, wanted=sorted(roles), held=held)
    if rows and cache.add(f"denied.{rows[0].event_id}.{user.pk}", 1, TOLD_SECONDS):
        verb, room = noop("was kept out of a room"), ", ".join(sorted(roles))
        activity.record(rows[0].event, user, verb, room, at=timezone.now())
