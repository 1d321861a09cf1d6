"""Walk down both books at once, newest first, a page at a time.

What is held in memory is one page and the second on which it ends, whatever the
length of the books. What the ledger lacks is entered on the way, each page at once.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from django.conf import settings
from django.db.models import Max
from django.utils import timezone

from donations import ledger, stripe_gateway
from donations.discrepancies import Finding
from donations.models import Discrepancy, LedgerEntry, ReconciledDay
from donations.models.ledger import LedgerEntryQuerySet
from donations.stripe_gateway import Movement
from losers_lounge import planner

Kind = Discrepancy.Kind
MANY = 1_000
DAY_COLUMNS = [
    f"{side}_{name}"
    for side in ("stripe", "ledger")
    for name in ("entries", "gross_cents", "fee_cents", "net_cents")
]


@dataclass
class Tally:
    """So many movements, and what they come to; minor units."""

    entries: int = 0
    gross_cents: int = 0
    fee_cents: int = 0
    net_cents: int = 0

    def add(self, gross_cents: int, fee_cents: int, net_cents: int) -> None:
        self.entries += 1
        self.gross_cents += gross_cents
        self.fee_cents += fee_cents
        self.net_cents += net_cents


@dataclass
class Sides:
    """The same movements in Stripe's books and in the ledger."""

    stripe: Tally = field(default_factory=Tally)
    ledger: Tally = field(default_factory=Tally)


@dataclass(frozen=True)
class Entry:
    """What is compared of an entry of the ledger."""

    key: str
    pk: int
    currency: str
    day: date
    cents: tuple[int, int, int]  # gross, fee, net


class Walk:
    """One walk down the books of one account; `go` does it, the rest is what it saw.

    Only what the ledger held when it began must be at Stripe: what is entered while
    the pages are read may be newer than the page it would stand on.
    """

    def __init__(self, account: str, since: datetime, at: datetime) -> None:
        self.account, self.since, self.at = account, since, at
        self.sides = Sides()
        self.imported = 0
        self.findings: list[Finding] = []
        self.skew_seconds: int | None = None
        self._days: dict[tuple[date, str], Sides] = {}
        self._until: datetime | None = None
        # The planner is told each time that the entries of this walk have doubled.
        self._counted = MANY
        self._newest_pk = self._entries().aggregate(newest=Max("pk"))["newest"] or 0

    def go(self) -> None:
        """Compare everything since then; raises StripeError if Stripe stops."""
        rest: list[Movement] = []
        for page in stripe_gateway.pages(self.since, account=self.account):
            if self.skew_seconds is None and page.server_time:
                apart = timezone.now() - page.server_time
                self.skew_seconds = round(apart.total_seconds())
            rest += filter(self._is_of_our_mode, page.movements)
            if rest:
                # The next page may go on within the second on which this one ends.
                last = rest[-1].occurred_at
                whole = [m for m in rest if m.occurred_at > last]
                rest = [m for m in rest if m.occurred_at <= last]
                self._compare(whole, last + timedelta(seconds=1))
        self._compare(rest, self.since)
        self._write_days(until=None)

    def _is_of_our_mode(self, movement: Movement) -> bool:
        if movement.livemode in (None, settings.STRIPE_IS_LIVE):
            return True
        key, cents = movement.balance_transaction_id, movement.net_cents
        self.findings.append(Finding(Kind.WRONG_MODE, key, cents))
        return False

    def _compare(self, listed: list[Movement], since: datetime) -> None:
        """Hold Stripe's movements of a stretch of time beside the ledger's."""
        theirs = {movement.balance_transaction_id: movement for movement in listed}
        ours = self._stretch(since)
        missing = [theirs[key] for key in theirs.keys() - ours.keys()]
        if missing:
            self._enter(missing)
            ids = [movement.balance_transaction_id for movement in missing]
            entered = self._entries().filter(balance_transaction_id__in=ids)
            ours |= {entry.key: entry for entry in _read(entered)}
        for key, movement in theirs.items():
            self._count_theirs(movement)
            self.findings += _apart(movement, ours.get(key))
        for key, entry in ours.items():
            if key in theirs or entry.pk <= self._newest_pk:
                self._count_ours(entry)
            if key not in theirs and entry.pk <= self._newest_pk:
                finding = Finding(Kind.UNKNOWN_AT_STRIPE, key, entry.cents[2])
                self.findings.append(finding)
        self._until = since
        self._write_days(until=since.astimezone(UTC).date())

    def _enter(self, missing: list[Movement]) -> None:
        self.imported += ledger.book(self.account, missing, at=self.at)
        if self.imported > self._counted * 2:
            planner.analyze(LedgerEntry)
            self._counted = self.imported

    def _entries(self) -> LedgerEntryQuerySet:
        return LedgerEntry.objects.from_stripe().filter(account=self.account)

    def _stretch(self, since: datetime) -> dict[str, Entry]:
        entries = self._entries().filter(occurred_at__gte=since)
        if self._until is not None:
            entries = entries.filter(occurred_at__lt=self._until)
        return {entry.key: entry for entry in _read(entries)}

    def _count_theirs(self, movement: Movement) -> None:
        cents = movement.gross_cents, movement.fee_cents, movement.net_cents
        day = movement.occurred_at.astimezone(UTC).date()
        self.sides.stripe.add(*cents)
        self._day(day, movement.currency).stripe.add(*cents)

    def _count_ours(self, entry: Entry) -> None:
        self.sides.ledger.add(*entry.cents)
        self._day(entry.day, entry.currency).ledger.add(*entry.cents)

    def _day(self, day: date, currency: str) -> Sides:
        return self._days.setdefault((day, currency), Sides())

    def _write_days(self, until: date | None) -> None:
        """The days that are whole by now: all that are later than `until`."""
        whole = [key for key in self._days if until is None or key[0] > until]
        rows = [self._row(key, self._days.pop(key)) for key in sorted(whole)]
        if rows:
            ReconciledDay.objects.bulk_create(
                rows,
                update_conflicts=True,
                unique_fields=["account", "day", "currency"],
                update_fields=[*DAY_COLUMNS, "compared_at"],
            )

    def _row(self, key: tuple[date, str], sides: Sides) -> ReconciledDay:
        figures = {
            name: getattr(getattr(sides, name.partition("_")[0]), name.split("_", 1)[1])
            for name in DAY_COLUMNS
        }
        return ReconciledDay(
            account=self.account,
            day=key[0],
            currency=key[1],
            compared_at=self.at,
            **figures,
        )


def _read(entries: LedgerEntryQuerySet) -> Iterator[Entry]:
    rows = entries.order_by().values_list(
        "balance_transaction_id",
        "pk",
        "currency",
        "occurred_at",
        "gross_cents",
        "fee_cents",
        "net_cents",
    )
    for key, pk, currency, moved_at, gross, fee, net in rows:
        day = moved_at.astimezone(UTC).date()
        yield Entry(key, pk, currency, day, (gross, fee, net))


def _apart(movement: Movement, entry: Entry | None) -> list[Finding]:
    """How one movement differs from its entry, if it does."""
    key = movement.balance_transaction_id
    if entry is None:
        return [Finding(Kind.UNKNOWN_HERE, key, -movement.net_cents)]
    theirs = (movement.gross_cents, movement.fee_cents, movement.net_cents)
    if theirs == entry.cents and movement.currency == entry.currency:
        return []
    gross, fee, net = (a - b for a, b in zip(entry.cents, theirs, strict=True))
    if not gross and fee:
        return [Finding(Kind.FEE_DIFFERS, key, net)]
    return [Finding(Kind.AMOUNT_DIFFERS, key, net or gross)]
