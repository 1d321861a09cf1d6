"""Take a merge back: two people again, each with what was theirs."""

from datetime import datetime

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from django.utils.translation import ngettext

from events import activity, outbox
from events.models import Event, Message, User
from guests import letters, obligations, seats
from guests.merging import traces
from guests.merging.joining import refold, tell_of_wins
from guests.models import (
    Guest,
    GuestMerge,
    Invitation,
    Obligation,
    Settlement,
    Trophy,
    TrophyOutcome,
)
from guests.obligations.carried import carry_over, counted
from guests.people import concerned


class CannotUnmerge(Exception):
    """Nothing was changed; the text says what stands in the way."""


@transaction.atomic
def unmerge(merge_id: int, *, by: User, at: datetime) -> GuestMerge:
    """Put both rows back as they were; what was written since stays with the kept one.

    Pressing twice is once. Raises CannotUnmerge when something that happened since
    cannot be parted, or when the room has no seat for the second person.
    """
    event = Event.objects.locked().get(guest_merges=merge_id)
    rows = GuestMerge.objects.select_related("kept__plus_one_of", "gone__plus_one_of")
    row = rows.select_for_update(of=("self",)).get(pk=merge_id)
    if row.undone_at is not None:
        return row
    row.event = event
    reason = why_not_undo(row)
    if reason:
        raise CannotUnmerge(reason)
    _part(row, at)
    row.undone_at = at
    row.save(update_fields=["undone_at"])
    verb, names = noop("took a merge back"), f"“{row.gone.name}”, “{row.kept.name}”"
    activity.record(event, by, verb, names, at=at, about=row.kept.about)
    return row


def _part(row: GuestMerge, at: datetime) -> None:
    """Two rows again, with what each owes; no more heads than there is room for."""
    heads = seats.of(row.event).heads
    owed_for = concerned([row.kept, row.gone])
    _void_new(row, at)
    _give_back_money(row)
    traces.put_back(row.before["changes"], first=row.kept_id)
    _part_what_came_since(row)
    _check_seats(row.event, heads)
    _settle(row, owed_for, at)
    _restore_letters(row)


def why_not_undo(row: GuestMerge) -> str:
    """What stands in the way of taking this merge back; empty when nothing does."""
    kept, gone = row.kept, row.gone
    names = {"kept": kept.name, "gone": gone.name}
    if kept.merged_into_id:
        return _("%(kept)s was merged into somebody else: undo that first.") % names
    if kept.removed_at:
        return _("%(kept)s is off the list: bring them back first.") % names
    if gone.merged_into_id != kept.pk:
        return _("%(gone)s is somewhere else by now.") % names
    was, became = _nominees(row)
    if was != became and kept.nominee_id != became:
        return _("%(kept)s has since been linked to another nominee.") % names
    given = Settlement.objects.filter(counted(), obligation__in=_new_obligations(row))
    if given.exists():
        return _("%(kept)s has since given money, for both rows as one.") % names
    trophies = Trophy.objects.filter(guest=kept, received_at__gt=row.at)
    if was != became and trophies.filter(released_at=None).exists():
        return _("%(kept)s has since left a trophy at the desk.") % names
    return ""


def _nominees(row: GuestMerge) -> tuple[int | None, int | None]:
    """Whom the kept row was linked to before the merge, and right after it."""
    changed = row.before["changes"].get("Guest", {}).get(str(row.kept_id), [{}, {}])
    stays = row.kept.nominee_id
    return tuple(side.get("nominee_id", stays) for side in changed)


def _new_obligations(row: GuestMerge) -> QuerySet[Obligation]:
    mine = Obligation.objects.filter(guest=row.kept_id)
    return mine.exclude(pk__in=row.before["obligations"])


def _void_new(row: GuestMerge, at: datetime) -> None:
    """What the two came to owe as one is counted anew for each."""
    moved = _nominees(row)
    if moved[0] != moved[1]:
        new = _new_obligations(row).live()
        new.update(state=Obligation.State.VOID, void_at=at)


def _give_back_money(row: GuestMerge) -> None:
    """What the merge settled with the other's money is unsettled again."""
    for pk, cents in row.before["carried"].items():
        for paid in Settlement.objects.filter(pk=pk):
            paid.amount_cents -= cents
            if paid.amount_cents > 0:
                paid.save(update_fields=["amount_cents"])
            else:
                paid.delete()


def _part_what_came_since(row: GuestMerge) -> None:
    """What was said of a statue goes with its winner; the door's rows are told anew."""
    people = Guest.objects.filter(pk__in=[row.kept_id, row.gone_id])
    for guest in people.exclude(nominee=None):
        said = TrophyOutcome.objects.filter(guest__in=people, at__gt=row.at)
        said.filter(nomination__nominees=guest.nominee_id).update(guest=guest)
    refold(people)


def _check_seats(event: Event, before: int) -> None:
    room = seats.of(event)
    missing = room.heads + room.offered - room.capacity
    if room.heads > before and missing > 0:
        text = ngettext(
            "The room is %(n)d seat short.",
            "The room is %(n)d seats short.",
            missing,
        )
        raise CannotUnmerge(text % {"n": missing})


def _settle(row: GuestMerge, owed_for: set[int], at: datetime) -> None:
    people = Guest.objects.select_related("plus_one_of").in_bulk(
        [row.kept_id, row.gone_id]
    )
    ids = owed_for | concerned(list(people.values()))
    brought = obligations.bring_up_to_date(row.event, at, ids)
    carry_over(people)
    tell_of_wins(brought.fallen_due, at)


def _restore_letters(row: GuestMerge) -> None:
    outbox.put_back(Message.objects.filter(pk__in=row.before["letters"]))
    own = Invitation.objects.select_related("contact").get(guests=row.kept_id)
    if own.contact.email:
        mails = Message.objects.filter(about=own.about)
        letters.renew_links(mails.filter(state__in=Message.WAITING), own)
        outbox.readdress(mails, own.contact.email)
    # A page that was shown before is stale for both.
    both = Invitation.objects.filter(guests__in=[row.kept_id, row.gone_id])
    Invitation.objects.filter(pk__in=both.values("pk")).update(version=F("version") + 1)
