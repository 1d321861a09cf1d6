"""Money given for what is no longer owed: found by a query, and the donor is asked.

Two people paid for one, or a result was corrected after the payment. Until the donor
says otherwise it is a gift. Nothing is ever sent back by itself: "back" is a wish,
which a person of the charity carries out.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Q, Sum
from django.utils.translation import gettext_noop as noop

from donations import refunds
from donations.models import Donation, Refund
from events import activity
from guests import letters
from guests.models import Guest, Obligation, Settlement, Surplus
from guests.surplus.books import Books, Key, avoid
from losers_lounge.telling import in_english

Cause, Choice = Surplus.Cause, Surplus.Choice
NONE: Mapping[Key, int] = {}


@dataclass(frozen=True)
class Found:
    """What of a donation is for nothing that its guest owes; minor units."""

    cents: int
    cause: str


class TooLate(Exception):
    """There is nothing to choose any more: it is owed again, or on its way back."""


def bring_up_to_date(guest_ids: Iterable[int], at: datetime) -> list[Surplus]:
    """Make the rows of these guests say what is too much; returns the new ones.

    Needs the guests' locks. Each new one is asked about by letter; one that is owed
    after all asks nothing any more, unless the donor wanted it back. A constant
    number of queries.
    """
    ids = set(guest_ids)
    wanted, changed = _wanted(ids), []
    for key, row in _standing(ids).items():
        found = wanted.pop(key, None)
        if not _differs(found, row):
            continue
        if found is None:
            row.gone_at = at
        else:
            row.amount_cents = found.cents
        changed.append(row)
    Surplus.objects.bulk_update(changed, ["gone_at", "amount_cents"])
    return _ask_about(wanted, at)


def _ask_about(found: Mapping[Key, Found], at: datetime) -> list[Surplus]:
    """A row for each, and a letter to its donor."""
    new = [
        Surplus(
            guest_id=guest_id,
            donation_id=donation_id,
            cause=one.cause,
            amount_cents=one.cents,
            found_at=at,
        )
        for (guest_id, donation_id), one in sorted(found.items())
    ]
    if new:
        Surplus.objects.bulk_create(new)
        letters.post(letters.surpluses(_with_people(new)), at)
    return new


@transaction.atomic
def look_at(guest_ids: Iterable[int], at: datetime) -> list[Surplus]:
    """The same, with the guests locked in the order of their keys."""
    locked = Guest.objects.locked().filter(pk__in=list(guest_ids)).order_by("pk")
    return bring_up_to_date([guest.pk for guest in locked], at)


def sweep(at: datetime) -> int:
    """Find what nobody has told: returns how many guests' rows were out of date."""
    ids = _suspects()
    wanted, standing = _wanted(ids), _standing(ids)
    owed = {
        key[0]
        for key in wanted.keys() | standing.keys()
        if _differs(wanted.get(key), standing.get(key))
    }
    for guest_id in sorted(owed):
        look_at([guest_id], at)
    return len(owed)


@transaction.atomic
def choose(surplus_id: int, choice: str, by_name: str, at: datetime) -> Surplus:
    """The donor keeps it as a gift, or wishes it back. Chosen again, it is as it was.

    Back is for the charity to carry out, so it is not taken back here. Raises TooLate.
    """
    guest_id = Surplus.objects.values_list("guest", flat=True).get(pk=surplus_id)
    Guest.objects.locked().get(pk=guest_id)
    row = Surplus.objects.select_related("donation", "guest__event").get(pk=surplus_id)
    if row.choice == choice:
        return row
    if row.gone_at is not None or row.choice == Choice.BACK:
        raise TooLate
    row.choice, row.chosen_at, row.chosen_by_name = Choice(choice), at, by_name[:200]
    row.save(update_fields=["choice", "chosen_at", "chosen_by_name"])
    if row.choice == Choice.BACK:
        cents = _to_send_back(row)
        reason = in_english(row.get_cause_display)
        refunds.wish(row.donation, cents, by_name, at, reason=reason)
    verb = (
        noop("keeps as a gift")
        if row.choice == Choice.KEEP
        else noop("would have back")
    )
    event, about = row.guest.event, row.guest.about
    activity.record(event, by_name, verb, str(row), at=at, about=about)
    return row


def _to_send_back(row: Surplus) -> int:
    """All that is wished back of the donation and has not gone back: one wish."""
    wished = row.donation.surpluses.filter(choice=Choice.BACK)
    whole = wished.aggregate(sum=Sum("amount_cents"))["sum"]
    ended = (Refund.State.WISHED, Refund.State.DROPPED, Refund.State.REFUSED)
    done = row.donation.refunds.exclude(state__in=(*ended, Refund.State.FAILED))
    gone = done.aggregate(sum=Sum("amount_cents"))["sum"] or 0
    return max(row.amount_cents, whole - gone)


def foreseen(gone: Collection[int], spent: Mapping[Key, int]) -> set[Key]:
    """Who would be asked about which donation if these obligations were void.

    `spent` is what of it would settle something else at once. Reads only.
    """
    ids = set(
        Obligation.objects.filter(pk__in=gone).values_list("guest", flat=True),
    )
    return _wanted(ids, gone, spent).keys() - _standing(ids).keys()


def _differs(found: Found | None, row: Surplus | None) -> bool:
    if row is None or row.choice == Choice.BACK:
        return found is not None and row is None
    if found is None:
        return True
    return not row.choice and row.amount_cents != found.cents


def _suspects() -> set[int]:
    """Guests who may have given too much, or were thought to have."""
    live = Q(settlements__donation__state__in=Donation.SETTLING)
    twice = Obligation.objects.due().annotate(paid=Count("settlements", filter=live))
    ids = set(twice.filter(paid__gt=1).values_list("guest", flat=True))
    ids |= set(Settlement.objects.idle().values_list("obligation__guest", flat=True))
    open_rows = Surplus.objects.filter(gone_at=None).exclude(choice=Choice.BACK)
    return ids | set(open_rows.values_list("guest", flat=True))


def _standing(guest_ids: set[int]) -> dict[Key, Surplus]:
    rows = Surplus.objects.filter(guest__in=guest_ids, gone_at=None)
    return {(row.guest_id, row.donation_id): row for row in rows}


def _with_people(rows: list[Surplus]) -> list[Surplus]:
    found = Surplus.objects.select_related(
        "guest__invitation__contact", "guest__invitation__event__charity", "donation"
    )
    return list(found.filter(pk__in=[row.pk for row in rows]).order_by("pk"))


def _wanted(
    guest_ids: set[int], gone: Collection[int] = (), spent: Mapping[Key, int] = NONE
) -> dict[Key, Found]:
    """What each donation holds too much, by guest; nothing for who has chosen back."""
    own = list(
        Settlement.objects.filter(
            obligation__guest__in=guest_ids, donation__state__in=Donation.SETTLING
        ).select_related("obligation", "donation")
    )
    avoid(own, gone)
    donations = {row.donation_id: row.donation for row in _doubtful(own)}
    if not donations:
        return {}
    books, back = Books(donations, gone, spent), _chosen_back(donations)
    found = {
        key: Found(cents, Cause.PAID_TWICE)
        for key, cents in books.twice.items()
        if key not in back
    }
    for key, cents in books.idle_claims(besides=back).items():
        before = found.get(key, Found(0, Cause.CORRECTED))
        found[key] = replace(before, cents=before.cents + cents)
    return {key: one for key, one in found.items() if key[0] in guest_ids}


def _chosen_back(donation_ids: Collection[int]) -> set[Key]:
    """What their donors want back already."""
    rows = Surplus.objects.filter(donation__in=donation_ids, gone_at=None)
    return set(rows.filter(choice=Choice.BACK).values_list("guest", "donation"))


def _doubtful(own: list[Settlement]) -> list[Settlement]:
    """Settlements of what is void, or of what several donations settle."""
    by_obligation = defaultdict(int)
    for row in own:
        by_obligation[row.obligation_id] += 1
    return [row for row in own if row.is_void or by_obligation[row.obligation_id] > 1]
