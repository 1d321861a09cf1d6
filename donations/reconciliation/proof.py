"""Prove one event's total: every entry it counts, held beside Stripe's own books."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Min, QuerySet

from donations import ledger, stripe_gateway, totals
from donations.models import LedgerEntry
from donations.totals import Totals
from events.models import Event

Kind = LedgerEntry.Kind
Line = tuple[str, int, int, int]  # kind, gross, fee, net
Lines = dict[tuple[str, str], Line]  # by account and balance transaction


@dataclass(frozen=True)
class Proof:
    """The total as every page shows it, and the same movements as Stripe has them."""

    shown: Totals
    stripe_raised_cents: int
    stripe_net_cents: int
    # Balance transactions that Stripe has otherwise, or not at all.
    differing: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Not a cent apart, in any movement nor in the sums."""
        shown = (self.shown.raised_cents, self.shown.net_cents)
        stripe = (self.stripe_raised_cents, self.stripe_net_cents)
        return not self.differing and shown == stripe


def prove(event: Event, *, at: datetime) -> Proof:
    """Add the event's total up again from what Stripe says now; writes nothing.

    What the ledger lacks is for `reconcile` to find. Raises StripeError when Stripe
    could not be asked to the end: then nothing is proven.
    """
    shown = totals.for_event(event, at)
    entries = totals.counted(event).from_stripe()
    ours = {
        (row.account, row.balance_transaction_id): (
            row.kind,
            row.gross_cents,
            row.fee_cents,
            row.net_cents,
        )
        for row in entries
    }
    theirs = _at_stripe(entries, ours)
    return Proof(
        shown=shown,
        stripe_raised_cents=sum(
            gross for kind, gross, _fee, _net in theirs.values() if kind == Kind.CHARGE
        ),
        stripe_net_cents=sum(net for _kind, _gross, _fee, net in theirs.values()),
        differing=tuple(key[1] for key in ours if theirs.get(key) != ours[key]),
    )


def _at_stripe(entries: QuerySet[LedgerEntry], ours: Lines) -> Lines:
    """The same movements, read page by page from the oldest one on."""
    oldest = entries.order_by("account").values_list("account")
    theirs: Lines = {}
    for account, since in oldest.annotate(since=Min("occurred_at")):
        for movement in stripe_gateway.movements(since, account=account):
            key = (account, movement.balance_transaction_id)
            if key in ours:
                theirs[key] = (
                    ledger.kind_of(movement),
                    movement.gross_cents,
                    movement.fee_cents,
                    movement.net_cents,
                )
    return theirs
