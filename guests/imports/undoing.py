"""A whole import is taken back, as far as nothing has come of it."""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from events import activity
from events.models import Message, User
from guests import guest_list, people
from guests.guest_list.writing import (
    OF_THE_CONTACT,
    OF_THE_GUEST,
    OF_THE_INVITATION,
    rewrite,
)
from guests.imports.applying import locked
from guests.models import Contact, Guest, ImportChange, ImportRun, Obligation

BATCH = 2_000
MOST_NAMED = 200
State = ImportRun.State


@dataclass
class Undone:
    """How many were taken off, put back, and stay; [id, why] of the first of those."""

    removed: int = 0
    put_back: int = 0
    staying: int = 0
    kept: list[list[Any]] = field(default_factory=list)


def undo(run_id: int, *, by: User, at: datetime) -> Undone:
    """Take an applied run back, once; a second press answers as the first did.

    It goes part by part: whoever was taken off, or put back, is found to be so when
    somebody has to press again. People of whom something has come stay on the list.
    """
    last = 0
    while last is not None:
        last = _take_off(run_id, last, at)
    while _put_back(run_id, at):
        pass
    return _conclude(run_id, by, at)


def can_be_undone(run: ImportRun) -> bool:
    return run.kind == ImportRun.Kind.GUESTS and run.state == State.APPLIED


@transaction.atomic
def _take_off(run_id: int, after: int, at: datetime) -> int | None:
    """Take a part of the added people off the list; the last one looked at."""
    run = locked(run_id)
    if not can_be_undone(run):
        return None
    guests = _added_after(run, after)
    if not guests:
        return None
    free = {guest.pk: guest for guest in guests}
    for guest_id in _staying(guests):
        del free[guest_id]
    Guest.objects.filter(pk__in=free).update(removed_at=at)
    _count(run, removed=len(free))
    guest_list.follow(run.event, at, _nominees(free.values()))
    return guests[-1].pk


@transaction.atomic
def _put_back(run_id: int, at: datetime) -> bool:
    """Put back a part of what was changed; whether there was anything."""
    run = locked(run_id)
    if not can_be_undone(run):
        return False
    rows = run.changes.select_related("guest__invitation__contact").order_by("-pk")
    changes = list(rows[:BATCH])
    if not changes:
        return False
    contacts: dict[int, Contact] = {}
    restored = sum(_restore(change, contacts) for change in changes)
    guests = [change.guest for change in changes]
    rewrite(guests, *OF_THE_GUEST, *Guest.NAME_COLUMNS)
    rewrite([guest.invitation for guest in guests], *OF_THE_INVITATION)
    rewrite(list(contacts.values()), *OF_THE_CONTACT)
    run.changes.filter(pk__in=[change.pk for change in changes]).delete()
    _count(run, put_back=restored)
    guest_list.follow(run.event, at, _nominees(guests))
    return True


@transaction.atomic
def _conclude(run_id: int, by: User, at: datetime) -> Undone:
    run = locked(run_id)
    if not can_be_undone(run):
        return told(run)
    kept, after, staying = [], 0, 0
    while guests := _added_after(run, after):
        reasons = _staying(guests)
        named = [[row.pk, reasons[row.pk]] for row in guests]
        kept += named[: MOST_NAMED - len(kept)]
        staying, after = staying + len(guests), guests[-1].pk
    undone = told(run)
    undone.kept, undone.staying = kept, staying
    run.summary["undone"] = asdict(undone)
    run.parts.all().delete()
    run.state, run.undone_at = State.UNDONE, at
    run.save(update_fields=["summary", "state", "undone_at"])
    text = noop("%(removed)d taken off, %(put_back)d put back") % vars(undone)
    activity.record(run.event, by, noop("undid an import"), text, at=at)
    return undone


def told(run: ImportRun) -> Undone:
    """What undoing did, as it was kept."""
    return Undone(**run.summary.get("undone", {}))


def _added_after(run: ImportRun, after: int) -> list[Guest]:
    rows = run.added_guests.on_the_list().filter(pk__gt=after).order_by("pk")
    return list(rows.select_related("invitation")[:BATCH])


def _staying(guests: list[Guest]) -> dict[int, str]:
    """Why some of these are not taken off again, by id."""
    ids = [guest.pk for guest in guests]
    sent = Message.objects.filter(about__in=[row.invitation.about for row in guests])
    written = set(
        sent.exclude(state=Message.State.SUPPRESSED).values_list("about", flat=True)
    )
    due = Obligation.objects.due().filter(guest__in=ids)
    owing = set(due.values_list("guest", flat=True))
    brought = Guest.objects.on_the_list().filter(plus_one_of__in=ids)
    bringing = set(brought.values_list("plus_one_of", flat=True))
    reasons = people.obstacles(ids)
    for guest in guests:
        if guest.answer != Guest.Answer.WAITING:
            words = _("%(name)s has answered.")
        elif guest.invitation.invited_at or guest.invitation.about in written:
            words = _("%(name)s has been written to.")
        elif guest.pk in owing:
            words = _("%(name)s owes money.")
        elif guest.pk in bringing:
            words = _("%(name)s brings somebody.")
        else:
            continue
        reasons.setdefault(guest.pk, words % {"name": guest.name})
    return reasons


def _restore(change: ImportChange, contacts: dict[int, Contact]) -> int:
    """Set what nobody has changed since as it was before; 1 when that was anything."""
    guest = change.guest
    invitation = guest.invitation
    contact = contacts.setdefault(invitation.contact_id, invitation.contact)
    done = 0
    for name, (was, became) in change.before.items():
        owner = _owner(name, guest, contact)
        if getattr(owner, name) == became:
            setattr(owner, name, was)
            done = 1
    guest.call(guest.name, guest.aliases)
    return done


def _owner(name: str, guest: Guest, contact: Contact) -> Any:
    if name in OF_THE_CONTACT:
        return contact
    return guest.invitation if name in OF_THE_INVITATION else guest


def _nominees(guests: Any) -> set[int]:
    return {guest.nominee_id for guest in guests} - {None}


def _count(run: ImportRun, **more: int) -> None:
    undone = asdict(told(run))
    run.summary["undone"] = undone | {
        name: undone[name] + count for name, count in more.items()
    }
    run.save(update_fields=["summary"])


__all__ = ["Undone", "can_be_undone", "told", "undo"]
