"""Payouts: what leaves the balance for the bank, and what comes back from it."""

from losers_lounge.stand_in import balance, blanks, events, listing
from losers_lounge.stand_in.call import Call, now
from losers_lounge.stand_in.errors import invalid, missing
from losers_lounge.stand_in.ids import new_id
from losers_lounge.stand_in.store import Object

KIND = "payout"
# Of each movement that a payout took, which payout that was.
TAKEN = "paid_out"
ARRIVES_AFTER = 2 * 24 * 3600
BACK = {"failed": "payout_failure", "canceled": "payout_cancel"}
MANUAL = (
    "Balance transaction history can only be filtered on automatic transfers, not"
    " manual."
)


def pay_out(call: Call, currency: str = "usd") -> Object:
    """Everything in the balance goes to the bank, as Stripe does by itself."""
    taken = {row["id"] for row in call.store.rows(call.account, TAKEN)}
    rows = call.store.rows(call.account, balance.KIND)
    items = [
        row for row in rows if row["id"] not in taken and row["currency"] == currency
    ]
    payout = _begun(call, sum(row["net"] for row in items), currency, automatic=True)
    for row in [*items, {"id": payout["balance_transaction"]}]:
        note = {"id": row["id"], "payout": payout["id"]}
        call.store.put(call.account, TAKEN, note, at=0)
    return payout


def pay_out_by_hand(call: Call, amount: int, currency: str = "usd") -> Object:
    """Somebody at the charity sends an amount to its bank; it has no items."""
    payout = _begun(call, amount, currency, automatic=False)
    note = {"id": payout["balance_transaction"], "payout": payout["id"]}
    call.store.put(call.account, TAKEN, note, at=0)
    return payout


def arrive(call: Call, payout_id: str) -> Object:
    """The bank has it; of an automatic one Stripe now says what is in it."""
    payout = _change(call, fetched(call, payout_id), "payout.paid", status="paid")
    if not payout["automatic"]:
        return payout
    event = "payout.reconciliation_completed"
    return _change(call, payout, event, reconciliation_status="completed")


def come_back(call: Call, payout_id: str, status: str = "failed") -> Object:
    """The bank refuses it, or it is called off: the money is in the balance again.

    It may have been called paid before. What comes back is an item of the next one.
    """
    payout = fetched(call, payout_id)
    kind = BACK[status]
    entry = balance.book(call, payout, payout["amount"], kind, "payout_reversal")
    changes = {"status": status, "failure_balance_transaction": entry["id"]}
    if status == "failed":
        changes |= {
            "failure_code": "account_closed",
            "failure_message": "The bank account has been closed",
        }
    return _change(call, payout, f"payout.{status}", **changes)


def retrieve(call: Call) -> Object:
    """One payout."""
    return fetched(call, call.object_id)


def fetched(call: Call, payout_id: str) -> Object:
    """The payout of that id in this account."""
    payout = call.store.get(call.account, KIND, payout_id)
    if payout is None:
        raise missing(KIND, payout_id, "id")
    return payout


def listed(call: Call) -> Object:
    """Payouts by time, status and destination."""
    return listing.matching(call, KIND, "destination", "status")


def listed_movements(call: Call) -> Object:
    """Balance transactions by time, type, source, currency and payout."""
    if "payout" not in call.params:
        return balance.listed(call)
    payout_id = call.params["payout"]
    payout = call.store.get(call.account, KIND, payout_id)
    if payout is None:
        raise missing(KIND, payout_id, "payout", status=400)
    if not payout["automatic"]:
        raise invalid(MANUAL, "payout")
    rows = call.store.rows(call.account, TAKEN)
    items = {row["id"] for row in rows if row["payout"] == payout_id}
    return listing.page(call, balance.KIND, wanted=lambda row: row["id"] in items)


def _begun(call: Call, amount: int, currency: str, *, automatic: bool) -> Object:
    payout: Object = {
        **blanks.PAYOUT,
        "id": new_id("po"),
        "object": KIND,
        "amount": amount,
        "arrival_date": now() + ARRIVES_AFTER,
        "automatic": automatic,
        "created": now(),
        "currency": currency,
        "description": "STRIPE PAYOUT" if automatic else None,
        "reconciliation_status": "in_progress" if automatic else "not_applicable",
    }
    entry = balance.book(call, payout, -amount, "payout", "payout")
    payout["balance_transaction"] = entry["id"]
    call.store.save(call.account, payout)
    events.record(call, "payout.created", payout)
    return payout


def _change(call: Call, payout: Object, event: str, **changes: str) -> Object:
    before = {name: payout[name] for name in changes}
    changed = payout | changes
    call.store.save(call.account, changed)
    events.record(call, event, changed, before)
    return changed
