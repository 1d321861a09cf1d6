"""Checkout Sessions in setup mode: a card is kept, and no money moves."""

from typing import Any

from losers_lounge.stand_in import blanks, customers, saved_cards, sessions
from losers_lounge.stand_in.call import Call, now
from losers_lounge.stand_in.errors import invalid, not_offered
from losers_lounge.stand_in.ids import new_id
from losers_lounge.stand_in.store import Object

OFFERED = {
    "cancel_url",
    "client_reference_id",
    "currency",
    "customer",
    "expand",
    "expires_at",
    "metadata",
    "mode",
    "setup_intent_data",
    "success_url",
    "ui_mode",
}


def create(call: Call) -> Object:
    """Open a session in the mode that is asked for."""
    if call.params.get("mode") != "setup":
        return sessions.create(call)
    params = call.params
    _refuse_what_is_not_offered(params)
    customers.fetched(call, params["customer"], status=400)
    data = params.get("setup_intent_data", {})
    setup = saved_cards.new_setup(call, params["customer"], data.get("metadata", {}))
    session = _session(call, setup)
    call.store.save(call.account, session)
    opened = {"id": session["id"]}
    call.store.put(call.account, sessions.OPEN, opened, session["expires_at"])
    return session


def finish(call: Call, session_id: str, choice: str) -> Object:
    """The donor saves a card. Doing so again changes nothing."""
    session = sessions.fetched(call, session_id)
    if session["status"] != "open":
        return session
    if choice == "refuse":
        saved_cards.refuse(call, session)
        return session
    saved_cards.keep(call, session, choice)
    return sessions.close(call, session, "complete")


def _refuse_what_is_not_offered(params: dict[str, Any]) -> None:
    for name in ("line_items", "submit_type", "payment_intent_data"):
        if name in params:
            raise invalid(f"You can not pass `{name}` in `setup` mode.", name)
    for name in sorted(params.keys() - OFFERED):
        raise not_offered(f"the parameter {name}", name)
    for name in ("currency", "customer", "success_url"):
        if name not in params:
            message = f"Missing required param: {name}."
            raise invalid(message, name, "parameter_missing")
    for name in ("success_url", "cancel_url"):
        if name in params and not params[name].startswith(("http://", "https://")):
            raise invalid("Not a valid URL", name, "url_invalid")


def _session(call: Call, setup: Object) -> Object:
    params = call.params
    session_id, created = new_id("cs_test", 58), now()
    customer = customers.fetched(call, params["customer"])
    return {
        "id": session_id,
        "object": sessions.KIND,
        **{n: params.get(n, usual) for n, usual in sessions.ECHOED.items()},
        **blanks.SESSION,
        "adaptive_pricing": None,
        "amount_subtotal": None,
        "amount_total": None,
        "created": created,
        "currency": params["currency"].lower(),
        "customer": customer["id"],
        "customer_creation": None,
        "customer_details": sessions.customer_details(customer["email"]),
        "expires_at": sessions.expiry(params.get("expires_at"), created),
        "mode": "setup",
        "payment_method_types": ["card"],
        "payment_status": "no_payment_required",
        "phone_number_collection": {"enabled": False},
        "setup_intent": setup["id"],
        "status": "open",
        "total_details": None,
        "url": f"{call.page_base}/c/setup/{session_id}",
    }
