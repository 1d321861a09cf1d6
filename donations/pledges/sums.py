"""How much is pledged and not charged: promised, and in no total of what came in."""

from dataclasses import dataclass

from django.db.models import Count, Sum

from donations.models import Pledge
from events.models import Event

State = Pledge.State
# A card was saved, and nothing has been taken or given up.
PLEDGED = (State.CARD_SAVED, State.CHARGING, State.NEEDS_ACTION, State.DECLINED)


@dataclass(frozen=True)
class StateSum:
    """The pledges of one state."""

    state: str
    label: str
    count: int
    cents: int


def pledged(event: Event) -> tuple[int, int]:
    """How many pledges stand uncharged, and of how much at most in minor units."""
    rows = Pledge.objects.filter(event=event, state__in=PLEDGED)
    sums = rows.aggregate(count=Count("pk"), cents=Sum("amount_cents", default=0))
    return sums["count"], sums["cents"]


def by_state(event: Event) -> list[StateSum]:
    """Count and sum of each state there is, in the order a pledge goes through them."""
    rows = Pledge.objects.filter(event=event).order_by().values("state")
    found = {
        row["state"]: row
        for row in rows.annotate(count=Count("pk"), cents=Sum("amount_cents"))
    }
    return [
        StateSum(state, str(state.label), found[state]["count"], found[state]["cents"])
        for state in State
        if state in found
    ]
