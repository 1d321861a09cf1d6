"""Put people on the list: one by one or by the file, and link them to nominees."""

from collections import defaultdict
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_noop as noop

from events import activity
from events.models import Event, Nominee, User
from events.nominations import CHANGED, NEW
from guests import forgotten, letters, obligations
from guests.guest_list import planning, writing
from guests.guest_list.planning import GuestPlan
from guests.guest_list.reading import PlannedGuest
from guests.models import Guest
from losers_lounge.names import fold


class LinkedMeanwhile(Exception):
    """The guest or the nominee has another partner since the page was shown."""


@transaction.atomic
def apply(event: Event, planned: GuestPlan, at: datetime) -> list[int]:
    """Write the plan's new and changed rows; returns the ids of the new guests.

    Raises forgotten.Forgotten.
    """
    forgotten.refuse_more(Event.objects.locked().get(pk=event.pk))
    new = [row for row in planned.rows if row.verdict == NEW]
    changed = [row for row in planned.rows if row.verdict == CHANGED]
    added = writing.insert(event, new)
    touched = writing.update(changed)
    follow(event, at, touched | link_nominees(event))
    return added


@transaction.atomic
def add(event: Event, row: PlannedGuest, *, by: User, at: datetime) -> Guest | None:
    """Add one person; None when somebody of that name and address is there.

    Raises forgotten.Forgotten.
    """
    forgotten.refuse_more(Event.objects.locked().get(pk=event.pk))
    planned = planning.plan(event, [row])
    if row.verdict != NEW:
        return None
    (guest_id,) = apply(event, planned, at)
    verb, about = noop("added a guest"), f"guest/{guest_id}"
    activity.record(event, by, verb, row.name, at=at, about=about)
    return Guest.objects.get(pk=guest_id)


def follow(event: Event, at: datetime, nominee_ids: set[int] | None = None) -> None:
    """Bring up to date what these nominees owe, or everybody when none is named.

    Who has been invited hears of it; who has not reads it in the invitation.
    """
    brought = obligations.bring_up_to_date(event, at, nominee_ids)
    letters.post(letters.fresh_wins(brought), at)


def nominees(event: Event, *, on_the_list: bool) -> QuerySet[Nominee]:
    """The nominees who are guests too, or those who are not."""
    guests = Guest.objects.on_the_list().filter(nominee=OuterRef("pk"))
    return event.nominees.filter(Exists(guests) if on_the_list else ~Exists(guests))


@transaction.atomic
def set_blocked(guest_id: int, is_blocked: bool, *, by: User, at: datetime) -> Guest:
    """Shut the door to somebody, or open it again; the log says who did."""
    guest = Guest.objects.locked().get(pk=guest_id)
    if guest.is_blocked != is_blocked:
        guest.is_blocked = is_blocked
        guest.save(update_fields=["is_blocked"])
        verb = noop("blocked") if is_blocked else noop("unblocked")
        activity.record(guest.event, by, verb, guest.name, at=at, about=guest.about)
    return guest


def link_nominees(event: Event) -> set[int]:
    """Link nominees to the one guest of their name; returns the linked nominees.

    Two guests of one name, or two nominees, are left for a person to decide.
    """
    by_key = defaultdict(set)
    for nominee in nominees(event, on_the_list=False):
        for name in (nominee.name, *nominee.aliases):
            by_key[fold(name)].add(nominee.pk)
    people = defaultdict(list)
    unlinked = Guest.objects.on_the_list().filter(event=event, nominee=None)
    for pk, key in unlinked.filter(name_key__in=by_key).values_list("pk", "name_key"):
        people[key].append(pk)
    linked = set()
    for key, guests in people.items():
        namesakes = by_key[key] - linked
        if len(guests) == len(namesakes) == len(by_key[key]) == 1:
            (nominee_id,) = namesakes
            Guest.objects.filter(pk=guests[0]).update(nominee_id=nominee_id)
            linked.add(nominee_id)
    return linked


@transaction.atomic
def link(
    guest_id: int, nominee_id: int, *, by: User, at: datetime, shown_free: bool = False
) -> Guest:
    """Say by hand that this guest is that nominee, of the same event.

    `shown_free`: the page showed neither with a partner. Raises LinkedMeanwhile where
    one has another by now, and Guest.DoesNotExist or Nominee.DoesNotExist, also across
    events.
    """
    guest = (
        Guest.objects.on_the_list().select_related("event__charity").get(pk=guest_id)
    )
    Event.objects.locked().get(pk=guest.event.pk)
    nominee = Nominee.objects.get(pk=nominee_id, event=guest.event)
    others = Guest.objects.filter(nominee=nominee).exclude(pk=guest.pk)
    guest.refresh_from_db(fields=["nominee"])
    is_taken = guest.nominee_id not in (None, nominee.pk) or others.exists()
    if shown_free and is_taken:
        raise LinkedMeanwhile
    others.update(nominee=None)
    guest.nominee = nominee
    guest.save(update_fields=["nominee"])
    follow(guest.event, at)
    verb, about = noop("linked a nominee"), guest.about
    activity.record(guest.event, by, verb, nominee.name, at=at, about=about)
    return guest
