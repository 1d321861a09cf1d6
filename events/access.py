"""Who may open which event: fetched, so that it cannot be forgotten."""

from dataclasses import dataclass

from django.http import Http404

from events import second_factor
from events.models import Event, Member, User


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
    are the same 404. Raises SecondFactorMissing where the setting asks for one.
    """
    rows = list(
        Member.objects.filter(user=user, event__slug=slug).select_related(
            "event__charity"
        )
    )
    held = frozenset(row.role for row in rows)
    if not held or (roles and not held & {Member.Role.HOST.value, *roles}):
        raise Http404
    second_factor.ask_for_one(user, held)
    return Access(rows[0].event, held)
