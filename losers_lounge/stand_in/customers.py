"""Customers: whom a saved card belongs to."""

from losers_lounge.stand_in import blanks, events, listing
from losers_lounge.stand_in.call import Call, now
from losers_lounge.stand_in.errors import missing, not_offered
from losers_lounge.stand_in.ids import new_id, token
from losers_lounge.stand_in.store import Object

KIND = "customer"
OFFERED = {"description", "email", "expand", "metadata", "name"}


def create(call: Call) -> Object:
    """Somebody for whom a card may be kept."""
    for name in sorted(call.params.keys() - OFFERED):
        raise not_offered(f"the parameter {name}", name)
    params = call.params
    customer: Object = {
        **blanks.CUSTOMER,
        "id": new_id("cus", 14),
        "object": KIND,
        "created": now(),
        "description": params.get("description"),
        "email": params.get("email"),
        "invoice_prefix": token(8).upper(),
        "metadata": params.get("metadata", {}),
        "name": params.get("name"),
    }
    call.store.save(call.account, customer)
    events.record(call, "customer.created", customer)
    return customer


def fetched(call: Call, customer_id: str, *, status: int = 404) -> Object:
    """The customer of that id in this account."""
    customer = call.store.get(call.account, KIND, customer_id)
    if customer is None:
        raise missing(KIND, customer_id, "customer", status=status)
    return customer


def retrieve(call: Call) -> Object:
    """One customer."""
    return fetched(call, call.object_id)


def listed(call: Call) -> Object:
    """Customers by time and address."""
    return listing.matching(call, KIND, "email")
