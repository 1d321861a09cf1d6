"""Balance transactions: each movement of money, and the balance they sum to."""

from collections import Counter
from typing import Any

from losers_lounge.stand_in import listing
from losers_lounge.stand_in.call import Call, now
from losers_lounge.stand_in.errors import missing
from losers_lounge.stand_in.ids import new_id
from losers_lounge.stand_in.money import processing_fee
from losers_lounge.stand_in.store import Object

SETTLES_AFTER = 2 * 24 * 3600
KIND = "balance_transaction"


def book_charge(call: Call, charge: Object) -> Object:
    """The money of a charge comes in, less Stripe's fee."""
    fee = processing_fee(charge["amount"])
    return _book(call, charge, charge["amount"], fee, now() + SETTLES_AFTER)


def book_bank_debit(call: Call, charge: Object) -> Object:
    """The money of a bank debit comes in: Stripe's books call that a payment."""
    fee = processing_fee(charge["amount"])
    settles = now() + SETTLES_AFTER
    return _book(call, charge, charge["amount"], fee, settles, type="payment")


def book_refund(call: Call, refund: Object, charge: Object) -> Object:
    """The money of a refund goes out; the fee of the charge stays with Stripe."""
    income = call.store.get(call.account, KIND, charge["balance_transaction"])
    settles = max(now(), income["available_on"]) if income else now()
    return _book(call, refund, -refund["amount"], 0, settles)


def book_refund_failure(call: Call, refund: Object) -> Object:
    """The money of a refund that did not arrive comes back."""
    return book(call, refund, refund["amount"], "refund_failure", "refund_failure")


def book_dispute(
    call: Call, dispute: Object, amount: int, fee: int, category: str
) -> Object:
    """A bank takes disputed money, or gives it back; the fee is not given back."""
    details = [
        row | {"description": "Dispute fee"}
        for row in _fee_details(fee, dispute["currency"])
    ]
    return _book(
        call,
        dispute,
        amount,
        fee,
        now(),
        type="adjustment",
        reporting_category=category,
        fee_details=details,
    )


def book(call: Call, source: Object, amount: int, type_: str, category: str) -> Object:
    """A movement that is settled at once and costs nothing: a payout, a fee."""
    kinds = {"type": type_, "reporting_category": category}
    return _book(call, source, amount, 0, now(), **kinds)


def _book(
    call: Call, source: Object, amount: int, fee: int, settles: int, **kinds: Any
) -> Object:
    entry: Object = {
        "id": new_id("txn"),
        "object": KIND,
        "amount": amount,
        "available_on": settles,
        "balance_type": "payments",
        "created": now(),
        "currency": source["currency"],
        "description": source.get("description"),
        "exchange_rate": None,
        "fee": fee,
        "fee_details": _fee_details(fee, source["currency"]),
        "net": amount - fee,
        "reporting_category": source.get("object"),
        "source": source["id"],
        "status": "pending",
        "type": source.get("object"),
    } | kinds
    call.store.save(call.account, entry)
    return entry


def _fee_details(fee: int, currency: str) -> list[Object]:
    if fee == 0:
        return []
    return [
        {
            "amount": fee,
            "application": None,
            "currency": currency,
            "description": "Stripe processing fees",
            "type": "stripe_fee",
        }
    ]


def as_of_now(entry: Object) -> Object:
    """A stored entry, with the status that it has by now."""
    settled = entry["available_on"] <= now()
    return entry | {"status": "available" if settled else "pending"}


def retrieve(call: Call) -> Object:
    """One balance transaction."""
    entry = call.store.get(call.account, KIND, call.object_id)
    if entry is None:
        raise missing(KIND, call.object_id, "id")
    return entry


def listed(call: Call) -> Object:
    """Balance transactions by time, type, source and currency."""
    return listing.matching(call, KIND, "currency", "source", "type")


def balance(call: Call) -> Object:
    """What the account holds, settled and not yet settled."""
    sums: dict[str, Counter[str]] = {"available": Counter(), "pending": Counter()}
    for currency, settles, net in call.store.fields(
        call.account, KIND, "currency", "available_on", "net"
    ):
        sums["available" if settles <= now() else "pending"][currency] += net
    currencies = sorted(sums["available"].keys() | sums["pending"].keys()) or ["usd"]
    return {
        "object": "balance",
        "available": [_sum(sums["available"][name], name) for name in currencies],
        "livemode": False,
        "pending": [_sum(sums["pending"][name], name) for name in currencies],
    }


def _sum(amount: int, currency: str) -> Object:
    return {
        "amount": amount,
        "currency": currency,
        "source_types": {"card": amount},
    }
