"""One guest's evening as they see it: what they are up for, what it may cost, why."""

from dataclasses import dataclass, field

from django.db.models import F
from django.http import Http404

from donations.models import Donation
from events.models import Nomination
from guests.models import Guest, Invitation, Obligation


@dataclass(frozen=True)
class Credit:
    """One nomination, as it stands."""

    category: str
    work: str
    outcome: str


@dataclass
class Evening:
    guest: Guest
    plus_ones: list[Guest] = field(default_factory=list)
    credits: list[Credit] = field(default_factory=list)
    obligations: list[Obligation] = field(default_factory=list)
    donation: Donation | None = None

    @property
    def is_principal(self) -> bool:
        """Invited by name, and asked for an answer; not brought by another."""
        return self.guest.plus_one_of_id is None

    @property
    def won(self) -> list[Credit]:
        return [row for row in self.credits if row.outcome == Nomination.Outcome.WON]

    @property
    def is_undecided(self) -> bool:
        return any(row.outcome == Nomination.Outcome.PENDING for row in self.credits)

    @property
    def has_lost(self) -> bool:
        """Everything is decided and nothing was won."""
        return bool(self.credits) and not self.won and not self.is_undecided

    @property
    def due(self) -> list[Obligation]:
        return [row for row in self.obligations if row.state == Obligation.State.DUE]

    @property
    def possible(self) -> list[Obligation]:
        """What an open category may still bring."""
        dormant = Obligation.State.DORMANT
        return [row for row in self.obligations if row.state == dormant]

    @property
    def cents_due(self) -> int:
        return sum(max(0, row.amount_cents - row.paid_cents) for row in self.due)

    @property
    def is_settled(self) -> bool:
        return bool(self.due) and self.cents_due == 0


def of(invitation: Invitation) -> list[Evening]:
    """The evenings of an invitation's guests, in a constant number of queries.

    A plus-one has one too where there is something to see: a nomination of their
    own, or what they owe with the winner who brings them.
    """
    people = invitation.guests.on_the_list().order_by("pk")
    evenings = {guest.pk: Evening(guest) for guest in people}
    for seen in evenings.values():
        if seen.guest.plus_one_of_id in evenings:
            evenings[seen.guest.plus_one_of_id].plus_ones.append(seen.guest)
    _add_credits(evenings)
    if any(seen.credits for seen in evenings.values()):
        _add_money(evenings)
    shown = [
        seen
        for seen in evenings.values()
        if seen.is_principal or seen.credits or seen.obligations
    ]
    return sorted(shown, key=lambda seen: not seen.is_principal)


def of_guest(evenings: list[Evening], public_id: str) -> Evening:
    """The evening of this guest, the first one's when none is named.

    Raises Http404 for anybody who is not of this invitation.
    """
    for seen in evenings:
        if public_id in ("", seen.guest.public_id):
            return seen
    raise Http404


def _add_credits(evenings: dict[int, Evening]) -> None:
    by_nominee = {
        row.guest.nominee_id: row for row in evenings.values() if row.guest.nominee_id
    }
    if not by_nominee:
        return
    credits = (
        Nomination.objects.filter(nominees__in=by_nominee)
        .annotate(person=F("nominees"))
        .filter(person__in=by_nominee)
        .order_by("category__order", "pk")
        .values_list("person", "category__name", "work", "outcome")
    )
    for person, *values in credits:
        by_nominee[person].credits.append(Credit(*values))


def _add_money(evenings: dict[int, Evening]) -> None:
    rows = Obligation.objects.live().with_paid_cents().filter(guest__in=evenings)
    for row in rows.order_by("pk"):
        evenings[row.guest_id].obligations.append(row)
    donations = (
        Donation.objects.filter(settlements__obligation__guest__in=evenings)
        .annotate(guest_id=F("settlements__obligation__guest"))
        .order_by("pk")
    )
    for donation in donations:
        evenings[donation.guest_id].donation = donation
