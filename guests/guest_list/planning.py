"""What rows would do to the list: said for each of them, nothing is written.

The same name at the same address is the same person, and so it is where one side has
no address. A likely spelling, or the name at another address, may be: such a row is
new until a host says otherwise.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from events.models import Event
from events.nominations import CHANGED, NEW, REFUSED, SAME
from guests import similar_names
from guests.guest_list import reading
from guests.guest_list.reading import PlannedGuest
from guests.models import Guest, ImportRun
from losers_lounge.bulk import Among
from losers_lounge.names import fold, match_key

BATCH = 2_000
TWO_PEOPLE = ""

Person = dict[str, Any]


@dataclass
class GuestPlan:
    rows: list[PlannedGuest] = field(default_factory=list)

    def count(self, verdict: str) -> int:
        return sum(row.verdict == verdict for row in self.rows)


def plan(event: Event, rows: list[PlannedGuest]) -> GuestPlan:
    """Set each row's verdict against the list and against the other rows."""
    standing = list(first_of_each(rows, {}))
    compare(event, standing)
    find_near(event, standing, {})
    return GuestPlan(rows)


def compare(event: Event, rows: list[PlannedGuest]) -> dict[int, PlannedGuest]:
    """Hold the rows against the list, by name; which row is who of it."""
    by_name = defaultdict(list)
    for row in rows:
        by_name[row.name_key].append(row)
    taken: dict[int, PlannedGuest] = {}
    there = people_there(event, by_name)
    for key, people in there.items():
        _judge(by_name[key], people, taken)
    for key, people in there.items():
        _join_aliases(by_name[key], people, taken)
    return taken


def people_there(
    event: Event, keys: Collection[str], besides: ImportRun | None = None
) -> dict[str, list[Person]]:
    """The people on the list by the names of `keys` they go by.

    Left out are those whom the run `besides` has added itself.
    """
    rows = Guest.objects.principals().filter(event=event)
    if besides is not None:
        rows = rows.filter(Q(added_by=None) | ~Q(added_by=besides))
    if len(keys) <= BATCH:
        rows = rows.filter(Q(name_key__in=Among(keys)) | ~Q(aliases=[]))
    people = defaultdict(list)
    found = persons(rows.order_by("pk"))
    for person in found if len(keys) <= BATCH else found.iterator(BATCH):
        names = {person["name_key"], *map(fold, person["aliases"])}
        for key in names:
            if key in keys:
                people[key].append(person)
    return people


def persons(guests: QuerySet[Guest]) -> QuerySet[Guest]:
    """What a row is held against, of each of these guests."""
    return guests.values(
        *("pk", "name", "name_key", "aliases", "tags", "notes", "is_vip"),
        email=F("invitation__contact__email"),
        phone=F("invitation__contact__phone"),
        plus_ones=F("invitation__plus_ones"),
    )


def match(
    rows: list[PlannedGuest], people: list[Person]
) -> Iterable[tuple[PlannedGuest, Person]]:
    """Which of these rows are which of these people of the same name.

    Nobody on the list is taken for two rows.
    """
    free = list(people)
    waiting = [row for row in rows if row.guest_id is None]
    for is_same in (_same_address, _one_without_address):
        for row in list(waiting):
            found = next((person for person in free if is_same(row, person)), None)
            if found is not None:
                free.remove(found)
                waiting.remove(row)
                yield row, found


def first_of_each(
    rows: list[PlannedGuest], seen: dict[int, int]
) -> Iterable[PlannedGuest]:
    """The rows that may stand; who stands there twice is refused the second time.

    `seen`, of the rows before these, are lines by the hash of who stands on them.
    """
    for row in rows:
        if row.verdict == REFUSED:
            continue
        first = seen.setdefault(hash((row.name_key, row.address)), row.line)
        if first == row.line:
            yield row
        else:
            row.verdict = REFUSED
            row.reason = _("The same person as on line %(line)d.") % {"line": first}


def _judge(
    rows: list[PlannedGuest], people: list[Person], taken: dict[int, PlannedGuest]
) -> None:
    free = [person for person in people if person["pk"] not in taken]
    for row, person in list(match(rows, free)):
        reading.compare(row, person)
        taken[person["pk"]] = row
    for row in rows:
        if row.guest_id is None:
            row.reason = _("Another %(name)s is on the list, at another address.") % {
                "name": row.name
            }


def _join_aliases(
    rows: list[PlannedGuest], people: list[Person], taken: dict[int, PlannedGuest]
) -> None:
    """Two rows of the file are two names that somebody on the list goes by."""
    known = {person["pk"]: person for person in people}
    for row, person in list(match(rows, people)):
        other = taken.get(person["pk"])
        if other is not None and other.name_key != row.name_key:
            _join(row, other, {}, known)


def _same_address(row: PlannedGuest, person: Person) -> bool:
    return person["email"] == row.address


def _one_without_address(row: PlannedGuest, person: Person) -> bool:
    return not person["email"] or not row.address


def find_near(
    event: Event, rows: list[PlannedGuest], let_go: Mapping[int, int]
) -> None:
    """Name to each new row whom it may be too: of the list, or the file before it.

    `let_go` are the lines of rows that stand for a likeness first and are not here.
    """
    new = [row for row in rows if row.verdict == NEW]
    keys = [match_key(row.name) for row in new]
    # The last one written is the first of the file: no list for each key.
    first = dict(zip(reversed(keys), reversed(new), strict=True))
    there = similar_names.ids(event, first)
    for key, row in zip(keys, new, strict=True):
        row.maybe = [f"guest/{guest_id}" for guest_id in there.get(key, ())]
        line = let_go.get(hash(key)) or first[key].line
        if line != row.line:
            row.maybe.append(f"line/{line}")


def choose(
    event: Event,
    rows: list[PlannedGuest],
    choices: Mapping[str, str],
    taken: dict[int, PlannedGuest],
) -> None:
    """Do as the host said of rows that may be somebody's, by line.

    A choice is one of the row's `maybe`, or TWO_PEOPLE.
    """
    chosen = _chosen(rows, choices)
    by_line = {row.line: row for row in rows}
    known = _named(event, chosen.values())
    joined: dict[int, PlannedGuest] = {}
    for line, choice in chosen.items():
        row, (kind, _slash, number) = by_line[line], choice.partition("/")
        if kind == "line":
            _join(row, by_line[int(number)], joined, known)
        elif kind and int(number) in taken:
            _join(row, taken[int(number)], joined, known)
        elif kind and int(number) in known:
            row.aliases.append(row.name)
            reading.compare(row, known[int(number)])
            taken[int(number)] = row
        else:
            row.reason = _("Another person, you said.")


def _chosen(rows: list[PlannedGuest], choices: Mapping[str, str]) -> dict[int, str]:
    """By line, of what was said that which may be chosen there."""
    said = {row.line: choices.get(str(row.line)) for row in rows}
    return {
        row.line: said[row.line]
        for row in rows
        if said[row.line] in (*row.maybe, TWO_PEOPLE)
    }


def _named(event: Event, choices: Iterable[str]) -> dict[int, Person]:
    """Who of the list was chosen, by key."""
    ids = [choice[6:] for choice in choices if choice.startswith("guest/")]
    people = Guest.objects.principals().filter(event=event, pk__in=ids)
    return {person["pk"]: person for person in persons(people)}


def _join(
    row: PlannedGuest,
    other: PlannedGuest,
    joined: dict[int, PlannedGuest],
    known: dict[int, Person],
) -> None:
    """Two rows of the file are one person: the other one stands for both."""
    while other.line in joined:
        other = joined[other.line]
    if other is row:
        return
    joined[row.line] = other
    reading.absorb(other, row)
    if other.guest_id in known:
        reading.compare(other, known[other.guest_id])
    elif other.guest_id is not None:
        other.verdict = CHANGED
        other.reason = other.reason or _("other name")
    row.verdict, row.guest_id = SAME, None
    row.reason = _("The same person as on line %(line)d.") % {"line": other.line}


__all__ = [
    *("NEW", "TWO_PEOPLE", "GuestPlan", "choose", "compare", "find_near"),
    *("first_of_each", "match", "people_there", "persons", "plan"),
]
