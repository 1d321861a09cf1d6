"""Disputes: a donor's bank asks, takes the money, and decides."""

from typing import Any

from losers_lounge.stand_in import balance, blanks, events, listing, payments
from losers_lounge.stand_in.call import Call, now
from losers_lounge.stand_in.errors import invalid, missing, not_offered
from losers_lounge.stand_in.ids import new_id
from losers_lounge.stand_in.store import Object

KIND = "dispute"
FEE_CENTS = 1_500
ANSWER_WITHIN = 9 * 24 * 3600
GIVEN_BACK = ("won", "warning_closed", "prevented")
OVER = (*GIVEN_BACK, "lost")
OFFERED = {"evidence", "expand", "metadata", "submit"}
# Fields of evidence that hold the id of an uploaded file: there are no files here.
FILES = frozenset(
    {
        "cancellation_policy",
        "customer_communication",
        "customer_signature",
        "duplicate_charge_documentation",
        "receipt",
        "refund_policy",
        "service_documentation",
        "shipping_documentation",
        "uncategorized_file",
    }
)
LONGEST_FIELD, LONGEST_EVIDENCE = 20_000, 150_000


def open_one(
    call: Call,
    intent_id: str,
    amount: int | None = None,
    reason: str = "fraudulent",
    *,
    is_inquiry: bool = False,
) -> Object:
    """The bank disputes a payment, in part or whole; an inquiry takes no money yet."""
    intent = payments.fetched(call, intent_id)
    charge = call.store.get(call.account, "charge", intent["latest_charge"])
    if charge is None:
        raise LookupError(intent_id)
    amount = charge["amount"] if amount is None else amount
    _check_amount(call, charge, amount)
    dispute = _new(call, charge, amount, reason)
    dispute["status"] = "warning_needs_response" if is_inquiry else "needs_response"
    dispute["is_charge_refundable"] = is_inquiry
    call.store.save(call.account, charge | {"disputed": True})
    call.store.save(call.account, dispute)
    events.record(call, "charge.dispute.created", dispute)
    if not is_inquiry:
        dispute = _withdraw(call, dispute)
    return dispute


def move(call: Call, dispute_id: str, status: str) -> Object:
    """The bank's next word: won gives the money back, lost and the like keep it.

    An inquiry becomes a dispute by `needs_response`.
    """
    dispute = fetched(call, dispute_id)
    before = {"status": dispute["status"]}
    was_inquiry = dispute["status"].startswith("warning_")
    dispute |= {"status": status, "is_charge_refundable": status.startswith("warning_")}
    call.store.save(call.account, dispute)
    if was_inquiry and status == "needs_response":
        dispute = _withdraw(call, dispute)
    if status == "won" and len(dispute["balance_transactions"]) == 1:
        dispute = _book(call, dispute, dispute["amount"], 0, "dispute_reversal")
        events.record(call, "charge.dispute.funds_reinstated", dispute)
    kind = "closed" if status in OVER else "updated"
    events.record(call, f"charge.dispute.{kind}", dispute, before)
    return dispute


def update(call: Call) -> Object:
    """Take evidence in, and pass it to the bank unless it is only staged."""
    for name in sorted(call.params.keys() - OFFERED):
        raise not_offered(f"the parameter {name}", name)
    dispute = fetched(call, call.object_id)
    if dispute["status"] in OVER:
        raise invalid("This dispute is already closed", code="dispute_closed")
    told = call.params.get("evidence") or {}
    _check(told)
    details = dispute["evidence_details"] | {"has_evidence": True}
    changed = {"evidence": dispute["evidence"] | told, "evidence_details": details}
    if call.params.get("submit", True):
        if details["submission_count"]:
            raise invalid("Evidence was already submitted for this dispute")
        details["submission_count"] += 1
        details["submission_method"] = "manual"
        changed["status"] = dispute["status"].replace("needs_response", "under_review")
    changed["metadata"] = dispute["metadata"] | (call.params.get("metadata") or {})
    before = {name: dispute[name] for name in changed}
    dispute |= changed
    call.store.save(call.account, dispute)
    events.record(call, "charge.dispute.updated", dispute, before)
    return dispute


def close(call: Call) -> Object:
    """Give in: the bank keeps the money."""
    if fetched(call, call.object_id)["status"] in OVER:
        raise invalid("This dispute is already closed", code="dispute_closed")
    return move(call, call.object_id, "lost")


def retrieve(call: Call) -> Object:
    """One dispute."""
    return fetched(call, call.object_id)


def listed(call: Call) -> Object:
    """Disputes by time, charge and payment intent."""
    return listing.matching(call, KIND, "charge", "payment_intent")


def fetched(call: Call, dispute_id: str) -> Object:
    """The dispute of that id in this account."""
    dispute = call.store.get(call.account, KIND, dispute_id)
    if dispute is None:
        raise missing(KIND, dispute_id, "dispute")
    return dispute


def _check_amount(call: Call, charge: Object, amount: int) -> None:
    """No bank asks twice for the same money, unless it gave it back meanwhile."""
    rows = call.store.rows(call.account, KIND)
    asked = sum(
        row["amount"]
        for row in rows
        if row["charge"] == charge["id"] and row["status"] not in GIVEN_BACK
    )
    if asked + amount > charge["amount"]:
        raise invalid(f"Charge {charge['id']} is disputed already.")


def _new(call: Call, charge: Object, amount: int, reason: str) -> Object:
    return {
        "id": new_id("du"),
        "object": KIND,
        **blanks.DISPUTE,
        "amount": amount,
        "balance_transactions": [],
        "charge": charge["id"],
        "created": now(),
        "currency": charge["currency"],
        "evidence_details": blanks.DISPUTE["evidence_details"]
        | {"due_by": now() + ANSWER_WITHIN},
        "payment_intent": charge["payment_intent"],
        "reason": reason,
    }


def _withdraw(call: Call, dispute: Object) -> Object:
    dispute = _book(call, dispute, -dispute["amount"], FEE_CENTS, "dispute")
    events.record(call, "charge.dispute.funds_withdrawn", dispute)
    return dispute


def _book(call: Call, dispute: Object, amount: int, fee: int, category: str) -> Object:
    entry = balance.book_dispute(call, dispute, amount, fee, category)
    dispute |= {"balance_transactions": [*dispute["balance_transactions"], entry]}
    call.store.save(call.account, dispute)
    return dispute


def _check(evidence: dict[str, Any]) -> None:
    for name, value in evidence.items():
        if name in FILES:
            raise not_offered("uploaded files", f"evidence[{name}]")
        if isinstance(value, str) and len(value) > LONGEST_FIELD:
            message = f"At most {LONGEST_FIELD} characters are taken"
            raise invalid(message, f"evidence[{name}]")
    if sum(len(str(value)) for value in evidence.values()) > LONGEST_EVIDENCE:
        raise invalid("The evidence is too long", "evidence")
