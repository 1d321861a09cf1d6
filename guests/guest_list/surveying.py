"""A file's rows are planned without holding all of a large one in memory."""

from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field

from events.models import Event
from events.nominations import NEW, REFUSED
from guests import similar_names
from guests.guest_list import planning
from guests.guest_list.reading import PlannedGuest
from losers_lounge.names import match_key


@dataclass
class Survey:
    """Rows that are planned a stretch at a time, in the order of their file.

    Of a large file, rows are let go about which nothing is to be said: new, and like
    nobody on the list or before them in the file. What is `kept` has its place.
    `choices` are a host's words on rows that may be somebody's, by line: one of the
    row's `maybe`, or TWO_PEOPLE.
    """

    event: Event
    choices: Mapping[str, str] = field(default_factory=dict)
    is_large: bool = False
    kept: dict[int, PlannedGuest] = field(default_factory=dict)
    taken: int = 0
    # Hashes of the addresses of rows that are not refused; of none it is 0.
    addresses: "array[int]" = field(default_factory=lambda: array("q"))
    # By hash: lines of those who stand already, and of the first row of each likeness
    # when that was let go, or else 0. A number takes a tenth of what a row does.
    seen: dict[int, int] = field(default_factory=dict)
    first: dict[int, int] = field(default_factory=dict)

    def take(self, rows: list[PlannedGuest]) -> None:
        """The next rows."""
        standing = list(planning.first_of_each(rows, self.seen))
        self.addresses.extend(hash(row.address) for row in standing)
        plain = self._plain(standing) if self.is_large else frozenset()
        for place, row in enumerate(rows, start=self.taken):
            if row.line not in plain:
                self.kept[place] = row
        self.taken += len(rows)

    def conclude(self) -> None:
        """After the last row: set the verdict of each that is kept."""
        standing = [row for row in self.kept.values() if row.verdict != REFUSED]
        if not standing:
            return
        taken = planning.compare(self.event, standing)
        planning.find_near(self.event, standing, self.first)
        if self.choices:
            planning.choose(self.event, standing, self.choices, taken)

    def count(self, verdict: str) -> int:
        """How many rows came to that."""
        let_go = self.taken - len(self.kept) if verdict == NEW else 0
        return let_go + sum(row.verdict == verdict for row in self.kept.values())

    def _plain(self, rows: list[PlannedGuest]) -> set[int]:
        """The lines of those that are let go."""
        there = planning.people_there(self.event, {row.name_key for row in rows})
        keys = [match_key(row.name) for row in rows]
        near = similar_names.ids(self.event, set(keys))
        asked = self._asked()
        plain = set()
        for key, row in zip(keys, rows, strict=True):
            is_known = row.name_key in there or key in near or row.line in asked
            if not is_known and hash(key) not in self.first:
                plain.add(row.line)
            self.first.setdefault(hash(key), row.line if row.line in plain else 0)
        return plain

    def _asked(self) -> set[int]:
        """The lines a host has said something about, or named as somebody's twin."""
        twins = (
            choice[5:] for choice in self.choices.values() if choice[:5] == "line/"
        )
        return {int(line) for line in (*self.choices, *twins)}
