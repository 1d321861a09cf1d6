"""The two rows that may be one person, read together."""

from dataclasses import dataclass
from typing import Literal

from django.db.models import Q
from django.utils.translation import gettext as _

from events.models import Event
from guests.models import Admission, Guest, Invitation

Side = Literal["kept", "gone"]


class MergeRefused(Exception):
    """Nothing was changed; the text says why, in words for a host."""


@dataclass(frozen=True)
class Choice:
    """Whose name, whose address and whose answer stay."""

    name: Side = "kept"
    address: Side = "kept"
    answer: Side = "kept"


@dataclass
class Pair:
    """The two rows, locked, with their invitations and whom each brings."""

    kept: Guest
    gone: Guest
    kept_party: list[Guest]
    gone_party: list[Guest]

    @property
    def ids(self) -> list[int]:
        return [self.kept.pk, self.gone.pk]

    @property
    def party(self) -> list[Guest]:
        """Everybody whom either brings, without the two themselves."""
        both = [*self.kept_party, *self.gone_party]
        return [row for row in both if row.pk not in self.ids]

    def of(self, side: Side) -> Guest:
        return self.kept if side == "kept" else self.gone

    @property
    def has_two_invitations(self) -> bool:
        """Each was invited by a letter of their own."""
        return (
            self.gone.plus_one_of_id is None
            and self.gone.invitation_id != self.kept.invitation_id
        )


def read_pair(kept_id: int, gone_id: int, *, lock: bool = False) -> Pair:
    """Both rows and their parties; the event is locked first, then the rows.

    Raises Guest.DoesNotExist for one of another event, or the same row twice.
    """
    events, rows = Event.objects.select_related("charity"), Guest.objects.all()
    if lock:
        events = events.locked()
        rows = rows.locked()
    event = events.filter(guests=kept_id).first()
    if lock:
        _lock_invitations(kept_id, gone_id)
    mine = Q(pk__in=[kept_id, gone_id])
    brought = Q(plus_one_of__in=[kept_id, gone_id], removed_at=None)
    found = rows.filter(mine | brought, event=event).order_by("pk")
    related = found.select_related("invitation__contact", "plus_one_of", "nominee")
    people = {row.pk: row for row in related}
    if kept_id == gone_id or not {kept_id, gone_id} <= people.keys():
        raise Guest.DoesNotExist
    for row in people.values():
        row.event = row.invitation.event = event
    kept, gone = people[kept_id], people[gone_id]
    if kept.invitation_id == gone.invitation_id:
        gone.invitation = kept.invitation
    brings = [
        [row for row in people.values() if row.plus_one_of_id == one]
        for one in (kept_id, gone_id)
    ]
    return Pair(kept, gone, *brings)


def _lock_invitations(*guest_ids: int) -> None:
    """A link that is being retired at this moment stays retired."""
    rows = Invitation.objects.select_for_update(of=("self",), no_key=True)
    own = Guest.objects.filter(pk__in=guest_ids).values("invitation")
    list(rows.filter(pk__in=own).order_by("pk"))


def why_not(pair: Pair) -> str:
    """Why the two cannot become one, in words; empty when they can."""
    kept, gone = pair.kept, pair.gone
    names = {"kept": kept.name, "gone": gone.name}
    if kept.removed_at or gone.removed_at:
        return _("One of the two is already off the list.")
    if kept.plus_one_of_id and gone.plus_one_of_id is None:
        return _("%(gone)s has an invitation: keep that row.") % names
    if kept.nominee_id and gone.nominee_id:
        text = _(
            "%(kept)s and %(gone)s are linked to two nominees: two people, unless "
            "the nominations name one person twice."
        )
        return text % names
    inside = Admission.objects.filter(
        guest__in=pair.ids, action=Admission.Action.IN, closed_at=None
    )
    if inside.count() > 1:
        return _("%(kept)s and %(gone)s are both inside: two people.") % names
    return ""
