"""How each pledge stands towards the results: what it may be charged for, and when."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import F

from events.models import Category, Event, Nomination
from guests.models import Guest, GuestPledge, Obligation

WON, PENDING = Nomination.Outcome.WON, Nomination.Outcome.PENDING


class Verdict(StrEnum):
    """What the results say of a pledge."""

    WAITING = "waiting"  # a category is open, or the guest is not coming
    HELD = "held"  # decided, and it can still be undone
    CHARGEABLE = "chargeable"
    OVER = "over"  # nothing is owed, and nothing can come to be


@dataclass(frozen=True)
class _Credit:
    outcome: str
    state: str
    official_at: datetime | None
    is_in_doubt: bool


@dataclass
class Standing:
    """One pledge with its guest, what they owe, and what is still undecided."""

    row: GuestPledge
    at: datetime
    owed: list[Obligation] = field(default_factory=list)
    is_open: bool = False
    credits: list[_Credit] = field(default_factory=list)

    @property
    def pledge(self) -> object:
        return self.row.pledge

    @property
    def guest(self) -> Guest:
        return self.row.guest

    @property
    def event(self) -> Event:
        return self.row.guest.event

    @property
    def owed_cents(self) -> int:
        return sum(row.left_cents for row in self.owed)

    @property
    def charge_cents(self) -> int:
        """What may be taken: what is owed, and never more than was pledged."""
        return min(self.owed_cents, self.row.pledge.amount_cents)

    @property
    def is_more_than_approved(self) -> bool:
        """Whether a host let the card be charged with less than would be taken now."""
        pledge = self.row.pledge
        if self.event.charges_pledges_by_rule or pledge.approved_at is None:
            return False
        return self.charge_cents > (pledge.approved_cents or 0)

    @property
    def held_until(self) -> datetime | None:
        """When what was decided for this guest can no longer simply be undone."""
        # What was lost and is undone adds nothing to what a winner owes.
        decided = [row for row in self.credits if row.outcome == WON or not self.owed]
        times = [row.official_at for row in decided if row.official_at]
        hold = timedelta(minutes=self.event.hold_minutes)
        return max(times) + hold if times else None

    @property
    def is_held(self) -> bool:
        if any(row.is_in_doubt for row in self.credits):
            return True
        return self.held_until is not None and self.at < self.held_until

    @property
    def verdict(self) -> Verdict:
        """What may be done with the card now. A pure function of what was read."""
        is_gone = self.guest.removed_at is not None or self.guest.merged_into_id
        is_late = self.at >= self.row.pledge.last_charge_at
        if is_gone or is_late or self.event.status == Event.Status.CANCELLED:
            return Verdict.OVER
        if self.owed:
            return self._verdict_of_winner()
        if self.is_open:
            return Verdict.WAITING
        return Verdict.HELD if self.is_held else Verdict.OVER

    def _verdict_of_winner(self) -> Verdict:
        # Charged once: who owes for every win is charged when all is decided.
        per_win = self.event.charge_per == Event.ChargePer.WIN
        if self.guest.answer == Guest.Answer.NO or (per_win and self.is_open):
            return Verdict.WAITING
        return Verdict.HELD if self.is_held else Verdict.CHARGEABLE


def of(rows: Sequence[GuestPledge], at: datetime) -> list[Standing]:
    """How these pledges stand, in a constant number of queries.

    Reads each row's guest, guest.event and pledge.
    """
    found = [Standing(row, at) for row in rows]
    by_guest, by_nominee = defaultdict(list), defaultdict(list)
    for standing in found:
        by_guest[standing.guest.pk].append(standing)
        if standing.guest.nominee_id:
            by_nominee[standing.guest.nominee_id].append(standing)
    if by_guest:
        _add_obligations(by_guest)
    if by_nominee:
        _add_credits(by_nominee)
    return found


def _add_obligations(by_guest: dict[int, list[Standing]]) -> None:
    rows = Obligation.objects.live().with_paid_cents().filter(guest__in=by_guest)
    for row in rows.order_by("pk"):
        for standing in by_guest[row.guest_id]:
            if row.state == Obligation.State.DUE and row.left_cents:
                standing.owed.append(row)
            elif row.state == Obligation.State.DORMANT:
                standing.is_open = True


def _add_credits(by_nominee: dict[int, list[Standing]]) -> None:
    rows = (
        Nomination.objects.filter(nominees__in=by_nominee)
        .annotate(person=F("nominees"))
        .filter(person__in=by_nominee)
        .values_list(
            "person",
            "outcome",
            "category__state",
            "category__official_at",
            "category__draft_winners",
        )
    )
    for person, outcome, state, official_at, draft in rows:
        # A correction is proposed: what is official may not be so for long.
        in_doubt = state == Category.State.OFFICIAL and draft is not None
        for standing in by_nominee[person]:
            standing.credits.append(_Credit(outcome, state, official_at, in_doubt))
            if outcome == PENDING:
                standing.is_open = True
