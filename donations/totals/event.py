"""The figures of one event as a whole, in one query."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import BigIntegerField, Count, Expression, F, Q, QuerySet, Sum
from django.db.models.functions import Cast, Coalesce

from donations.models import LedgerEntry
from events.models import Event

Kind = LedgerEntry.Kind
OF_STRIPE = Q(source=LedgerEntry.Source.STRIPE)
BY_HAND = Q(source=LedgerEntry.Source.MANUAL)
# A column by name, or what is reckoned from columns.
Amount = str | Expression


@dataclass(frozen=True)
class Sums:
    """Money of Stripe's in one scope: what came, what went back, what it cost."""

    raised_cents: int
    refunds_cents: int
    disputes_cents: int
    other_cents: int
    fees_cents: int
    net_cents: int

    @property
    def kept_cents(self) -> int:
        """Raised, less what went back: the number we print; before fees."""
        return self.raised_cents - self.refunds_cents - self.disputes_cents


@dataclass(frozen=True)
class Totals(Sums):
    """The figures of one event, from one query, as of the moment it was asked."""

    event: Event
    as_of: datetime
    manual_cents: int
    gifts: int
    entries: int


def counted(event: Event) -> QuerySet[LedgerEntry]:
    """The entries that may enter a sum of this event, gifts by hand among them.

    Another currency or account than agreed never does: reconciliation names it.
    """
    on_the_account = Q(account=F("event__charity__stripe_account_id")) | Q(
        account=F("donation__stripe_account")
    )
    entries = LedgerEntry.objects.for_event(event).filter(currency=event.currency)
    return entries.filter(on_the_account | BY_HAND).exclude(kind=Kind.PAYOUT)


def for_event(event: Event, at: datetime, since: datetime | None = None) -> Totals:
    """The event's totals as they stand in the ledger at this moment.

    With `since` only what has moved from then on, today's say.
    """
    entries = counted(event)
    if since is not None:
        entries = entries.filter(occurred_at__gte=since)
    found = entries.aggregate(**sums("", "gross_cents", "fee_cents"), **_counts())
    return Totals(event=event, as_of=at, **found)


def sums(prefix: str, gross: Amount, fee: Amount) -> dict[str, Cast]:
    """The columns of Sums, of these columns of an entry, Stripe's alone."""

    def of(column: Amount, *kinds: str) -> Cast:
        return total(column, OF_STRIPE & Q(kind__in=kinds) if kinds else OF_STRIPE)

    found = {
        "raised_cents": of(gross, Kind.CHARGE),
        "refunds_cents": -of(gross, Kind.REFUND),
        "disputes_cents": -of(gross, Kind.DISPUTE),
        "other_cents": of(gross, Kind.OTHER, Kind.FEE),
        "fees_cents": of(fee),
        "net_cents": of(gross) - of(fee),
    }
    return {f"{prefix}{name}": column for name, column in found.items()}


def total(column: Amount, condition: Q | None = None) -> Cast:
    """A sum that is 0 when there is nothing; PostgreSQL sums bigints to a decimal."""
    return Cast(Coalesce(Sum(column, filter=condition), 0), BigIntegerField())


def _counts() -> dict[str, Cast | Count]:
    return {
        "manual_cents": total("gross_cents", BY_HAND),
        "gifts": Count("pk", filter=OF_STRIPE & Q(kind=Kind.CHARGE)),
        "entries": Count("pk", filter=OF_STRIPE),
    }
