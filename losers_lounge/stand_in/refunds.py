"""Refunds: whole or in part, by payment intent or by charge."""

from losers_lounge.stand_in import balance, blanks, events, listing, payments
from losers_lounge.stand_in.call import Call, now
from losers_lounge.stand_in.errors import invalid, missing, not_offered
from losers_lounge.stand_in.ids import new_id
from losers_lounge.stand_in.money import written
from losers_lounge.stand_in.store import Object

KIND = "refund"
# How the refunds of a payment go: "prompt", "pending" or "waiting" for money.
FATE, PROMPT = "refund_fate", "prompt"
OFFERED = {"amount", "charge", "expand", "metadata", "payment_intent", "reason"}


def create(call: Call) -> Object:
    """Give money back; Stripe keeps the fee of the charge."""
    for name in sorted(call.params.keys() - OFFERED):
        raise not_offered(f"the parameter {name}", name)
    charge = _charge_to_refund(call)
    amount = _amount(call.params.get("amount"), charge)
    refund = _refund(call, charge, amount)
    fate = call.store.get(call.account, FATE, charge["payment_intent"]) or {}
    if fate.get("fate", PROMPT) != PROMPT:
        refund["status"] = "pending"
    if fate.get("fate") != "waiting":
        entry = balance.book_refund(call, refund, charge)
        refund |= {"balance_transaction": entry["id"]}
    call.store.save(call.account, refund)
    _change_charge(call, charge, amount)
    events.record(call, "refund.created", refund)
    if refund["status"] == "succeeded":
        _report_reference(call, refund)
    return refund


def hold(call: Call, intent_id: str, fate: str) -> None:
    """From now on, refunds of this payment do not arrive by themselves."""
    call.store.put(call.account, FATE, {"id": intent_id, "fate": fate}, at=now())


def end(call: Call, refund_id: str, status: str) -> Object:
    """A refund arrives, or comes back: then the money is in the balance again."""
    refund = call.store.get(call.account, KIND, refund_id)
    if refund is None:
        raise missing(KIND, refund_id, "id")
    if refund["status"] in ("failed", "canceled"):
        # Its money is back: it cannot come back a second time.
        raise invalid(f"Refund {refund_id} is {refund['status']} already.")
    before = {"status": refund["status"]}
    charge = call.store.get(call.account, "charge", refund["charge"]) or {}
    refund |= {"status": status}
    is_moved = refund.get("balance_transaction") is not None
    if status == "succeeded" and not is_moved:
        entry = balance.book_refund(call, refund, charge)
        refund |= {"balance_transaction": entry["id"]}
    if status in ("failed", "canceled"):
        if is_moved:
            entry = balance.book_refund_failure(call, refund)
            refund |= {"failure_balance_transaction": entry["id"]}
        if status == "failed":
            refund |= {"failure_reason": "lost_or_stolen_card"}
        _change_charge(call, charge, -refund["amount"])
    call.store.save(call.account, refund)
    events.record(call, "refund.updated", refund, before)
    if status == "failed":
        events.record(call, "refund.failed", refund)
    return refund


def _change_charge(call: Call, charge: Object, amount: int) -> None:
    refunded = charge["amount_refunded"] + amount
    changed = charge | {
        "amount_refunded": refunded,
        "refunded": refunded == charge["amount"],
    }
    before = {name: charge[name] for name in charge if charge[name] != changed[name]}
    call.store.save(call.account, changed)
    kind = "charge.refunded" if amount > 0 else "charge.updated"
    events.record(call, kind, changed, before)


def _charge_to_refund(call: Call) -> Object:
    params = call.params
    if "payment_intent" not in params and "charge" not in params:
        raise invalid(
            "One of the following params should be provided for this request:"
            " payment_intent or charge.",
            "payment_intent",
            "parameter_missing",
        )
    if "charge" in params:
        return _succeeded_charge(call, params["charge"])
    intent_id = params["payment_intent"]
    intent = call.store.get(call.account, payments.KIND, intent_id)
    if intent is None:
        raise missing(payments.KIND, intent_id, "payment_intent")
    if intent["status"] != "succeeded":
        raise invalid(
            f"This PaymentIntent ({intent_id}) does not have a successful charge to"
            " refund.",
            "payment_intent",
            "payment_intent_unexpected_state",
        )
    return _succeeded_charge(call, intent["latest_charge"])


def _succeeded_charge(call: Call, charge_id: str) -> Object:
    charge = call.store.get(call.account, "charge", charge_id)
    if charge is None:
        raise missing("charge", charge_id, "charge")
    if charge["status"] != "succeeded":
        message = f"Charge {charge_id} was not successful and cannot be refunded."
        raise invalid(message, "charge", "charge_not_refundable")
    if charge["disputed"] and not _may_be_refunded(call, charge):
        message = f"Charge {charge_id} has been charged back."
        raise invalid(message, code="charge_disputed")
    if charge["refunded"]:
        message = f"Charge {charge_id} has already been refunded."
        raise invalid(message, code="charge_already_refunded")
    return charge


def _may_be_refunded(call: Call, charge: Object) -> bool:
    """While its bank only asks, or when it has decided for the merchant."""
    rows = call.store.rows(call.account, "dispute")
    return all(
        row["is_charge_refundable"] or row["status"] == "won"
        for row in rows
        if row["charge"] == charge["id"]
    )


def _amount(asked: int | None, charge: Object) -> int:
    left = charge["amount"] - charge["amount_refunded"]
    if asked is None:
        return left
    if asked < 1:
        message = "Invalid positive integer"
        raise invalid(message, "amount", "parameter_invalid_integer")
    if asked > left:
        currency = charge["currency"]
        raise invalid(
            f"Refund amount ({written(asked, currency)}) is greater than unrefunded"
            f" amount on charge ({written(left, currency)})",
            "amount",
        )
    return asked


def _refund(call: Call, charge: Object, amount: int) -> Object:
    return {
        "id": new_id("re"),
        "object": KIND,
        **blanks.REFUND,
        "amount": amount,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": now(),
        "currency": charge["currency"],
        "metadata": call.params.get("metadata") or {},
        "payment_intent": charge["payment_intent"],
        "payment_method": charge["payment_method"],
        "reason": call.params.get("reason"),
    }


def _report_reference(call: Call, refund: Object) -> None:
    """The bank names its reference, and the refund is reported as updated."""
    card = refund["destination_details"]["card"]
    known = card | {"reference": str(now()), "reference_status": "available"}
    details = refund["destination_details"] | {"card": known}
    updated = refund | {"destination_details": details}
    call.store.save(call.account, updated)
    before = {"destination_details": {"card": {"reference_status": "pending"}}}
    events.record(call, "refund.updated", updated, before)


def retrieve(call: Call) -> Object:
    """One refund."""
    refund = call.store.get(call.account, KIND, call.object_id)
    if refund is None:
        raise missing(KIND, call.object_id, "id")
    return refund


def listed(call: Call) -> Object:
    """Refunds by time, charge and payment intent."""
    return listing.matching(call, KIND, "charge", "payment_intent")
