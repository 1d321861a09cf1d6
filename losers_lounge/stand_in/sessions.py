"""Checkout Sessions in payment mode: open, look up, expire."""

from typing import Any

from losers_lounge.stand_in import blanks, events, listing
from losers_lounge.stand_in.call import Call, now
from losers_lounge.stand_in.errors import ApiError, invalid, missing, not_offered
from losers_lounge.stand_in.ids import new_id
from losers_lounge.stand_in.line_items import ORDER, priced
from losers_lounge.stand_in.money import LARGEST_CHARGE, SMALLEST_CHARGE, written
from losers_lounge.stand_in.store import Object, Store

KIND = "checkout.session"
OPEN = "open_checkout"
SHORTEST = 30 * 60
LONGEST = 24 * 3600

# Parameters that shape nothing here but come back in the answer as they came.
ECHOED = {
    "allow_promotion_codes": None,
    "billing_address_collection": None,
    "cancel_url": None,
    "client_reference_id": None,
    "customer_creation": "if_required",
    "customer_email": None,
    "integration_identifier": None,
    "locale": None,
    "metadata": {},
    "origin_context": None,
    "submit_type": None,
    "success_url": None,
}
OFFERED = ECHOED.keys() | {
    "adaptive_pricing",
    "automatic_tax",
    "currency",
    "customer",
    "expand",
    "expires_at",
    "line_items",
    "mode",
    "payment_intent_data",
    "phone_number_collection",
    "ui_mode",
}
FILTERS = (
    "customer",
    "customer_account",
    "payment_intent",
    "payment_link",
    "status",
    "subscription",
)
INTENT_DATA = {
    "description": None,
    "metadata": {},
    "receipt_email": None,
    "statement_descriptor": None,
    "statement_descriptor_suffix": None,
    "transfer_group": None,
}


def create(call: Call) -> Object:
    """Open a session and the page behind its url."""
    params = call.params
    _refuse_what_is_not_offered(params)
    items = priced(params.get("line_items", []), params.get("currency"))
    total = sum(item["amount_total"] for item in items)
    currency = items[0]["currency"]
    _check_total(total, currency)
    session = _session(call, total, currency)
    call.store.save(call.account, session)
    order = {
        "id": session["id"],
        "line_items": items,
        "payment_intent_data": params.get("payment_intent_data", {}),
    }
    call.store.put(call.account, ORDER, order, session["created"])
    opened = {"id": session["id"]}
    call.store.put(call.account, OPEN, opened, session["expires_at"])
    return session


def _refuse_what_is_not_offered(params: dict[str, Any]) -> None:
    for name in sorted(params.keys() - OFFERED):
        raise not_offered(f"the parameter {name}", name)
    intent_data = params.get("payment_intent_data", {})
    for name in sorted(intent_data.keys() - INTENT_DATA.keys()):
        param = f"payment_intent_data[{name}]"
        raise not_offered(f"the parameter {param}", param)
    if "mode" not in params:
        raise invalid("Missing required param: mode.", "mode", "parameter_missing")
    if params["mode"] != "payment":
        raise not_offered(f"sessions in {params['mode']} mode", "mode")
    if params.get("ui_mode", "hosted_page") != "hosted_page":
        raise not_offered(f"the {params['ui_mode']} interface", "ui_mode")
    if params.get("automatic_tax", {}).get("enabled"):
        raise not_offered("automatic tax", "automatic_tax")
    if "customer" in params:
        raise missing("customer", params["customer"], "customer", status=400)
    _check_urls_and_email(params)


def _check_urls_and_email(params: dict[str, Any]) -> None:
    if "success_url" not in params:
        message = "Missing required param: success_url."
        raise invalid(message, "success_url", "parameter_missing")
    for name in ("success_url", "cancel_url"):
        if name in params and not params[name].startswith(("http://", "https://")):
            raise invalid("Not a valid URL", name, "url_invalid")
    email = params.get("customer_email")
    if email is not None and not looks_like_email(email):
        message = f"Invalid email address: {email}"
        raise invalid(message, "customer_email", "email_invalid")


def looks_like_email(text: str) -> bool:
    """One name, one at, one host; Stripe looks no closer either."""
    name, at, host = text.rpartition("@")
    return bool(name and at and "." in host.strip(".")) and " " not in text


def _check_total(total: int, currency: str) -> None:
    if total < SMALLEST_CHARGE:
        raise invalid(
            "The Checkout Session's total amount due must add up to at least"
            f" {written(SMALLEST_CHARGE, currency)} {currency}",
            code="amount_too_small",
        )
    if total > LARGEST_CHARGE:
        raise invalid(
            "The Checkout Session's total amount must be no more than"
            f" {written(LARGEST_CHARGE, currency)}",
            code="amount_too_large",
        )


def _session(call: Call, total: int, currency: str) -> Object:
    params = call.params
    session_id = new_id("cs_test", 58)
    created = now()
    phone = params.get("phone_number_collection", {"enabled": False})
    return {
        "id": session_id,
        "object": KIND,
        **{name: params.get(name, usual) for name, usual in ECHOED.items()},
        **blanks.SESSION,
        "adaptive_pricing": {
            "enabled": params.get("adaptive_pricing", {}).get("enabled", True)
        },
        "amount_subtotal": total,
        "amount_total": total,
        "created": created,
        "currency": currency,
        "customer_details": customer_details(params.get("customer_email")),
        "expires_at": expiry(params.get("expires_at"), created),
        "mode": "payment",
        "payment_method_types": ["card"],
        "payment_status": "unpaid",
        "phone_number_collection": {"enabled": phone["enabled"]},
        "status": "open",
        "url": f"{call.page_base}/c/pay/{session_id}",
    }


def expiry(asked: int | None, created: int) -> int:
    """When a session closes by itself; refuses what Stripe would."""
    if asked is None:
        return created + LONGEST
    if asked < created + SHORTEST:
        raise invalid(
            "The `expires_at` timestamp must be at least 30 minutes from Checkout"
            " Session creation.",
            "expires_at",
        )
    if asked > created + LONGEST:
        raise invalid(
            "The `expires_at` timestamp must be less than 24 hours from Checkout"
            " Session creation.",
            "expires_at",
        )
    return asked


def customer_details(email: str | None) -> Object | None:
    """What is known of the donor before and after the payment."""
    if email is None:
        return None
    return {
        "address": None,
        "business_name": None,
        "email": email,
        "individual_name": None,
        "name": None,
        "phone": None,
        "tax_exempt": "none",
        "tax_ids": None,
    }


def retrieve(call: Call) -> Object:
    """One session."""
    return fetched(call, call.object_id)


def fetched(call: Call, session_id: str) -> Object:
    """The session of that id in this account."""
    session = call.store.get(call.account, KIND, session_id)
    if session is None:
        raise missing(KIND, session_id, "session")
    return session


def listed(call: Call) -> Object:
    """Sessions by time, status, payment and donor."""
    given = {name: call.params[name] for name in FILTERS if name in call.params}
    email = call.params.get("customer_details", {}).get("email")

    def wanted(session: Object) -> bool:
        details = session["customer_details"] or {}
        if email is not None and details.get("email") != email:
            return False
        return all(session[name] == given[name] for name in given)

    return listing.page(call, KIND, wanted)


def expire(call: Call) -> Object:
    """Close an open session at the merchant's word."""
    session = fetched(call, call.object_id)
    if session["status"] != "open":
        raise ApiError(
            400,
            'Only Checkout Sessions with a status in ["open"] can be expired. This'
            f" Checkout Session has a status of `{session['status']}`.",
        )
    return close(call, session, "expired")


def close(call: Call, session: Object, status: str, **changes: Any) -> Object:
    """End an open session and report how it ended."""
    ended = session | {"status": status, "url": None} | changes
    call.store.save(call.account, ended)
    call.store.drop(call.account, OPEN, session["id"])
    verb = {"complete": "completed", "expired": "expired"}[status]
    events.record(call, f"checkout.session.{verb}", ended)
    return ended


def expire_overdue(store: Store, page_base: str) -> None:
    """Close the sessions whose time has run out."""
    for account, overdue in store.due(OPEN, now()):
        call = Call(store, account, page_base)
        close(call, fetched(call, overdue["id"]), "expired")
