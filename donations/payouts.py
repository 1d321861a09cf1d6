"""What Stripe sent to the charity's bank, and what each payout is made of.

A payout is fetched, then its movements are read and held against its amount: what
they do not explain is shown to the cent. Stripe cannot itemise a manual payout.
"""

from datetime import datetime

from django.conf import settings
from django.db.models import Exists, OuterRef, Q

from donations import discrepancies, ledger, stripe_gateway
from donations.models import Discrepancy, LedgerEntry, Payout
from donations.stripe_gateway import PayoutFacts

Kind = Discrepancy.Kind
KINDS = (Kind.PAYOUT_UNEXPLAINED, Kind.PAYOUT_MANUAL, Kind.PAYOUT_FAILED)
# Stripe's words for money that did not stay at the bank.
CAME_BACK = ("failed", "canceled")
# Stripe has not said its last word about these.
UNDER_WAY = ("pending", "in_transit")
ITEMISED = "completed"
MOST_A_RUN = 200


def settle(account: str, payout_id: str, *, at: datetime) -> bool:
    """Bring a payout up to date from a fresh answer; whether it is one of ours.

    What it is made of is read once Stripe has put it together, and each entry of the
    ledger learns which payout took it. Raises StripeError when Stripe could not be
    asked.
    """
    fresh = stripe_gateway.fetch_payout(payout_id, account=account)
    if fresh.livemode != settings.STRIPE_IS_LIVE:
        discrepancies.raise_exception(
            account, Kind.WRONG_MODE, payout_id, fresh.amount_cents, at=at
        )
        return False
    row = _keep(account, fresh, at)
    if fresh.is_automatic and fresh.reconciliation_status == ITEMISED:
        _itemise(row, at)
    _name_what_is_wrong(row, at)
    return True


def settle_owed(account: str, *, at: datetime) -> int:
    """Settle the payouts of the ledger that are new, unfinished or came back."""
    owed = _owed(account)
    for payout_id in owed:
        settle(account, payout_id, at=at)
    return len(owed)


def _owed(account: str) -> list[str]:
    known = Payout.objects.filter(account=account)
    moved = LedgerEntry.objects.from_stripe().filter(
        account=account, kind=LedgerEntry.Kind.PAYOUT, source_id__startswith="po_"
    )
    newly = moved.exclude(source_id__in=known.values("payout_id"))
    # A word of the bank that came after the last look.
    same = known.filter(
        payout_id=OuterRef("source_id"), checked_at__lt=OuterRef("recorded_at")
    )
    later = moved.filter(Exists(same))
    open_ends = known.filter(
        Q(status__in=UNDER_WAY) | Q(status="paid", is_automatic=True, itemised_at=None)
    )
    ids = [
        *newly.order_by("pk").values_list("source_id", flat=True)[:MOST_A_RUN],
        *later.values_list("source_id", flat=True)[:MOST_A_RUN],
        *open_ends.values_list("payout_id", flat=True)[:MOST_A_RUN],
    ]
    return list(dict.fromkeys(ids))[:MOST_A_RUN]


def _keep(account: str, fresh: PayoutFacts, at: datetime) -> Payout:
    """The row as Stripe has it now: an older answer than the last is not applied."""
    facts = {
        "currency": fresh.currency,
        "amount_cents": fresh.amount_cents,
        "status": fresh.status[:60],
        "is_automatic": fresh.is_automatic,
        "reconciliation_status": fresh.reconciliation_status[:60],
        "failure_code": fresh.failure_code[:100],
        "arrives_at": fresh.arrives_at,
        "checked_at": at,
    }
    new = Payout(
        account=account,
        payout_id=fresh.payout_id,
        created_at=fresh.created_at,
        **facts,
    )
    Payout.objects.bulk_create([new], ignore_conflicts=True)
    rows = Payout.objects.filter(account=account, payout_id=fresh.payout_id)
    rows.filter(checked_at__lte=at).update(**facts)
    return rows.get()


def _itemise(row: Payout, at: datetime) -> None:
    """Read what the payout is made of; every entry learns that it went with it."""
    items = net = 0
    for page in stripe_gateway.payout_pages(row.payout_id, account=row.account):
        ledger.book(row.account, page.movements, at=at)
        ids = [movement.balance_transaction_id for movement in page.movements]
        ledger.tell_payout(row.account, ids, row.payout_id)
        # Its own movement is what they add up to, not one of them.
        parts = [m for m in page.movements if m.source_id != row.payout_id]
        items += len(parts)
        net += sum(movement.net_cents for movement in parts)
    row.items, row.items_net_cents, row.itemised_at = items, net, at
    row.save(update_fields=["items", "items_net_cents", "itemised_at"])


def _name_what_is_wrong(row: Payout, at: datetime) -> None:
    found = []
    if row.itemised_at is not None and row.unexplained_cents:
        found.append((Kind.PAYOUT_UNEXPLAINED, row.unexplained_cents))
    if not row.is_automatic:
        found.append((Kind.PAYOUT_MANUAL, row.amount_cents))
    if row.status in CAME_BACK:
        found.append((Kind.PAYOUT_FAILED, row.amount_cents))
    discrepancies.bring_up_to_date(row.account, row.payout_id, KINDS, found, at=at)
