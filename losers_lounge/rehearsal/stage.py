"""Where the script is played: the copied event, its people, its phones."""

import random
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

from events.models import Category, Event, Member, Nomination, User
from guests.actors import Actor
from guests.door.scans import Scan
from guests.models import Device, Guest
from losers_lounge.names import fold
from losers_lounge.rehearsal.script import ScriptError


class Otherwise(Exception):
    """It went otherwise than the script says; the night goes on and this is told."""


@dataclass
class Phone:
    """A paired phone, and the scans that wait in it while it has no network."""

    device: Device
    is_cut_off: bool = False
    # What it went by when the network was cut: colours by guest, and since when.
    as_of: datetime | None = None
    colours: dict[int, str] = field(default_factory=dict)
    queue: list[Scan] = field(default_factory=list)


@dataclass
class Stage:
    """What every act of the night works with; `at` is the script's clock."""

    event: Event
    at: datetime
    chance: random.Random
    phones: dict[str, Phone] = field(default_factory=dict)
    numbers: count = field(default_factory=lambda: count(1))

    def nonce(self) -> str:
        """A press of its own."""
        return f"rehearsal-{self.event.pk}-{next(self.numbers)}"

    def guest(self, name: str) -> Guest:
        """Somebody by the name on the list. Raises ScriptError for nobody, or two."""
        rows = self.event.guests.on_the_list().select_related("invitation", "event")
        found = list(rows.filter(name_key=fold(name)))
        if len(found) != 1:
            how_many = "nobody" if not found else f"{len(found)} people"
            raise ScriptError(f"{name}: {how_many} of that name on the guest list.")
        return found[0]

    def category(self, name: str) -> Category:
        """A category by its name. Raises ScriptError."""
        found = self.event.categories.filter(name_key=fold(name)).first()
        if found is None:
            raise ScriptError(f"{name}: there is no such category.")
        return found

    def nomination(self, category: Category, name: str) -> Nomination:
        """One entry by its work or by whom it credits. Raises ScriptError."""
        key = fold(name)
        found = [
            entry
            for entry in category.nominations.prefetch_related("nominees")
            if key in {entry.work_key, *(one.name_key for one in entry.nominees.all())}
        ]
        if len(found) != 1:
            raise ScriptError(f"{name}: {len(found)} entries of {category} fit.")
        return found[0]

    def phone(self, name: str) -> Phone:
        """A phone that was paired before. Raises ScriptError."""
        if name not in self.phones:
            raise ScriptError(f"{name}: no phone of that name is paired yet.")
        return self.phones[name]

    def actor(self, phone_name: str) -> Actor:
        """Who presses on that phone."""
        return Actor.of(self.phone(phone_name).device)

    @property
    def host(self) -> User:
        """The host who decides tonight. Raises ScriptError."""
        return self._people(Member.Role.HOST)[0]

    @property
    def announcer(self) -> User:
        """Who announces at the results desk."""
        return self._people(Member.Role.RESULTS, Member.Role.HOST)[0]

    @property
    def confirmer(self) -> User:
        """Who confirms: somebody else, where the event asks for two."""
        people = self._people(Member.Role.RESULTS, Member.Role.HOST)
        if self.event.second_confirmation_required and len(people) < 2:
            raise ScriptError("The team has nobody to confirm what another announces.")
        return people[-1] if len(people) < 2 else people[1]

    def _people(self, *roles: str) -> list[User]:
        """Members in these roles, the first role's first. Raises ScriptError."""
        rows = self.event.members.filter(role__in=roles).select_related("user")
        ordered = sorted(rows, key=lambda row: (roles.index(row.role), row.pk))
        people = list({row.user_id: row.user for row in ordered}.values())
        if not people:
            raise ScriptError(f"The team has nobody in the role {roles[0]}.")
        return people
