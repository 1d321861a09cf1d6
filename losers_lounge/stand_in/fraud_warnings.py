"""Early fraud warnings: a card's bank suspects fraud, before any dispute."""

from losers_lounge.stand_in import events, listing, payments
from losers_lounge.stand_in.call import Call, now
from losers_lounge.stand_in.errors import missing
from losers_lounge.stand_in.ids import new_id
from losers_lounge.stand_in.store import Object

KIND = "radar.early_fraud_warning"


def warn(call: Call, intent_id: str, fraud_type: str = "misc") -> Object:
    """The bank of the card that paid this suspects fraud."""
    intent = payments.fetched(call, intent_id)
    warning: Object = {
        "id": new_id("issfr"),
        "object": KIND,
        "actionable": True,
        "charge": intent["latest_charge"],
        "created": now(),
        "fraud_type": fraud_type,
        "livemode": False,
        "payment_intent": intent["id"],
    }
    call.store.save(call.account, warning)
    events.record(call, "radar.early_fraud_warning.created", warning)
    return warning


def retrieve(call: Call) -> Object:
    """One warning; it asks for something until the money is back or disputed."""
    warning = call.store.get(call.account, KIND, call.object_id)
    if warning is None:
        raise missing(KIND, call.object_id, "early_fraud_warning")
    return _as_of_now(call, warning)


def listed(call: Call) -> Object:
    """Warnings by time, charge and payment intent."""
    answer = listing.matching(call, KIND, "charge", "payment_intent")
    return answer | {"data": [_as_of_now(call, row) for row in answer["data"]]}


def _as_of_now(call: Call, warning: Object) -> Object:
    charge = call.store.get(call.account, "charge", warning["charge"]) or {}
    is_over = charge.get("refunded") or charge.get("disputed")
    return warning | {"actionable": not is_over}
