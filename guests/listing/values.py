"""Tags and waves of many guests: written, and put back where they still stand.

What was before is kept in groups of [before, after, ids]: a hundred thousand people
of three tags are three groups.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any

from events.models import Event
from guests import guest_list, tags
from guests.models import Guest, Invitation, ListChange
from losers_lounge import bulk

Group = list[Any]
Tags = list[str]


def tag(event: Event, ids: Sequence[int], word: str, at: datetime) -> list[Group]:
    """Put a tag on those who do not have it. Needs the event's lock."""
    return _retag(event, ids, word, at, lambda old: [*old, word])


def untag(event: Event, ids: Sequence[int], word: str, at: datetime) -> list[Group]:
    """Take a tag off those who have it. Needs the event's lock."""

    def without(old: Tags) -> Tags:
        return [other for other in old if other != word]

    return _retag(event, ids, word, at, without)


def move_to_wave(
    event: Event, ids: Sequence[int], wave: str, at: datetime
) -> list[Group]:
    """Put the invitations of these guests into a wave. Needs the event's lock."""
    people = defaultdict(list)
    for part in bulk.batches(ids):
        rows = Guest.objects.filter(pk__in=part)
        for pk, old in rows.values_list("pk", "invitation__wave"):
            people[old].append(pk)
    people.pop(int(wave), None)
    groups = [[old, int(wave), who] for old, who in people.items()]
    for _old, new, who in groups:
        for part in bulk.batches(who):
            _invitations(part).update(wave=new)
    return groups


def put_back(event: Event, kind: str, groups: Collection[Group], at: datetime) -> int:
    """Give everybody what they had, unless it has been changed since; how many."""
    if kind == ListChange.Kind.WAVE:
        return sum(
            _invitations(part).filter(wave=new).update(wave=old)
            for old, new, who in groups
            for part in bulk.batches(who)
        )
    touched = []
    for old, new, who in groups:
        for part in bulk.batches(who):
            rows = Guest.objects.filter(pk__in=part).values_list("pk", "tags")
            still = [pk for pk, words in rows if words == new]
            Guest.objects.filter(pk__in=still).update(tags=old)
            touched += still
    _follow(
        event, touched, [word for old, new, _who in groups for word in old + new], at
    )
    return len(touched)


def _retag(
    event: Event,
    ids: Sequence[int],
    word: str,
    at: datetime,
    change: Callable[[Tags], Tags],
) -> list[Group]:
    people = defaultdict(list)
    for part in bulk.batches(ids):
        rows = Guest.objects.filter(pk__in=part)
        for pk, old in rows.values_list("pk", "tags"):
            people[json.dumps(old)].append(pk)
    groups = []
    for key, who in people.items():
        old = json.loads(key)
        new = list(dict.fromkeys(change(old)))
        if new != old:
            groups.append([old, new, who])
            for part in bulk.batches(who):
                Guest.objects.filter(pk__in=part).update(tags=new)
    _follow(event, [pk for group in groups for pk in group[-1]], [word], at)
    return groups


def _follow(
    event: Event, ids: Sequence[int], words: Collection[str], at: datetime
) -> None:
    """A tag may free somebody from owing, or take that from them."""
    tags.forget_menu(event)
    exempt = {word.casefold() for word in event.exempt_tags}
    if exempt.isdisjoint(word.casefold() for word in words):
        return
    nominees = set()
    for part in bulk.batches(ids):
        rows = Guest.objects.filter(pk__in=part, nominee__isnull=False)
        nominees.update(rows.values_list("nominee", flat=True))
    guest_list.follow(event, at, nominees)


def _invitations(guest_ids: Sequence[int]) -> Any:
    people = Guest.objects.filter(pk__in=guest_ids)
    return Invitation.objects.filter(pk__in=people.values("invitation"))
