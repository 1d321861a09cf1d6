"""Events: written with the change they report, listed for thirty days."""

from typing import Any

import stripe

from losers_lounge.stand_in import listing
from losers_lounge.stand_in.call import Call, now
from losers_lounge.stand_in.errors import invalid, missing
from losers_lounge.stand_in.ids import new_id
from losers_lounge.stand_in.store import Object, Store

DELIVERY = "delivery"
KEPT_SECONDS = 30 * 24 * 3600
MOST_TYPES = 20


def record(
    call: Call, event_type: str, subject: Object, before: Object | None = None
) -> None:
    """Write an event, and the delivery that is owed for it, beside the change."""
    at = now()
    data: Object = {"object": subject}
    if before is not None:
        data["previous_attributes"] = before
    event: Object = {
        "id": new_id("evt"),
        "object": "event",
        "api_version": stripe.api_version,
        "created": at,
        "data": data,
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": call.request_id, "idempotency_key": call.idempotency_key},
        "type": event_type,
    }
    if call.account:
        event["account"] = call.account
    call.store.save(call.account, event)
    owed = {"id": event["id"], "account": call.account}
    call.store.put("", DELIVERY, owed, at=0)


def settle_delivery(store: Store, owed: Object, *, taken: bool) -> None:
    """Owe the delivery no longer, and note on the event whether it was taken."""
    store.drop("", DELIVERY, owed["id"])
    event = store.get(owed["account"], "event", owed["id"])
    if taken and event is not None:
        store.save(owed["account"], event | {"pending_webhooks": 0})


def retrieve(call: Call) -> Object:
    """One event, while Stripe would still know it."""
    event = call.store.get(call.account, "event", call.object_id)
    if event is None or event["created"] < now() - KEPT_SECONDS:
        raise missing("event", call.object_id, "id")
    return event


def listed(call: Call) -> Object:
    """Events by time, type and fate, newest first."""
    params = call.params
    if "type" in params and "types" in params:
        raise invalid("You may pass either `type` or `types`, but not both.", "types")
    if len(params.get("types", [])) > MOST_TYPES:
        raise invalid(f"At most {MOST_TYPES} types can be given.", "types")
    return listing.page(
        call, "event", wanted=lambda event: _wanted(event, params), since=_oldest()
    )


def _oldest() -> int:
    return now() - KEPT_SECONDS


def _wanted(event: Object, params: dict[str, Any]) -> bool:
    taken = event["pending_webhooks"] == 0
    if "delivery_success" in params and params["delivery_success"] != taken:
        return False
    if "types" in params:
        return event["type"] in params["types"]
    pattern = params.get("type", "*")
    if pattern.endswith("*"):
        return event["type"].startswith(pattern[:-1])
    return event["type"] == pattern
