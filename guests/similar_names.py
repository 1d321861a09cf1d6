"""Who may be meant by a name: other spellings of it, and names people go by too.

Finds whom to ask about, and decides nothing.
"""

from collections import defaultdict
from collections.abc import Collection

from django.db.models import Q, QuerySet

from events.models import Event
from guests.models import Guest
from losers_lounge.bulk import Among
from losers_lounge.names import match_key

# With more names than this it is cheaper to look at everybody than to name them.
MOST_KEYS = 2_000


def similar(event: Event, names: Collection[str]) -> dict[str, list[Guest]]:
    """For each of these names the people on the list who may bear it, plus-ones too.

    Alike are names that differ in case, accents, punctuation, the order of words or a
    "Jr.", and those that somebody is also known by. Names nobody may bear are left
    out. Guests come with their invitation and contact, the longest there first.
    """
    meant = defaultdict(list)
    for name in names:
        if key := match_key(name):
            meant[key].append(name)
    found: dict[str, list[Guest]] = defaultdict(list)
    for guest in _people(event, meant):
        for key in keys_of(guest.name, guest.aliases):
            for name in meant.get(key, ()):
                found[name].append(guest)
    return dict(found)


def ids(event: Event, keys: Collection[str]) -> dict[str, list[int]]:
    """Guests who are nobody's plus-one, by each of these match keys they go by."""
    found: dict[str, list[int]] = defaultdict(list)
    people = _may_be(Guest.objects.principals().filter(event=event), keys)
    columns = people.order_by("pk").values_list("pk", "match_key", "aliases")
    is_small = len(keys) <= MOST_KEYS
    for guest_id, own, aliases in columns if is_small else columns.iterator(MOST_KEYS):
        for key in {own, *map(match_key, aliases)} if aliases else (own,):
            if key in keys:
                found[key].append(guest_id)
    return found


def keys_of(name: str, aliases: Collection[str]) -> list[str]:
    """The keys somebody may be found by, each once."""
    return list(dict.fromkeys(map(match_key, (name, *aliases))))


def _people(event: Event, keys: Collection[str]) -> QuerySet[Guest]:
    people = _may_be(Guest.objects.on_the_list().filter(event=event), keys)
    return people.select_related("invitation__contact").order_by("pk")


def _may_be(people: QuerySet[Guest], keys: Collection[str]) -> QuerySet[Guest]:
    """Everybody who may be among those of the keys: a few too many."""
    if len(keys) > MOST_KEYS:
        return people
    return people.filter(Q(match_key__in=Among(keys)) | ~Q(aliases=[]))
