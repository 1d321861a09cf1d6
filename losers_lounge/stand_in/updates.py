"""What may still be changed of a payment: what its merchant notes on it."""

from losers_lounge.stand_in import payments
from losers_lounge.stand_in.call import Call
from losers_lounge.stand_in.errors import not_offered
from losers_lounge.stand_in.store import Object

OFFERED = {"description", "expand", "metadata"}


def update_intent(call: Call) -> Object:
    """Change a payment intent's notes; its charge keeps those that it was made with."""
    for name in sorted(call.params.keys() - OFFERED):
        raise not_offered(f"the parameter {name}", name)
    intent = payments.fetched(call, call.object_id)
    metadata = intent["metadata"] | call.params.get("metadata", {})
    changed = intent | {"metadata": metadata}
    if "description" in call.params:
        changed["description"] = call.params["description"]
    call.store.save(call.account, changed)
    return changed
