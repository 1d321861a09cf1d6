"""How the ledger stands towards Stripe right now, and closing a discrepancy."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce

from donations.models import Discrepancy, LedgerEntry, Reconciliation


@dataclass(frozen=True)
class Standing:
    """The last verdict on an account, and whether anything was booked since."""

    run: Reconciliation | None
    open_discrepancies: int
    has_newer_entries: bool

    @property
    def equals_stripe(self) -> bool:
        """Equal to the cent, and nothing has been entered since it was compared."""
        return (
            self.run is not None
            and self.run.verdict == Reconciliation.Verdict.MATCHED
            and not self.open_discrepancies
            and not self.has_newer_entries
        )

    @property
    def compared(self) -> tuple[int, int, int] | None:
        """What the ledger came to when it was compared: entries, gross, net."""
        if self.run is None:
            return None
        gross, net = self.run.ledger_gross_cents, self.run.ledger_net_cents
        return self.run.ledger_entries, gross, net

    @property
    def differs(self) -> bool:
        """The last comparison found a difference that is not explained yet."""
        return self.run is not None and (
            self.open_discrepancies > 0 or self.run.difference_cents != 0
        )

    @property
    def as_of(self) -> datetime | None:
        return self.run.finished_at if self.run else None

    @property
    def difference_cents(self) -> int:
        return self.run.difference_cents if self.run else 0


def standing(account: str) -> Standing:
    """Three short queries; no network."""
    run = Reconciliation.objects.filter(account=account).first()
    return Standing(
        run=run,
        open_discrepancies=Discrepancy.objects.open()
        .differences()
        .filter(account=account)
        .count(),
        has_newer_entries=_has_more_than(run, account),
    )


def _has_more_than(run: Reconciliation | None, account: str) -> bool:
    """Whether the ledger is another one than was compared.

    Its own sums are looked at too: an entry may have been begun before the comparison
    and be committed after it.
    """
    entries = LedgerEntry.objects.from_stripe().filter(account=account)
    if run is None:
        return entries.exists()
    compared = Q(occurred_at__gte=run.since)
    now = entries.aggregate(
        newer=Count("pk", filter=Q(recorded_at__gt=run.started_at)),
        count=Count("pk", filter=compared),
        gross=Coalesce(Sum("gross_cents", filter=compared), 0),
        net=Coalesce(Sum("net_cents", filter=compared), 0),
    )
    then = (run.ledger_entries, run.ledger_gross_cents, run.ledger_net_cents)
    return now["newer"] > 0 or (now["count"], now["gross"], now["net"]) != then
