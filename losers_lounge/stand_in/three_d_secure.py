"""The step in which a donor's bank asks whether it is really them."""

from losers_lounge.stand_in import events, payments
from losers_lounge.stand_in.call import Call
from losers_lounge.stand_in.store import Object

FAILED = (
    "We are unable to authenticate your payment method. Please choose a different"
    " payment method and try again."
)


def ask(call: Call, session_id: str, email: str | None = None) -> Object:
    """The card is good, and its bank wants a word with the donor first."""
    session = payments.opened(call, session_id, email)
    if session["status"] == "complete":
        return session
    intent = payments.intent_of(call, session) | {
        "last_payment_error": None,
        "next_action": {
            "type": "redirect_to_url",
            "redirect_to_url": {"return_url": session["url"], "url": session["url"]},
        },
        "status": "requires_action",
    }
    session |= {"payment_intent": intent["id"]}
    call.store.save(call.account, intent)
    call.store.save(call.account, session)
    events.record(call, "payment_intent.requires_action", intent)
    return session


def is_asking(call: Call, session: Object) -> bool:
    """Whether the bank waits for the donor's answer."""
    if session["payment_intent"] is None:
        return False
    intent = payments.fetched(call, session["payment_intent"])
    return intent["status"] == "requires_action"


def deny(call: Call, session_id: str) -> Object:
    """It was not them: nothing is taken, and the page asks for another card."""
    session = payments.opened(call, session_id, None)
    if session["status"] == "complete" or not is_asking(call, session):
        return session
    intent = payments.fetched(call, session["payment_intent"]) | {
        "last_payment_error": {
            "code": "payment_intent_authentication_failure",
            "message": FAILED,
            "payment_method_type": "card",
            "type": "card_error",
        },
        "next_action": None,
        "status": "requires_payment_method",
    }
    call.store.save(call.account, intent)
    events.record(call, "payment_intent.payment_failed", intent)
    return session
