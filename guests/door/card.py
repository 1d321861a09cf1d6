"""What stands on the door's card of a person, read in a constant number of queries."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.lookups import In
from django.utils.translation import gettext as _

from events.models import Nomination
from guests.admission import Decision, Owed, Results, decide
from guests.door.standing import Standing, fold
from guests.models import Admission, Guest, Obligation, Trophy, reasons
from guests.trophies import statues
from guests.trophies.statues import Statue
from losers_lounge.compiled import compiled

Win = tuple[int, str]


@dataclass(frozen=True)
class Card:
    """Everything the checker sees of one person; no address, no phone number."""

    guest: Guest
    decision: Decision
    results: Results
    standing: Standing
    # In custody for this person; and what they won and are not exempt for.
    trophies: tuple[Trophy, ...]
    statues: tuple[Statue, ...] = ()

    @property
    def inside_since(self) -> Admission | None:
        """The row by which they are inside."""
        return self.standing.inside

    @property
    def sent_away(self) -> Admission | None:
        """Not admitted, and not let in since: no press lets them in by the way."""
        return self.standing.denied

    @property
    def look(self) -> str:
        """The colour, or that nothing is to be decided here any more."""
        if self.inside_since:
            return "inside"
        return "sent" if self.sent_away else self.decision.colour

    @property
    def may_go_home(self) -> bool:
        """Inside, or out for a while: the seat can be given back."""
        return self.standing.inside is not None or self.standing.is_out

    @property
    def statues_absent(self) -> tuple[Statue, ...]:
        """Won, and not at the desk, whatever was said of them."""
        return tuple(statue for statue in self.statues if statue.trophy is None)

    @property
    def trophies_missing(self) -> int:
        """Statues that have to come to the desk first."""
        return sum(statue.is_missing for statue in self.statues)


def card(guest: Guest) -> Card:
    """The card as the rows stand now."""
    return cards([guest])[0]


def decision_on(guest: Guest) -> Decision:
    """Whether this person comes in, from as few queries as that takes.

    It is the card's own decision; statues are counted only where one is expected.
    """
    return decisions([guest])[guest.pk]


def usual(guest: Guest) -> Decision:
    """The same for who is nobody's nominee and owes nothing, which takes no query."""
    return decide(guest, Results(), (), 0, 0)


def decisions(guests: Sequence[Guest]) -> dict[int, Decision]:
    """The same for many, in as many queries as for one."""
    results, wins = _results(guests)
    owed, paid = _money(guests)
    won = statues.of(wins)
    return {
        guest.pk: _decided(
            guest,
            results[guest.pk],
            owed[guest.pk],
            paid[guest.pk],
            won.get(guest.pk, ()),
        )
        for guest in guests
    }


def _decided(
    guest: Guest,
    results: Results,
    owed: Sequence[Owed],
    paid: int,
    won: Sequence[Statue],
) -> Decision:
    here = sum(statue.trophy is not None for statue in won)
    excused = [statue.sentence(guest.event.zone) for statue in won if statue.is_excused]
    return decide(guest, results, owed, paid, here, excused)


def party(guest: Guest) -> list[Guest]:
    """Who came with this person, or whom this person came with; without them."""
    principal = guest.plus_one_of_id or guest.pk
    together = Guest.objects.on_the_list().filter(
        Q(pk=principal) | Q(plus_one_of=principal)
    )
    return list(together.exclude(pk=guest.pk).order_by("plus_one_of", "pk"))


def cards(guests: Sequence[Guest]) -> list[Card]:
    """One card each, in order; at most five queries, however many."""
    results, wins = _results(guests)
    owed, paid = _money(guests)
    ids = [guest.pk for guest in guests]
    log = defaultdict(list)
    for row in Admission.objects.filter(guest__in=ids):
        log[row.guest_id].append(row)
    trophies = defaultdict(list)
    for row in Trophy.objects.filter(guest__in=ids, released_at=None).order_by("tag"):
        trophies[row.guest_id].append(row)
    won = statues.of(wins, trophies)
    return [
        Card(
            guest=guest,
            decision=_decided(
                guest,
                results[guest.pk],
                owed[guest.pk],
                paid[guest.pk],
                won.get(guest.pk, ()),
            ),
            results=results[guest.pk],
            standing=fold(log[guest.pk]),
            trophies=tuple(trophies[guest.pk]),
            statues=won.get(guest.pk, ()) if owed[guest.pk] else (),
        )
        for guest in guests
    ]


def _results(
    guests: Sequence[Guest],
) -> tuple[dict[int, Results], dict[int, list[Win]]]:
    """How the evening stands for each, and which wins a statue is due for."""
    found = defaultdict(lambda: defaultdict(list))
    for nominee_id, outcome, *win in _credits(guests):
        found[nominee_id][outcome].append(tuple(win))
    outcomes = Nomination.Outcome

    def named(guest: Guest, outcome: str) -> tuple[str, ...]:
        return tuple(name for _pk, name in found[guest.nominee_id][outcome])

    results = {
        guest.pk: Results(
            won=named(guest, outcomes.WON),
            lost=named(guest, outcomes.LOST),
            pending=named(guest, outcomes.PENDING),
        )
        for guest in guests
    }
    return results, {g.pk: found[g.nominee_id][outcomes.WON] for g in guests}


def _credits(guests: Sequence[Guest]) -> Iterable[tuple[int, str, int, str]]:
    """Nominee, outcome, nomination, category; most guests are nobody's nominee."""
    nominees = {guest.nominee_id for guest in guests} - {None}
    if not nominees:
        return ()
    return _credited(*nominees)


@compiled
def _credited(*nominees: int) -> QuerySet[Any, tuple[int, str, int, str]]:
    rows = Nomination.nominees.through.objects.filter(In(F("nominee"), nominees))
    return rows.order_by("nomination__category__order", "nomination_id").values_list(
        *("nominee_id", "nomination__outcome"),
        *("nomination_id", "nomination__category__name"),
    )


def _money(
    guests: Sequence[Guest],
) -> tuple[dict[int, list[Owed]], dict[int, int]]:
    """What each person owes, and the cents of live money that settle it.

    Who was let off owes nothing, and still leaves the trophy at the desk.
    """
    owed, paid = defaultdict(list), defaultdict(int)
    found = _counted(*(guest.pk for guest in guests))
    for guest_id, state, known, written, amount_cents, paid_cents in found:
        why = reasons.why(known, amount_cents, written)
        if state == Obligation.State.WAIVED:
            waived = _("%(why)s The host has waived it.") % {"why": why}
            owed[guest_id].append(Owed(0, waived))
            continue
        owed[guest_id].append(Owed(amount_cents, why))
        # Money beyond one obligation does not pay another one.
        paid[guest_id] += min(paid_cents, amount_cents)
    return owed, paid


@compiled
def _counted(*guests: int) -> QuerySet[Any, tuple]:
    states = (Obligation.State.DUE, Obligation.State.WAIVED)
    rows = Obligation.objects.filter(In(F("guest"), guests), state__in=states)
    return (
        rows.with_paid_cents()
        .order_by("pk")
        .values_list(
            *("guest_id", "state", "facts", "written", "amount_cents", "paid_cents")
        )
    )
