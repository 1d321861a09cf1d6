"""What changed a total after the fact: each refund, dispute and gift taken back."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from donations.totals.event import BY_HAND, OF_STRIPE, Kind, counted
from events.models import Event

MOST = 20


@dataclass(frozen=True)
class Change:
    """One dated correction of the total; negative where money went back."""

    at: datetime
    cents: int
    kind: str
    is_by_hand: bool
    balance_transaction_id: str

    @property
    def is_return(self) -> bool:
        """Money that had gone back is here again: a dispute won, a refund failed."""
        return self.cents > 0


def changes(
    event: Event, since: datetime | None = None, most: int = MOST
) -> list[Change]:
    """The latest corrections, newest first; with `since`, those booked after it."""
    corrects = OF_STRIPE & Q(kind__in=[Kind.REFUND, Kind.DISPUTE])
    taken_back = BY_HAND & ~Q(kind=Kind.CHARGE, gross_cents__gt=0)
    entries = counted(event).filter(corrects | taken_back).exclude(gross_cents=0)
    if since is not None:
        entries = entries.filter(recorded_at__gt=since)
    return [
        Change(
            at=entry.occurred_at,
            cents=entry.gross_cents,
            kind=entry.kind,
            is_by_hand=entry.source == entry.Source.MANUAL,
            balance_transaction_id=entry.balance_transaction_id,
        )
        for entry in entries.order_by("-occurred_at", "-pk")[:most]
    ]
