"""Paying from a bank account: the page is over at once, the money comes days later."""

from losers_lounge.stand_in import balance, events, payments, sessions
from losers_lounge.stand_in.call import Call
from losers_lounge.stand_in.store import Object

UNDER_WAY = "bank_debit"
REFUSED = "The account has insufficient funds to cover the payment."
ACCOUNT: Object = {
    "account_holder_type": "individual",
    "account_type": "checking",
    "bank_name": "STAND-IN BANK",
    "fingerprint": "Q9j3kXo2nB7cWz1a",
    "last4": "6789",
    "mandate": None,
    "payment_reference": None,
    "routing_number": "110000000",
}
DETAILS = {"type": "us_bank_account", "us_bank_account": ACCOUNT}


def begin(call: Call, session_id: str, email: str | None = None) -> Object:
    """The donor agrees to a debit: the session is complete, and not paid."""
    session = payments.opened(call, session_id, email)
    if session["status"] == "complete":
        return session
    intent = payments.intent_of(call, session)
    charge = payments.charge_of(session, intent) | {
        "amount_captured": 0,
        "captured": False,
        "outcome": None,
        "paid": False,
        "payment_method_details": DETAILS,
        "status": "pending",
    }
    intent |= {
        "last_payment_error": None,
        "latest_charge": charge["id"],
        "next_action": None,
        "payment_method": charge["payment_method"],
        "payment_method_types": ["us_bank_account"],
        "status": "processing",
    }
    call.store.save(call.account, charge)
    call.store.save(call.account, intent)
    owed = {"id": session["id"], "payment_intent": intent["id"]}
    call.store.put(call.account, UNDER_WAY, owed, session["created"])
    events.record(call, "charge.pending", charge)
    events.record(call, "payment_intent.processing", intent)
    return sessions.close(call, session, "complete", payment_intent=intent["id"])


def is_under_way(call: Call, session: Object) -> bool:
    """Whether the bank has not answered yet."""
    return call.store.get(call.account, UNDER_WAY, session["id"]) is not None


def finish(call: Call, session_id: str, *, pays: bool) -> Object:
    """The bank answers, once; returns the session as it stands then."""
    session = sessions.fetched(call, session_id)
    if not is_under_way(call, session):
        return session
    call.store.drop(call.account, UNDER_WAY, session_id)
    intent = payments.fetched(call, session["payment_intent"])
    charge = call.store.get(call.account, "charge", intent["latest_charge"]) or {}
    if pays:
        return _paid(call, session, intent, charge)
    return _refused(call, session, intent, charge)


def _paid(call: Call, session: Object, intent: Object, charge: Object) -> Object:
    charge |= {
        "amount_captured": charge["amount"],
        "captured": True,
        "paid": True,
        "status": "succeeded",
    }
    charge["balance_transaction"] = balance.book_bank_debit(call, charge)["id"]
    intent |= {"amount_received": intent["amount"], "status": "succeeded"}
    session |= {"payment_status": "paid"}
    for changed in (charge, intent, session):
        call.store.save(call.account, changed)
    events.record(call, "charge.succeeded", charge)
    events.record(call, "payment_intent.succeeded", intent)
    events.record(call, "checkout.session.async_payment_succeeded", session)
    return session


def _refused(call: Call, session: Object, intent: Object, charge: Object) -> Object:
    charge |= {
        "failure_code": "insufficient_funds",
        "failure_message": REFUSED,
        "status": "failed",
    }
    intent |= {
        "last_payment_error": {
            "charge": charge["id"],
            "code": "insufficient_funds",
            "message": REFUSED,
            "payment_method_type": "us_bank_account",
            "type": "card_error",
        },
        "payment_method": None,
        "status": "requires_payment_method",
    }
    call.store.save(call.account, charge)
    call.store.save(call.account, intent)
    events.record(call, "charge.failed", charge)
    events.record(call, "payment_intent.payment_failed", intent)
    events.record(call, "checkout.session.async_payment_failed", session)
    return session
