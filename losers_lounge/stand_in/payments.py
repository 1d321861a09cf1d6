"""What happens to the money when a donor pays, or is declined."""

from typing import Any

from losers_lounge.stand_in import balance, blanks, events, listing, sessions
from losers_lounge.stand_in.call import Call, now
from losers_lounge.stand_in.errors import missing
from losers_lounge.stand_in.ids import new_id, token
from losers_lounge.stand_in.line_items import ORDER
from losers_lounge.stand_in.store import Object

KIND = "payment_intent"
DECLINED = "Your card was declined."


class SessionClosed(Exception):
    """The session has expired, so nothing can be paid on it."""


def pay(call: Call, session_id: str, email: str | None = None) -> Object:
    """The donor pays. Paying again changes nothing and returns the session."""
    session = opened(call, session_id, email)
    if session["status"] == "complete":
        return session
    intent = intent_of(call, session)
    charge = charge_of(session, intent)
    entry = balance.book_charge(call, charge)
    charge |= {"balance_transaction": entry["id"]}
    intent |= {
        "amount_received": intent["amount"],
        "last_payment_error": None,
        "latest_charge": charge["id"],
        "next_action": None,
        "payment_method": charge["payment_method"],
        "status": "succeeded",
    }
    call.store.save(call.account, charge)
    call.store.save(call.account, intent)
    events.record(call, "charge.succeeded", charge)
    events.record(call, "payment_intent.succeeded", intent)
    return sessions.close(
        call, session, "complete", payment_intent=intent["id"], payment_status="paid"
    )


def decline(call: Call, session_id: str, email: str | None = None) -> Object:
    """The donor's card is refused; the session stays open for another."""
    session = opened(call, session_id, email)
    if session["status"] == "complete":
        return session
    intent = intent_of(call, session)
    charge = charge_of(session, intent) | {
        "amount_captured": 0,
        "captured": False,
        "failure_code": "card_declined",
        "failure_message": DECLINED,
        "outcome": _outcome(declined=True),
        "paid": False,
        "status": "failed",
    }
    intent |= {
        "last_payment_error": _payment_error(charge["id"]),
        "latest_charge": charge["id"],
        "next_action": None,
        "status": "requires_payment_method",
    }
    session |= {"payment_intent": intent["id"]}
    for changed in (charge, intent, session):
        call.store.save(call.account, changed)
    events.record(call, "charge.failed", charge)
    events.record(call, "payment_intent.payment_failed", intent)
    return session


def opened(call: Call, session_id: str, email: str | None) -> Object:
    """A session that somebody acts on; raises SessionClosed once it has expired."""
    session = sessions.fetched(call, session_id)
    if session["status"] == "expired":
        raise SessionClosed(session_id)
    return session if session["status"] == "complete" else with_email(session, email)


def with_email(session: Object, email: str | None) -> Object:
    """The session, with the address that was typed on its page."""
    if session["customer_email"] is not None:
        return session
    return session | {"customer_details": sessions.customer_details(email)}


def intent_of(call: Call, session: Object) -> Object:
    """The session's payment intent, made at the donor's first attempt."""
    if session["payment_intent"] is not None:
        return fetched(call, session["payment_intent"])
    intent = _new_intent(call, session)
    call.store.save(call.account, intent)
    events.record(call, "payment_intent.created", intent)
    return intent


def _new_intent(call: Call, session: Object) -> Object:
    order = call.store.get(call.account, ORDER, session["id"]) or {}
    intent_id = new_id("pi")
    return {
        "id": intent_id,
        "object": KIND,
        **blanks.PAYMENT_INTENT,
        **sessions.INTENT_DATA,
        **order["payment_intent_data"],
        "amount": session["amount_total"],
        "amount_received": 0,
        "client_secret": f"{intent_id}_secret_{token(25)}",
        "created": now(),
        "currency": session["currency"],
        "last_payment_error": None,
        "latest_charge": None,
        "payment_method": None,
        "status": "requires_payment_method",
    }


def charge_of(session: Object, intent: Object) -> Object:
    """A charge that takes the money of an intent, not saved yet."""
    copied = ("amount", "currency", "metadata", *sessions.INTENT_DATA)
    return {
        "id": new_id("ch"),
        "object": "charge",
        **blanks.CHARGE,
        **{name: intent[name] for name in copied},
        "amount_captured": intent["amount"],
        "balance_transaction": None,
        "billing_details": _billing_details(session),
        "calculated_statement_descriptor": _on_the_statement(intent),
        "captured": True,
        "created": now(),
        "failure_code": None,
        "failure_message": None,
        "outcome": _outcome(declined=False),
        "paid": True,
        "payment_intent": intent["id"],
        "payment_method": new_id("pm"),
        "payment_method_details": {"card": blanks.CARD, "type": "card"},
        "status": "succeeded",
    }


def _on_the_statement(intent: Object) -> str:
    suffix = intent["statement_descriptor_suffix"]
    return f"STAND-IN* {suffix}" if suffix else "STAND-IN"


def _billing_details(session: Object) -> Object:
    return {
        "address": blanks.ADDRESS,
        "email": (session["customer_details"] or {}).get("email"),
        "name": None,
        "phone": None,
        "tax_id": None,
    }


def _outcome(*, declined: bool) -> Object:
    return {
        "advice_code": "try_again_later" if declined else None,
        "network_advice_code": None,
        "network_decline_code": "05" if declined else None,
        "network_status": "declined_by_network" if declined else "approved_by_network",
        "reason": "generic_decline" if declined else None,
        "risk_level": "normal",
        "risk_score": 20,
        "seller_message": (
            "The bank did not return any further details with this decline."
            if declined
            else "Payment complete."
        ),
        "type": "issuer_declined" if declined else "authorized",
    }


def _payment_error(charge_id: str) -> dict[str, Any]:
    return {
        "advice_code": "try_again_later",
        "charge": charge_id,
        "code": "card_declined",
        "decline_code": "generic_decline",
        "doc_url": "https://stripe.com/docs/error-codes/card-declined",
        "message": DECLINED,
        "network_decline_code": "05",
        "payment_method_type": "card",
        "type": "card_error",
    }


def retrieve(call: Call) -> Object:
    """One payment intent."""
    return fetched(call, call.object_id)


def fetched(call: Call, intent_id: str) -> Object:
    """The payment intent of that id in this account."""
    intent = call.store.get(call.account, KIND, intent_id)
    if intent is None:
        raise missing(KIND, intent_id, "intent")
    return intent


def listed(call: Call) -> Object:
    """Payment intents by time and customer."""
    return listing.matching(call, KIND, "customer", "customer_account")


def retrieve_charge(call: Call) -> Object:
    """One charge."""
    charge = call.store.get(call.account, "charge", call.object_id)
    if charge is None:
        raise missing("charge", call.object_id, "id")
    return charge


def listed_charges(call: Call) -> Object:
    """Charges by time, payment intent and customer."""
    return listing.matching(
        call, "charge", "customer", "payment_intent", "transfer_group"
    )
