"""The stored obligations, brought to match results and house rules."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from events.models import Event, Nomination
from guests.models import Guest, Obligation
from guests.obligations.carried import hold_bottles
from guests.obligations.rule import Due, HouseRules, Person, Standing, owed_by
from guests.obligations.writing import Changes, write

State = Obligation.State


@dataclass(frozen=True)
class Brought:
    """What bringing the rows up to date changed.

    `repriced` are voided rows that another one with the same key replaces: the
    cause still stands, only its amount is another one.
    """

    fallen_due: tuple[Obligation, ...] = ()
    voided: tuple[Obligation, ...] = ()
    repriced: tuple[Obligation, ...] = ()


@dataclass(frozen=True)
class Foreseen:
    """What would fall due and what would be void, if results were otherwise."""

    falls_due: tuple[tuple[Guest, Due], ...] = ()
    voided: tuple[Obligation, ...] = ()
    # Of what falls due, by guest and key: told before, and only another amount.
    repriced: frozenset[tuple[int, str]] = frozenset()


def bring_up_to_date(
    event: Event, at: datetime, nominee_ids: Iterable[int] | None = None
) -> Brought:
    """Make the stored obligations match results and rules. Needs a transaction.

    Touches guests who are (or came with) one of `nominee_ids`, or everybody who can
    owe when it is None. Rows are added or voided, never deleted; a waiver stands
    while its cause stands.
    """
    # Locked in one order, so that two changes of results cannot cross.
    people = _people(event, nominee_ids).locked()
    every = [changes for _guest, changes in _compared(event, list(people), {})]
    fallen_due = write(every, at)
    voided = [row for changes in every for row in changes.void]
    repriced = [row for changes in every for row in changes.repriced]
    hold_bottles(fallen_due, voided, at)
    return Brought(tuple(fallen_due), tuple(voided), tuple(repriced))


def foresee(
    event: Event, nominee_ids: Iterable[int], outcomes: Mapping[int, str]
) -> Foreseen:
    """What these outcomes (by nomination) would change for these nominees. Reads only.

    A row that would only be priced anew is not named as void.
    """
    falls_due, voided, repriced = [], [], set()
    for guest, changes in _compared(event, list(_people(event, nominee_ids)), outcomes):
        falls_due += [(guest, want) for want in changes.falls_due]
        repriced |= {(guest.pk, row.key) for row in changes.repriced}
        gone = [row for row in changes.void if row not in changes.repriced]
        voided += [row for row in gone if row.due_at is not None]
    return Foreseen(tuple(falls_due), tuple(voided), frozenset(repriced))


def _people(event: Event, nominee_ids: Iterable[int] | None) -> QuerySet:
    if nominee_ids is None:
        concerned = (
            Q(nominee__isnull=False)
            | Q(plus_one_of__nominee__isnull=False)
            | Q(obligations__isnull=False)
        )
    else:
        ids = list(nominee_ids)
        concerned = Q(nominee__in=ids) | Q(plus_one_of__nominee__in=ids)
    found = Guest.objects.filter(concerned, event=event).values("pk")
    return (
        Guest.objects.filter(pk__in=found)
        .select_related("plus_one_of", "invitation__contact")
        .order_by("pk")
    )


def _compared(
    event: Event, guests: list[Guest], outcomes: Mapping[int, str]
) -> Iterator[tuple[Guest, Changes]]:
    """Each person with what differs; `outcomes` stand in for those on file."""
    rules = HouseRules.of(event)
    rows: dict[int, list[Obligation]] = {guest.pk: [] for guest in guests}
    for row in Obligation.objects.live().filter(guest__in=rows).order_by("pk"):
        rows[row.guest_id].append(row)
    standings = _standings(event, {_nominee(g) for g in guests} - {None}, outcomes)
    for guest in guests:
        guest.event = guest.invitation.event = event
        for row in rows[guest.pk]:
            row.guest = guest
        wanted = _wanted(guest, standings, rules)
        yield guest, _compare(guest, rows[guest.pk], wanted)


def _nominee(guest: Guest) -> int | None:
    if guest.nominee_id or guest.plus_one_of is None:
        return guest.nominee_id
    return guest.plus_one_of.nominee_id


def _standings(
    event: Event, nominee_ids: set, outcomes: Mapping[int, str]
) -> dict[int, list[Standing]]:
    credits = (
        Nomination.nominees.through.objects.filter(
            nominee_id__in=nominee_ids, nomination__category__event=event
        )
        .order_by("nomination__category__order", "nomination_id")
        .values_list(
            "nominee_id",
            "nomination_id",
            "nomination__category__name",
            "nomination__outcome",
            "nomination__category__official_at",
        )
    )
    found: dict[int, list[Standing]] = {}
    for nominee_id, nomination_id, name, outcome, official_at in credits:
        outcome = outcomes.get(nomination_id, outcome)
        standing = Standing(nomination_id, name, outcome, official_at)
        found.setdefault(nominee_id, []).append(standing)
    return found


def _wanted(
    guest: Guest, standings: Mapping[int, list[Standing]], rules: HouseRules
) -> list[Due]:
    if guest.removed_at is not None:
        return []
    host = guest.plus_one_of
    return owed_by(_person(guest, standings, host), rules)


def _person(
    guest: Guest, standings: Mapping[int, list[Standing]], host: Guest | None = None
) -> Person:
    return Person(
        standings=standings.get(guest.nominee_id, ()),
        tags=guest.tags,
        has_seat=guest.answer != Guest.Answer.WAITLISTED,
        came_with=_person(host, standings) if host else None,
        name=guest.name,
    )


def _compare(guest: Guest, rows: list[Obligation], wanted: list[Due]) -> Changes:
    changes = Changes(guest)
    standing = {row.key: row for row in rows}
    for want in wanted:
        row = standing.pop(want.key, None)
        if row is not None and not _must_go(row, want):
            changes.keep.append((row, want))
            continue
        changes.add.append(want)
        if row is not None:
            changes.void.append(row)
            if want.is_due:
                changes.repriced.append(row)
    changes.void += standing.values()
    return changes


def _must_go(row: Obligation, want: Due) -> bool:
    """A row that was owed keeps its amount and its cause; another one replaces it."""
    if row.state == State.DORMANT:
        return False
    return not want.is_due or row.amount_cents != want.amount_cents
