"""What is still due, as sums without a single name."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from events.models import Event
from guests.models import Admission, Guest, Obligation


@dataclass(frozen=True)
class Sum:
    count: int
    cents: int


@dataclass(frozen=True)
class Dues:
    """Unpaid obligations of people coming or inside, of the rest, and what may come."""

    as_of: datetime
    due: Sum
    due_if_they_come: Sum
    dormant: Sum
    waived: Sum


def of(event: Event, at: datetime) -> Dues:
    """The sums as the rows stand now."""
    rows = Obligation.objects.filter(guest__event=event)
    inside = Admission.objects.filter(action=Admission.Action.IN, closed_at=None)
    here = Q(guest__answer=Guest.Answer.YES) | Q(guest__in=inside.values("guest"))
    unpaid = list(rows.unpaid().values_list("pk", "amount_cents", "paid_cents"))
    coming = set(rows.due().filter(here).values_list("pk", flat=True))
    left = {pk: amount - paid for pk, amount, paid in unpaid}
    return Dues(
        as_of=at,
        due=_sum(cents for pk, cents in left.items() if pk in coming),
        due_if_they_come=_sum(c for pk, c in left.items() if pk not in coming),
        dormant=_amounts(rows, Obligation.State.DORMANT),
        waived=_amounts(rows, Obligation.State.WAIVED),
    )


def _amounts(rows: object, state: Obligation.State) -> Sum:
    return _sum(rows.filter(state=state).values_list("amount_cents", flat=True))


def _sum(cents: object) -> Sum:
    amounts = list(cents)
    return Sum(len(amounts), sum(amounts))
