"""Change many guests at one press, and put back exactly what was before.

Every press is one ListChange under a nonce of its own: pressed twice, it is done
once. Undoing touches only what still is as the press left it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from events import activity
from events.models import Event, User
from guests import mailings, tags
from guests.guest_list import reading
from guests.listing import values
from guests.models import Guest, ListChange, Mailing
from guests.people import removals
from losers_lounge.names import clean
from losers_lounge.telling import in_english

Kind = ListChange.Kind
MAX_WAVE = 99
MAX_NONCE = 64
LETTERS = {Kind.INVITE: Mailing.Kind.INVITATION, Kind.REMIND: Mailing.Kind.REMINDER}
VALUES = {
    Kind.TAG: values.tag,
    Kind.UNTAG: values.untag,
    Kind.WAVE: values.move_to_wave,
}


class Unusable(Exception):
    """Nothing was changed; the text says why, in words for a host."""


@dataclass(frozen=True)
class Done:
    """What a press did, and whom it left alone, each with the reason in words."""

    change: ListChange
    refused: Sequence[str] = ()


@transaction.atomic
def apply(
    event: Event,
    chosen: QuerySet[Guest],
    kind: str,
    value: str,
    *,
    by: User,
    at: datetime,
    nonce: str,
) -> Done:
    """Tag, untag, move to a wave, invite, remind or take off the list who is chosen.

    Whom it may not touch is refused by name, the rest is done. The same nonce again
    answers with the first press. Raises Unusable for a value or a nonce that cannot
    be, and mailings.EventNotOpen.
    """
    value = _usable(kind, value)
    event = Event.objects.locked().get(pk=event.pk)
    if known := _known(event, nonce):
        return Done(known)
    ids = list(chosen.order_by("pk").values_list("pk", flat=True))
    change = ListChange(event=event, kind=kind, value=value, by=by, nonce=nonce, at=at)
    refused = _carry_out(change, ids)
    change.save()
    if change.size and kind not in LETTERS:
        verb = noop("changed %(n)d guests at once") % {"n": change.size}
        activity.record(event, by, verb, said(change), at=at)
    return Done(change, refused)


@transaction.atomic
def undo(change_id: int, *, by: User, at: datetime) -> int:
    """Put back what a press changed, where nobody has changed it since; how many.

    Undone twice is undone once. Raises ListChange.DoesNotExist.
    """
    event_id = ListChange.objects.values_list("event", flat=True).get(pk=change_id)
    event = Event.objects.locked().get(pk=event_id)
    change = ListChange.objects.get(pk=change_id)
    if change.undone_at is not None:
        return 0
    if change.kind in LETTERS:
        back = _take_back(event, change, by, at)
    elif change.kind == Kind.REMOVE:
        back = removals.bring_back(event, change.before, change.at, at)
    else:
        back = values.put_back(event, change.kind, change.before, at)
    change.undone_at = at
    change.save(update_fields=["undone_at"])
    verb = noop("undid a change of %(n)d guests") % {"n": change.size}
    activity.record(event, by, verb, said(change), at=at)
    return back


def _known(event: Event, nonce: str) -> ListChange | None:
    """What this press did before; raises Unusable for a press of another event."""
    known = ListChange.objects.filter(nonce=nonce).first() if nonce else None
    is_foreign = known is not None and known.event_id != event.pk
    if is_foreign or not 0 < len(nonce) <= MAX_NONCE:
        raise Unusable(_("This page is out of date: load it again."))
    return known


def _carry_out(change: ListChange, ids: Sequence[int]) -> Sequence[str]:
    """Do it and fill in what it did; returns who was refused, in words."""
    event, at, refused = change.event, change.at, ()
    if change.kind in LETTERS:
        kind, press = LETTERS[change.kind], {"nonce": change.nonce, "by": change.by}
        change.size = mailings.plan_for(event, kind, ids, **press, at=at)
    elif change.kind == Kind.REMOVE:
        change.before, refused = removals.remove(event, ids, at)
        change.size = len(change.before)
    else:
        change.before = VALUES[change.kind](event, ids, change.value, at)
        change.size = sum(len(group[-1]) for group in change.before)
    return refused


def _take_back(event: Event, change: ListChange, by: User, at: datetime) -> int:
    """Letters of this press that have not left, and will not; how many."""
    mailing = event.mailings.filter(nonce=change.nonce).first()
    if mailing is None:
        return 0
    try:
        return mailings.cancel(mailing.pk, by=by, at=at)
    except mailings.Begun:
        return mailings.take_back(mailing)


def said(change: ListChange) -> str:
    """The change in a word or two, and what it was made with."""
    kind = in_english(change.get_kind_display)
    return f"{kind}: {change.value}" if change.value else kind


def _usable(kind: str, value: str) -> str:
    """The value as it will be written; raises Unusable."""
    if kind not in Kind.values:
        raise Unusable(_("First choose what to do with them."))
    if kind in (Kind.TAG, Kind.UNTAG):
        return _one_tag(value)
    if kind != Kind.WAVE:
        return ""
    is_number = value.isascii() and value.isdigit() and len(value) < 4
    if not is_number or not 0 < int(value) <= MAX_WAVE:
        most = {"n": MAX_WAVE}
        raise Unusable(_("A wave is a number from 1 to %(n)d.") % most)
    return str(int(value))


def _one_tag(value: str) -> str:
    """A word as an import would read it: no list, and not too long."""
    found = reading.parse(0, {"name": "x", "tags": clean(value)}).tags
    if len(found) != 1 or len(clean(value)) > tags.MAX_LENGTH:
        words = _("A tag is one word or a few, up to %(n)d letters, without commas.")
        raise Unusable(words % {"n": tags.MAX_LENGTH})
    return found[0]
