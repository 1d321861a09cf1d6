"""What each winner owes: a pure rule, and the rows brought to match it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils.translation import gettext as _

from donations.models import Donation
from events.models import Category, Event, Nomination
from guests.models import Guest, Obligation, Settlement
from losers_lounge.money import format_cents

PERSON_KEY = "person"


@dataclass(frozen=True)
class HouseRules:
    """An event's price for winning, as plain values."""

    amount_cents: int
    charge_per: str = Event.ChargePer.PERSON
    cap_cents: int | None = None
    plus_one_pays: bool = False
    exempt_tags: tuple[str, ...] = ()
    time_zone: str = "UTC"

    @classmethod
    def of(cls, event: Event) -> "HouseRules":
        return cls(
            amount_cents=event.winner_amount_cents,
            charge_per=event.charge_per,
            cap_cents=event.cap_cents,
            plus_one_pays=event.plus_one_pays,
            exempt_tags=tuple(tag.casefold() for tag in event.exempt_tags),
            time_zone=event.time_zone,
        )

    def exempt(self, tags: Iterable[str]) -> bool:
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
    why: str


def due(nominations: Sequence[Standing], rules: HouseRules) -> list[Due]:
    """What a person with these nominations owes under these rules.

    Pure: the same results and rules give the same answer. A person who lost six and
    won one owes once; nobody owes for a category that is still open.
    """
    won = [row for row in nominations if row.outcome == Nomination.Outcome.WON]
    pending = [row for row in nominations if row.outcome == Nomination.Outcome.PENDING]
    if rules.amount_cents == 0:
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
    zone = ZoneInfo(rules.time_zone)
    times = [row.official_at for row in rows if row.official_at]
    why = _("Won %(categories)s, confirmed %(time)s; %(amount)s due once.") % {
        "categories": _listed([row.category for row in rows]),
        "time": f"{min(times).astimezone(zone):%H:%M %Z}" if times else "",
        "amount": format_cents(amount),
    }
    return Due(key, amount, True, tuple(row.nomination_id for row in rows), why)


def _open(key: str, amount: int, rows: list[Standing]) -> Due:
    why = _("Nominated for %(categories)s; %(amount)s only after a win.") % {
        "categories": _listed([row.category for row in rows]),
        "amount": format_cents(amount),
    }
    return Due(key, amount, False, tuple(row.nomination_id for row in rows), why)


def _listed(names: list[str]) -> str:
    if len(names) > 3:
        return _("%(first)s and %(count)d more") % {
            "first": names[0],
            "count": len(names) - 1,
        }
    return _(" and ").join(names)


@dataclass(frozen=True)
class Brought:
    """What bringing the rows up to date changed: fresh dues, and voided ones."""

    fallen_due: tuple[Obligation, ...] = ()
    voided: tuple[Obligation, ...] = ()


def bring_up_to_date(
    event: Event, at: datetime, nominee_ids: Iterable[int] | None = None
) -> Brought:
    """Make the stored obligations match results and rules. Needs a transaction.

    Touches guests who are (or came with) one of `nominee_ids`, or everybody who can
    owe when it is None. Rows are added or voided, never deleted; a waiver stands
    while its cause stands.
    """
    rules = HouseRules.of(event)
    guests = _guests(event, nominee_ids)
    rows: dict[int, list[Obligation]] = {guest.pk: [] for guest in guests}
    for row in Obligation.objects.live().filter(guest__in=rows).order_by("pk"):
        rows[row.guest_id].append(row)
    standings = _standings(event, {_nominee(g) for g in guests} - {None})
    fallen_due, voided = [], []
    for guest in guests:
        wanted = []
        pays = guest.plus_one_of_id is None or guest.nominee_id or rules.plus_one_pays
        if pays and guest.removed_at is None and not rules.exempt(guest.tags):
            own = standings.get(guest.nominee_id, [])
            if rules.plus_one_pays and guest.plus_one_of_id and not own:
                own = standings.get(guest.plus_one_of.nominee_id, [])
            wanted = due(own, rules)
        new, gone = _match(guest, rows[guest.pk], wanted, at)
        fallen_due += new
        voided += gone
    return Brought(tuple(fallen_due), tuple(voided))


def _nominee(guest: Guest) -> int | None:
    if guest.nominee_id or guest.plus_one_of is None:
        return guest.nominee_id
    return guest.plus_one_of.nominee_id


def _guests(event: Event, nominee_ids: Iterable[int] | None) -> list[Guest]:
    """The people concerned, locked in one order so that two changes cannot cross."""
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
    return list(
        Guest.objects.filter(pk__in=found)
        .select_related("plus_one_of")
        .select_for_update(of=("self",), no_key=True)
        .order_by("pk")
    )


def _standings(event: Event, nominee_ids: set) -> dict[int, list[Standing]]:
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
    for nominee_id, *values in credits:
        found.setdefault(nominee_id, []).append(Standing(*values))
    return found


def _match(
    guest: Guest, rows: list[Obligation], wanted: list[Due], at: datetime
) -> tuple[list[Obligation], list[Obligation]]:
    """Bring one person's rows to what is wanted."""
    fallen_due, voided = [], []
    standing = {row.key: row for row in rows}
    for want in wanted:
        row = standing.pop(want.key, None)
        if row is not None and _must_go(row, want):
            _void(row, at)
            voided.append(row)
            row = None
        if row is None:
            row = _add(guest, want, at)
            if want.is_due:
                fallen_due.append(row)
        elif _update(row, want, at):
            fallen_due.append(row)
    for row in standing.values():
        _void(row, at)
        voided.append(row)
    return fallen_due, voided


def _must_go(row: Obligation, want: Due) -> bool:
    """A row that was owed keeps its amount and its cause; another one replaces it."""
    if row.state == Obligation.State.DORMANT:
        return False
    return not want.is_due or row.amount_cents != want.amount_cents


def _add(guest: Guest, want: Due, at: datetime) -> Obligation:
    row = Obligation.objects.create(
        guest=guest,
        key=want.key,
        amount_cents=want.amount_cents,
        state=Obligation.State.DUE if want.is_due else Obligation.State.DORMANT,
        cause=list(want.cause),
        why=want.why,
        created_at=at,
        due_at=at if want.is_due else None,
    )
    if want.is_due:
        _carry_over(row)
    return row


def _update(row: Obligation, want: Due, at: datetime) -> bool:
    """Keep the row; True when it has just fallen due."""
    falls_due = want.is_due and row.state == Obligation.State.DORMANT
    row.cause, row.why = list(want.cause), want.why
    row.amount_cents = want.amount_cents
    if falls_due:
        row.state, row.due_at = Obligation.State.DUE, at
    row.save(update_fields=["cause", "why", "amount_cents", "state", "due_at"])
    return falls_due


def _void(row: Obligation, at: datetime) -> None:
    row.state, row.void_at = Obligation.State.VOID, at
    row.save(update_fields=["state", "void_at"])


def _carry_over(row: Obligation) -> None:
    """Money given for the same cause before a correction still counts after it."""
    kept = Settlement.objects.filter(
        obligation__guest_id=row.guest_id,
        obligation__key=row.key,
        obligation__state=Obligation.State.VOID,
        donation__state__in=Donation.SETTLING,
    )
    for donation_id, cents in set(kept.values_list("donation_id", "amount_cents")):
        Settlement.objects.create(
            obligation=row, donation_id=donation_id, amount_cents=cents
        )


def category_names(event: Event, rows: Iterable[Obligation]) -> dict[int, str]:
    """Names of the categories that stand behind these obligations, by nomination."""
    ids = {pk for row in rows for pk in row.cause}
    return dict(
        Nomination.objects.filter(pk__in=ids, category__event=event).values_list(
            "pk", "category__name"
        )
    )


def undecided(event: Event) -> list[Category]:
    """Categories that may still change what somebody owes, in broadcast order."""
    return list(event.categories.exclude(state=Category.State.OFFICIAL))
