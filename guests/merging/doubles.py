"""Rows that may be one person: found by their names, decided by a host."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import datetime
from itertools import combinations

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_noop as noop

from events import activity
from events.models import Event, User
from guests import similar_names
from guests.models import Guest, KnownApart
from losers_lounge.names import match_key

# A name that more people than this bear is no hint at all.
MOST_OF_A_NAME = 6
PAIR = ("first", "second")


def pairs(event: Event, most: int) -> list[tuple[Guest, Guest]]:
    """Up to `most` pairs on the list that may be one person, by name.

    They share a name in any spelling or order, or one bears a name the other, or the
    other's nominee, is also known by. Left out are those a host has parted, and two
    different nominees. A constant number of queries.
    """
    groups = _known_as(event)
    shared = (
        _people(event)
        .order_by("match_key")
        .values_list("match_key", flat=True)
        .annotate(n=Count("*"))
        .filter(n__gt=1)
    )
    keys = set(shared[: most * 2]) | groups.keys()
    for pk, key in (
        _people(event).filter(match_key__in=keys).values_list("pk", "match_key")
    ):
        groups[key].add(pk)
    found = sorted({pair for ids in groups.values() for pair in _pairs_of(ids)})
    apart = set(event.known_apart.values_list(*PAIR))
    likely = [pair for pair in found if pair not in apart]
    return _read(likely, most)


def alike(guest: Guest) -> list[Guest]:
    """Who on the list may be this person too; two queries."""
    names = [guest.name, *guest.aliases]
    if guest.nominee is not None:
        names += [guest.nominee.name, *guest.nominee.aliases]
    found = {
        row.pk: row
        for rows in similar_names.similar(guest.event, names).values()
        for row in rows
        if not (row.nominee_id and guest.nominee_id)
    }
    mine = KnownApart.objects.filter(Q(first=guest) | Q(second=guest))
    apart = {guest.pk, *(pk for pair in mine.values_list(*PAIR) for pk in pair)}
    rows = [row for pk, row in sorted(found.items()) if pk not in apart]
    return rows[:MOST_OF_A_NAME]


@transaction.atomic
def keep_apart(
    event: Event, first_id: int, second_id: int, *, by: User, at: datetime
) -> None:
    """Remember that these two of one event are two people; twice is once.

    Raises Guest.DoesNotExist.
    """
    ids = sorted({first_id, second_id})
    people = event.guests.in_bulk(ids)
    if len(people) != 2:
        raise Guest.DoesNotExist
    _row, is_new = KnownApart.objects.get_or_create(
        first_id=ids[0],
        second_id=ids[1],
        defaults={"event": event, "by": by, "at": at},
    )
    if is_new:
        names = ", ".join(people[pk].name for pk in ids)
        verb = noop("said that two guests are two people")
        activity.record(event, by, verb, names, at=at)


def _people(event: Event) -> QuerySet[Guest]:
    return event.guests.on_the_list().exclude(match_key="")


def _known_as(event: Event) -> dict[str, set[int]]:
    """The guests by each other name they, or their nominees, are known by."""
    groups: dict[str, set[int]] = defaultdict(set)
    known = _people(event).exclude(aliases=[]).values_list("pk", "aliases")
    linked = (
        _people(event)
        .filter(nominee__isnull=False)
        .values_list("pk", "nominee__name", "nominee__aliases")
    )
    for pk, names in _names(known, linked):
        for name in names:
            groups[match_key(name)].add(pk)
    groups.pop("", None)
    return groups


def _names(known: QuerySet, linked: QuerySet) -> Iterator[tuple[int, list[str]]]:
    yield from known
    for pk, name, aliases in linked:
        yield pk, [name, *aliases]


def _pairs_of(ids: Collection[int]) -> Iterator[tuple[int, int]]:
    if len(ids) <= MOST_OF_A_NAME:
        yield from combinations(sorted(ids), 2)


def _read(likely: list[tuple[int, int]], most: int) -> list[tuple[Guest, Guest]]:
    ids = {pk for pair in likely[: most * 2] for pk in pair}
    rows = Guest.objects.select_related(
        "invitation__contact", "plus_one_of", "nominee"
    ).in_bulk(ids)
    found = []
    for pair in likely[: most * 2]:
        first, second = (rows[pk] for pk in pair)
        if not (first.nominee_id and second.nominee_id):
            found.append(in_order(first, second))
    return found[:most]


def in_order(one: Guest, other: Guest) -> tuple[Guest, Guest]:
    """The row that had better be kept, then the other.

    Who was invited before who was brought, then the nominee, then the older row.
    """

    def rank(guest: Guest) -> tuple[bool, bool, int]:
        return (guest.plus_one_of_id is not None, guest.nominee_id is None, guest.pk)

    first, second = sorted((one, other), key=rank)
    return first, second
