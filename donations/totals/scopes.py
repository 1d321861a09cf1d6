"""The event's figures by scope: winners' entry, free gifts, and both."""

from dataclasses import dataclass, fields
from datetime import datetime

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)

from donations.models import LedgerEntry, Payout
from donations.totals.event import BY_HAND, OF_STRIPE, Sums, Totals, counted, sums
from donations.totals.event import total as total_of
from donations.totals.shares import covered, entry_fee, entry_gross, with_grounds
from events.models import Event

Kind = LedgerEntry.Kind
# Stripe's words for a payout whose money is with Stripe again.
NOT_IN_THE_BANK = ("failed", "canceled")


@dataclass(frozen=True)
class Scoped:
    """One event's figures from one query, so that they belong together."""

    whole: Totals
    admission: Sums
    gift: Sums
    covered_fees_cents: int
    manual_admission_cents: int
    paid_out_cents: int

    @property
    def at_stripe_cents(self) -> int:
        """Of the net, what no payout has taken to the bank yet."""
        return self.whole.net_cents - self.paid_out_cents


def by_scope(event: Event, at: datetime) -> Scoped:
    """The totals as they stand at this moment, and how they come about by scope."""
    whole = sums("whole_", "gross_cents", "fee_cents")
    entry = sums("entry_", entry_gross(), entry_fee())
    found = with_payouts(with_grounds(counted(event))).aggregate(
        **whole,
        **entry,
        covered=total_of(covered(), OF_STRIPE),
        manual=total_of("gross_cents", BY_HAND),
        manual_entry=total_of(entry_gross(), BY_HAND),
        paid_out=total_of("net_cents", OF_STRIPE & ~Q(in_payout="")),
        gifts=Count("pk", filter=OF_STRIPE & Q(kind=Kind.CHARGE)),
        entries=Count("pk", filter=OF_STRIPE),
    )
    all_of_it, admission = _taken(found, "whole_"), _taken(found, "entry_")
    return Scoped(
        whole=Totals(
            **all_of_it,
            event=event,
            as_of=at,
            manual_cents=found["manual"],
            gifts=found["gifts"],
            entries=found["entries"],
        ),
        admission=Sums(**admission),
        gift=Sums(**{name: all_of_it[name] - admission[name] for name in all_of_it}),
        covered_fees_cents=found["covered"],
        manual_admission_cents=found["manual_entry"],
        paid_out_cents=found["paid_out"],
    )


def with_payouts(entries: QuerySet[LedgerEntry]) -> QuerySet[LedgerEntry]:
    """Entries with `in_payout`: the payout that took them to the bank, or ""."""
    returned = Payout.objects.filter(
        account=OuterRef("account"),
        payout_id=OuterRef("payout_id"),
        status__in=NOT_IN_THE_BANK,
    )
    return entries.annotate(
        in_payout=Case(
            When(~Q(payout_id="") & ~Exists(returned), then="payout_id"),
            default=Value(""),
            output_field=CharField(),
        )
    )


def _taken(found: dict[str, int], prefix: str) -> dict[str, int]:
    return {field.name: found[prefix + field.name] for field in fields(Sums)}
