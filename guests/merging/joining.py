"""Two rows become one person: what of each stays, and what follows from it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_noop as noop

from events import activity, outbox
from events.models import Message, User
from guests import letters, obligations, waiting_list
from guests.door import standing
from guests.door.standing import Dossier
from guests.merging import traces
from guests.merging.pair import Choice, MergeRefused, Pair, read_pair, why_not
from guests.models import (
    Admission,
    DoorRequest,
    Guest,
    GuestMerge,
    GuestPledge,
    Invitation,
    NameRequest,
    Obligation,
    SeatOffer,
    Settlement,
    Trophy,
    TrophyOutcome,
)
from guests.obligations.carried import carry_over, hold_bottles
from guests.people import concerned
from losers_lounge.links import make_lookup
from losers_lounge.names import fold

YES = Guest.Answer.YES
WRITTEN = (
    *("contact", "contact_may_give", "plus_ones"),
    *("invited_at", "continues_as", "version"),
)
MAX_NEEDS = Guest._meta.get_field("dietary").max_length


@transaction.atomic
def merge(
    kept_id: int, gone_id: int, choice: Choice, *, by: User, at: datetime
) -> GuestMerge:
    """Make one person of two rows of one event; the merge can be taken back.

    The kept row is invited and answers for both; both links lead to it. Money given
    by either counts for it, and it never takes more seats than the two did. Again,
    for the same two, is the same merge. Raises MergeRefused or Guest.DoesNotExist.
    """
    pair = read_pair(kept_id, gone_id, lock=True)
    done = GuestMerge.objects.filter(kept=kept_id, gone=gone_id, undone_at=None).first()
    if done is not None:
        return done
    reason = why_not(pair)
    if reason:
        raise MergeRefused(reason)
    row = _written_down(pair, _joined(pair, choice, at), by, at)
    waiting_list.offer_free_seats(row.event, at)
    return row


def _joined(pair: Pair, choice: Choice, at: datetime) -> dict[str, Any]:
    """Make one of the two; what each row was before, and what leads back."""
    before = traces.read(_touched(pair))
    owed_for = concerned([pair.kept, pair.gone, *pair.party])
    spent = _settled(pair.ids)
    _take_over(pair, choice, at)
    _gather(pair, at)
    _choose_offers(pair, choice, at)
    withdrawn = _redirect(pair, choice)
    _settle(pair, owed_for, at)
    return {
        "changes": traces.changes(before, traces.again(before)),
        "obligations": list(map(int, before["Obligation"])),
        "carried": _carried(pair, spent),
        "letters": withdrawn,
    }


def _written_down(
    pair: Pair, way_back: dict[str, Any], by: User, at: datetime
) -> GuestMerge:
    """The merge as a row, with what was before, and as a line of the log."""
    event, who = pair.kept.event, {"by": by, "at": at}
    row = GuestMerge.objects.create(
        event=event, kept=pair.kept, gone=pair.gone, before=way_back, **who
    )
    names = f"“{pair.gone.name}”, “{pair.kept.name}”"
    verb, about = noop("merged two guests"), pair.kept.about
    activity.record(event, by, verb, names, at=at, about=about)
    return row


def _touched(pair: Pair) -> list[QuerySet]:
    """Every row that a merge of these two may change."""
    people = [*pair.ids, *(row.pk for row in pair.party)]
    invitations = {pair.kept.invitation_id, pair.gone.invitation_id}
    return [
        Guest.objects.filter(pk__in=people),
        Invitation.objects.filter(
            Q(pk__in=invitations) | Q(continues_as=pair.gone.invitation_id)
        ),
        Obligation.objects.filter(guest__in=pair.ids),
        Admission.objects.filter(guest=pair.gone),
        Trophy.objects.filter(guest=pair.gone),
        TrophyOutcome.objects.filter(guest=pair.gone),
        DoorRequest.objects.filter(guest=pair.gone),
        SeatOffer.objects.filter(guest__in=pair.ids, state=SeatOffer.State.OPEN),
        NameRequest.objects.filter(principal=pair.gone),
        GuestPledge.objects.filter(guest=pair.gone),
    ]


def _take_over(pair: Pair, choice: Choice, at: datetime) -> None:
    """The kept row gets the names, the answer and what was noted on either."""
    kept, gone = pair.kept, pair.gone
    name, said = pair.of(choice.name).name, pair.of(choice.answer)
    known = [*kept.aliases, *gone.aliases, kept.name, gone.name]
    aliases = {fold(other): other for other in known}
    aliases.pop(fold(name), None)
    kept.call(name, list(aliases.values()))
    kept.answer, kept.answered_at = said.answer, said.answered_at
    kept.nominee = kept.nominee or gone.nominee
    kept.tags = list(dict.fromkeys([*kept.tags, *gone.tags]))
    kept.is_vip = kept.is_vip or gone.is_vip
    kept.is_blocked = kept.is_blocked or gone.is_blocked
    notes = [kept.notes, gone.notes]
    for column in ("dietary", "accessibility"):
        both = "; ".join(_united(getattr(kept, column), getattr(gone, column)))
        if len(both) <= MAX_NEEDS:
            setattr(kept, column, both)
        else:
            notes.append(getattr(gone, column))
    kept.notes = "\n".join(_united(*notes))
    # The one row leaves before the other becomes its nominee.
    gone.removed_at, gone.merged_into = at, kept
    gone.save(update_fields=["removed_at", "merged_into"])
    kept.save()


def _united(*texts: str) -> list[str]:
    return list(dict.fromkeys(filter(None, texts)))


def _gather(pair: Pair, at: datetime) -> None:
    """Whom either brings, and what hangs on the row that goes, is the kept one's."""
    kept, gone = pair.kept, pair.gone
    theirs = {row.name_key: row for row in pair.kept_party}
    versions = {row.invitation.link_version for row in (kept, gone)}
    for row in pair.party:
        twin = theirs.get(row.name_key)
        if kept.answer != YES and row.answer == YES:
            row.removed_at = at
        elif row.plus_one_of_id == gone.pk and twin is not None:
            row.removed_at, row.merged_into = at, twin
        if row.plus_one_of_id == gone.pk:
            row.plus_one_of, row.invitation = kept, kept.invitation
            # A pass is bound to its invitation's version: no retired one wakes up.
            if len(versions) > 1:
                row.public_id = make_lookup()
        row.save()
    Trophy.objects.filter(guest=gone).update(guest=kept)
    TrophyOutcome.objects.filter(guest=gone).update(guest=kept)
    NameRequest.objects.filter(principal=gone).update(principal=kept)
    GuestPledge.objects.filter(guest=gone).update(guest=kept)
    _bring_to_the_door(pair, at)


def _bring_to_the_door(pair: Pair, at: datetime) -> None:
    """One person's comings and goings; of two open requests alike one is enough."""
    asked = DoorRequest.objects.filter(guest=pair.gone)
    open_ones = DoorRequest.objects.filter(state=DoorRequest.State.OPEN)
    alike = open_ones.filter(guest=pair.kept).values("kind")
    asked.filter(pk__in=open_ones, kind__in=alike).update(
        state=DoorRequest.State.WITHDRAWN, decided_at=at
    )
    asked.update(guest=pair.kept)
    Admission.objects.filter(guest=pair.gone).update(guest=pair.kept)
    refold([pair.kept, pair.gone])


def refold(people: Iterable[Guest]) -> None:
    """What follows from the door's rows of each, now that rows have moved."""
    standing.write([Dossier(row, list(row.admissions.all())) for row in people])


def _choose_offers(pair: Pair, choice: Choice, at: datetime) -> None:
    """Seats offered stay with the answer that stays; others are free again."""
    offers = SeatOffer.objects.filter(guest__in=pair.ids, state=SeatOffer.State.OPEN)
    stays = pair.of(choice.answer)
    offers.exclude(guest=stays).update(state=SeatOffer.State.WITHDRAWN, closed_at=at)
    offers.filter(guest=stays).update(guest=pair.kept)


def _redirect(pair: Pair, choice: Choice) -> list[int]:
    """Both links lead to the kept row; returns the letters that stay here for it."""
    mine, theirs = pair.kept.invitation, pair.gone.invitation
    withdrawn: list[int] = []
    if pair.has_two_invitations:
        mine.plus_ones = max(mine.plus_ones, theirs.plus_ones)
        if choice.address == "gone":
            mine.contact = theirs.contact
            mine.contact_may_give = theirs.contact_may_give
            if mine.contact.email:
                unsent = _letters(mine).filter(state__in=Message.WAITING)
                letters.renew_links(unsent, mine)
                outbox.readdress(_letters(mine), mine.contact.email)
        # Somebody else may still be invited by the other one: its link stays theirs.
        if not theirs.guests.principals().exists():
            Invitation.objects.filter(continues_as=theirs).update(continues_as=mine)
            theirs.continues_as = mine
            unsent = _letters(theirs).filter(state__in=Message.WAITING)
            withdrawn = list(unsent.values_list("pk", flat=True))
            outbox.withdraw(unsent)
            if not withdrawn or _letters(theirs).exclude(pk__in=withdrawn).exists():
                mine.invited_at = mine.invited_at or theirs.invited_at
    for row in {mine, theirs}:
        row.version += 1
        row.save(update_fields=WRITTEN)
    return withdrawn


def _letters(row: Invitation) -> QuerySet[Message]:
    return Message.objects.filter(about=row.about)


def _settle(pair: Pair, owed_for: set[int], at: datetime) -> None:
    """What either owes or has given is the kept one's, once."""
    kept, gone, live = pair.kept, pair.gone, Obligation.objects.live()
    if gone.nominee_id:
        keys = live.filter(guest=gone).values_list("key", flat=True)
        over = live.filter(guest=kept, key__in=list(keys))
    else:
        over = live.filter(guest=gone)
    voided = list(over)
    over.update(state=Obligation.State.VOID, void_at=at)
    Obligation.objects.filter(guest=gone).update(guest=kept)
    brought = obligations.bring_up_to_date(kept.event, at, owed_for | concerned([kept]))
    gone.nominee = None
    gone.save(update_fields=["nominee"])
    carry_over([kept.pk])
    hold_bottles((), voided, at)
    tell_of_wins(brought.fallen_due, at)


def tell_of_wins(fallen_due: Iterable[Obligation], at: datetime) -> None:
    """Write to who was invited and has fallen due, unless it is paid already."""
    rows = [row for row in fallen_due if row.guest.invitation.invited_at]
    unpaid = Obligation.objects.unpaid().filter(pk__in=[row.pk for row in rows])
    still = set(unpaid.values_list("pk", flat=True))
    letters.post(letters.wins(row for row in rows if row.pk in still), at)


def _carried(pair: Pair, before: dict[int, int]) -> dict[int, int]:
    """The cents that each settlement holds now and did not hold before."""
    now = _settled(pair.ids)
    more = {pk: cents - before.get(pk, 0) for pk, cents in now.items()}
    return {pk: cents for pk, cents in more.items() if cents > 0}


def _settled(guest_ids: list[int]) -> dict[int, int]:
    """The cents of each settlement of these people's obligations."""
    rows = Settlement.objects.filter(obligation__guest__in=guest_ids)
    return dict(rows.values_list("pk", "amount_cents"))
