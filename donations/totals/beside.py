"""What stands beside the total and never within: promises that were not charged."""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from donations.models import Donation, Pledge
from donations.totals.event import total
from events.models import Event

# A card is saved, the promise stands, and no money has moved.
PROMISED = (
    Pledge.State.CARD_SAVED,
    Pledge.State.CHARGING,
    Pledge.State.NEEDS_ACTION,
    Pledge.State.DECLINED,
)


@dataclass(frozen=True)
class Promised:
    """Pledges with a saved card, not charged: what they come to at most."""

    count: int
    cents: int


def promised(event: Event) -> Promised:
    """The event's open promises in its currency; none whose money has moved."""
    open_ones = _open(event).aggregate(
        count=Count("pk"), cents=total("amount_cents", Q())
    )
    return Promised(**open_ones)


def _open(event: Event) -> QuerySet[Pledge]:
    pledges = Pledge.objects.filter(
        event=event, currency=event.currency, state__in=PROMISED
    )
    return pledges.exclude(donation__state__in=Donation.MONEY_MOVED)
