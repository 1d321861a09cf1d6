"""What must be true of the books at any moment, each with its cents (STRIPE.md 7).

    I1  all movements of an account add up to what Stripe says it holds
    I2  each paid donation has exactly one payment, and each payment its donation
    I3  what a donation came to is what its movements add up to
    I4  what a payout is made of adds up to the payout
    I5  raised - refunds - disputes - fees = paid out + still at Stripe
    I6  no movement is missing on any day, and none is there twice

Gifts by hand are outside of all of them. Amounts are minor units.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from django.db.models import (
    BigIntegerField,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Cast, Coalesce

from donations import ledger, stripe_gateway, totals
from donations.discrepancies import GONE, Finding
from donations.models import (
    Discrepancy,
    Donation,
    LedgerEntry,
    Payout,
    ReconciledDay,
    Reconciliation,
)
from donations.models.ledger import LedgerEntryQuerySet
from donations.payouts import CAME_BACK
from donations.stripe_gateway import Balance

Kind = Discrepancy.Kind
OF_PAYMENTS = (
    Kind.PAYMENT_NOT_BOOKED,
    Kind.CHARGED_TWICE,
    Kind.CHARGE_WITHOUT_DONATION,
    Kind.DONATION_AMOUNT_DIFFERS,
)
OF_RETURNS = (Kind.REFUND_DIFFERS, Kind.DISPUTE_DIFFERS)
# Named by their movement: what they explain of a balance is not named again.
OF_MOVEMENTS = (
    Kind.UNKNOWN_AT_STRIPE,
    Kind.UNKNOWN_HERE,
    Kind.AMOUNT_DIFFERS,
    Kind.FEE_DIFFERS,
)
LOOKS = 3


@dataclass(frozen=True)
class Check:
    """One invariant: both sides in minor units, and how many things are wrong."""

    name: str
    currency: str
    left_cents: int
    right_cents: int
    wrong: int = 0

    @property
    def cents(self) -> int:
        """How far the sides are apart."""
        return self.left_cents - self.right_cents

    @property
    def holds(self) -> bool:
        return not self.cents and not self.wrong

    def as_json(self) -> dict[str, str | int | bool]:
        """As a reconciliation keeps it."""
        return asdict(self) | {"cents": self.cents, "holds": self.holds}


def fetch_balance(account: str, *, at: datetime) -> Balance:
    """What Stripe says the account holds, beside a ledger that is not behind it.

    Money that moved since the books were read is entered, and Stripe asked again.
    """
    entries = _entries(account)
    for _look in range(LOOKS):
        balance = stripe_gateway.fetch_balance(account=account)
        # What is booked from here on is not in this balance.
        ours = _net_by_currency(account)
        balance = replace(balance, ledger=ours)
        if ours == _without_zeros(balance.cents):
            break
        newest = entries.order_by("-occurred_at").first()
        since = newest.occurred_at if newest else at
        for page in stripe_gateway.pages(since, account=account):
            ledger.book(account, page.movements, at=at)
    return balance


def check(account: str, balance: Balance, run: Reconciliation) -> list[Check]:
    """Every invariant of one account, as the ledger stands now.

    Each reads for itself: when something was booked between two of them, they are
    read anew, so that no check is red for a movement that only one side has seen.
    """
    booked = _entries(account).count()
    for _look in range(LOOKS):
        checks, before = _read(account, balance, run), booked
        booked = _entries(account).count()
        if booked == before:
            break
    return checks


def _read(account: str, balance: Balance, run: Reconciliation) -> list[Check]:
    return [
        *_balances(account, balance),
        _payments(run),
        _returns(run),
        _payouts(account),
        *_where_it_is(account, balance),
        _days(account),
    ]


def findings_of(checks: list[Check], account: str) -> Iterator[Finding]:
    """What a failing invariant adds to what has a name already.

    I2, I3, I4 and I6 fail by donations, payouts and movements, each listed by itself.
    """
    named = _named(account, usual=checks[0].currency)
    for one in checks:
        if one.name in ("I1", "I5") and one.cents != named.get(one.currency, 0):
            cents = one.cents - named.get(one.currency, 0)
            yield Finding(Kind.BALANCE_DIFFERS, f"{one.name} {one.currency}", cents)
            named[one.currency] = one.cents


def _named(account: str, usual: str) -> dict[str, int]:
    """Cents by currency that differ by a movement's name.

    The ledger knows the currency; of what it has no entry of, it is the `usual` one.
    """
    rows = Discrepancy.objects.filter(account=account, kind__in=OF_MOVEMENTS)
    entry = LedgerEntry.objects.filter(
        account=account, balance_transaction_id=OuterRef("subject")
    )
    currency = Coalesce(Subquery(entry.values("currency")[:1]), Value(usual))
    found = rows.exclude(reason=GONE).order_by().values_list(currency)
    return dict(found.annotate(cents=_sum("cents")))


def _balances(account: str, balance: Balance) -> list[Check]:
    ours, theirs = _looked_at(account, balance), balance.cents
    currencies = sorted(ours.keys() | _without_zeros(theirs).keys()) or ["usd"]
    return [
        Check("I1", name, ours.get(name, 0), theirs.get(name, 0)) for name in currencies
    ]


def _payments(run: Reconciliation) -> Check:
    paid = _donations(run.account).aggregate(cents=_sum("amount_cents"))
    charged = _entries(run.account).filter(kind=LedgerEntry.Kind.CHARGE)
    return Check(
        "I2",
        "",
        charged.aggregate(cents=_sum("gross_cents"))["cents"],
        paid["cents"],
        run.discrepancies.filter(kind__in=OF_PAYMENTS).count(),
    )


def _returns(run: Reconciliation) -> Check:
    """While a dispute is open its money may be on either side: it is left out."""
    is_open = Q(kind=LedgerEntry.Kind.DISPUTE, donation__state=Donation.State.DISPUTED)
    kept = _donations(run.account).aggregate(
        cents=_sum(F("amount_cents") - F("refunded_cents") - F("charged_back_cents"))
    )
    moved = _entries(run.account).filter(~is_open, donation__isnull=False)
    return Check(
        "I3",
        "",
        moved.aggregate(cents=_sum("gross_cents"))["cents"],
        kept["cents"],
        run.discrepancies.filter(kind__in=OF_RETURNS).count(),
    )


def _payouts(account: str) -> Check:
    itemised = Payout.objects.filter(account=account, itemised_at__isnull=False)
    items = _entries(account).filter(payout_id__in=itemised.values("payout_id"))
    parts = items.exclude(source_id=F("payout_id"))
    return Check(
        "I4",
        "",
        parts.aggregate(cents=_sum("net_cents"))["cents"],
        itemised.aggregate(cents=_sum("amount_cents"))["cents"],
        itemised.exclude(items_net_cents=F("amount_cents")).count(),
    )


def _where_it_is(account: str, balance: Balance) -> list[Check]:
    checks = []
    now, then = _net_by_currency(account), _looked_at(account, balance)
    for currency in sorted(now.keys()) or ["usd"]:
        sent = Payout.objects.filter(account=account, currency=currency)
        sent = sent.exclude(status__in=CAME_BACK)
        paid_out = sent.aggregate(cents=_sum("amount_cents"))["cents"]
        net = totals.of_account(account, currency).net_cents
        booked_since = now.get(currency, 0) - then.get(currency, 0)
        held = balance.cents.get(currency, 0) + booked_since
        checks.append(Check("I5", currency, net, paid_out + held))
    return checks


def _looked_at(account: str, balance: Balance) -> dict[str, int]:
    """What the ledger came to when the balance was asked for."""
    return _net_by_currency(account) if balance.ledger is None else balance.ledger


def _days(account: str) -> Check:
    days = ReconciledDay.objects.filter(account=account)
    sums = days.aggregate(
        ours=_sum("ledger_net_cents"), theirs=_sum("stripe_net_cents")
    )
    same = {
        f"ledger_{name}": F(f"stripe_{name}")
        for name in ("entries", "gross_cents", "fee_cents", "net_cents")
    }
    wrong = days.exclude(**same).count()
    return Check("I6", "", sums["ours"], sums["theirs"], wrong)


def _donations(account: str) -> QuerySet[Donation]:
    """Those whose money has moved at Stripe."""
    donations = Donation.objects.for_account(account)
    return donations.filter(state__in=Donation.MONEY_MOVED)


def _entries(account: str) -> LedgerEntryQuerySet:
    return LedgerEntry.objects.from_stripe().filter(account=account)


def _net_by_currency(account: str) -> dict[str, int]:
    rows = _entries(account).order_by().values_list("currency")
    return _without_zeros(dict(rows.annotate(cents=_sum("net_cents"))))


def _without_zeros(cents: dict[str, int]) -> dict[str, int]:
    return {name: amount for name, amount in cents.items() if amount}


def _sum(column: str | CombinedExpression) -> Cast:
    # PostgreSQL sums bigints to a decimal.
    return Cast(Coalesce(Sum(column), 0), BigIntegerField())
