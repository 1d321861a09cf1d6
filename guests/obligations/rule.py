"""The rule itself: from nominations and house rules to what one person owes. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from events.models import Event, Nomination
from guests.models import reasons
from guests.models.reasons import Facts
from losers_lounge.languages import ENGLISH

PERSON_KEY = "person"
# Two long categories and a name fit into the column of the sentence.
LONGEST_HOST = 80
NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class HouseRules:
    """An event's price for winning, as plain values."""

    amount_cents: int
    charge_per: str = Event.ChargePer.PERSON
    cap_cents: int | None = None
    plus_one_pays: bool = False
    exempt_tags: tuple[str, ...] = ()
    time_zone: str = "UTC"
    # Of letters, and of the sentence that is written down.
    language: str = ENGLISH

    @classmethod
    def of(cls, event: Event) -> "HouseRules":
        return cls(
            amount_cents=event.winner_amount_cents,
            charge_per=event.charge_per,
            cap_cents=event.cap_cents,
            plus_one_pays=event.plus_one_pays,
            exempt_tags=tuple(tag.casefold() for tag in event.exempt_tags),
            time_zone=event.time_zone,
            language=event.language,
        )

    def exempt(self, tags: Iterable[str]) -> bool:
        """Whether somebody with these tags owes nothing, whatever they win."""
        return any(tag.casefold() in self.exempt_tags for tag in tags)


@dataclass(frozen=True)
class Standing:
    """One nomination as it stands for one person."""

    nomination_id: int
    category: str
    outcome: str
    official_at: datetime | None = None


@dataclass(frozen=True)
class Due:
    """One obligation that should stand: due if won, dormant while open."""

    key: str
    amount_cents: int
    is_due: bool
    cause: tuple[int, ...]
    facts: Facts

    @property
    def why(self) -> str:
        """The reason in one sentence, in its reader's language."""
        return reasons.told(self.facts, self.amount_cents)


@dataclass(frozen=True)
class Person:
    """Somebody as the rule sees them: what they won, and whom they came with."""

    standings: Sequence[Standing] = ()
    tags: Sequence[str] = ()
    has_seat: bool = True
    came_with: "Person | None" = None
    name: str = ""


def owed_by(person: Person, rules: HouseRules) -> list[Due]:
    """What one person should owe: for themselves, or for the winner they came with.

    Pure. Who waits for a seat owes nothing for another one's win: they may not
    come in. Who has nominations of their own owes for those alone.
    """
    if rules.exempt(person.tags):
        return []
    host = person.came_with
    if person.standings or host is None or not rules.plus_one_pays:
        return due(person.standings, rules)
    if not person.has_seat or rules.exempt(host.tags):
        return []
    return [_shared(row, host) for row in due(host.standings, rules)]


def _shared(row: Due, host: Person) -> Due:
    """The same for who came along, whose sentence says with whom."""
    if not host.name:
        return row
    known: Facts = {**row.facts, "came_with": host.name[:LONGEST_HOST]}
    return replace(row, facts=known)


def due(nominations: Sequence[Standing], rules: HouseRules) -> list[Due]:
    """What a person with these nominations owes under these rules.

    Pure: the same results and rules give the same answer. A person who lost six and
    won one owes once; nobody owes for a category that is still open.
    """
    won = [row for row in nominations if row.outcome == Nomination.Outcome.WON]
    pending = [row for row in nominations if row.outcome == Nomination.Outcome.PENDING]
    if rules.amount_cents == 0 or rules.cap_cents == 0:
        return []
    if rules.charge_per == Event.ChargePer.WIN:
        return _due_per_win(won, pending, rules)
    amount = min(rules.amount_cents, rules.cap_cents or rules.amount_cents)
    if won:
        return [_won(PERSON_KEY, amount, won, rules)]
    if pending:
        return [_open(PERSON_KEY, amount, pending)]
    return []


def _due_per_win(
    won: list[Standing], pending: list[Standing], rules: HouseRules
) -> list[Due]:
    # Under a cap the first wins count, so that a later one changes none before it.
    won = sorted(won, key=lambda row: row.official_at or NEVER)
    left = rules.cap_cents
    wanted = []
    for row in [*won, *pending]:
        amount = rules.amount_cents if left is None else min(rules.amount_cents, left)
        if amount == 0:
            break
        if left is not None:
            left -= amount
        key = f"nomination/{row.nomination_id}"
        is_won = row.outcome == Nomination.Outcome.WON
        wanted.append(
            _won(key, amount, [row], rules) if is_won else _open(key, amount, [row])
        )
    return wanted


def _won(key: str, amount: int, rows: list[Standing], rules: HouseRules) -> Due:
    known = reasons.facts(
        [row.category for row in rows],
        is_won=True,
        at=min((row.official_at for row in rows if row.official_at), default=None),
        zone=rules.time_zone,
        is_once=key == PERSON_KEY,
    )
    return Due(key, amount, True, tuple(row.nomination_id for row in rows), known)


def _open(key: str, amount: int, rows: list[Standing]) -> Due:
    known = reasons.facts([row.category for row in rows], is_won=False)
    return Due(key, amount, False, tuple(row.nomination_id for row in rows), known)
