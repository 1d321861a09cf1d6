"""Payment methods kept for later, and the setup intents that keep them."""

from dataclasses import dataclass

from losers_lounge.stand_in import blanks, events
from losers_lounge.stand_in.call import Call, now
from losers_lounge.stand_in.errors import ApiError, missing
from losers_lounge.stand_in.ids import new_id, token
from losers_lounge.stand_in.store import Object

KIND = "payment_method"
SETUP = "setup_intent"


@dataclass(frozen=True)
class TestCard:
    """One of the cards to choose from, and what becomes of a charge on it."""

    brand: str
    last4: str
    # The code of the refusal; empty: it is charged.
    refusal: str = ""
    # The bank's own word, where it is another.
    bank_says: str = ""


# By the last digits of the test cards that Stripe has for the same ends.
CARDS = {
    "good": TestCard("visa", "4242"),
    "authenticate": TestCard("visa", "3184", "authentication_required"),
    "decline": TestCard("visa", "0341", "card_declined", "generic_decline"),
    "expired": TestCard("mastercard", "0069", "expired_card", "expired_card"),
}
BY_LAST4 = {card.last4: card for card in CARDS.values()}


def keep(call: Call, session: Object, choice: str) -> Object:
    """Attach the chosen card to the session's customer; its setup intent."""
    card, setup = CARDS[choice], fetched_setup(call, session["setup_intent"])
    method = _method(session, card)
    setup |= {"payment_method": method["id"], "status": "succeeded"}
    call.store.save(call.account, method)
    call.store.save(call.account, setup)
    events.record(call, "payment_method.attached", method)
    events.record(call, "setup_intent.succeeded", setup)
    return setup


def refuse(call: Call, session: Object) -> Object:
    """The bank will not have this card kept; another may be tried."""
    setup = fetched_setup(call, session["setup_intent"])
    setup |= {
        "last_setup_error": {
            "code": "card_declined",
            "decline_code": "generic_decline",
            "doc_url": "https://stripe.com/docs/error-codes/card-declined",
            "message": "Your card was declined.",
            "type": "card_error",
        }
    }
    call.store.save(call.account, setup)
    events.record(call, "setup_intent.setup_failed", setup)
    return setup


def new_setup(call: Call, customer_id: str, metadata: Object) -> Object:
    """A setup intent that waits for a card."""
    intent_id = new_id("seti")
    setup: Object = {
        **blanks.SETUP_INTENT,
        "id": intent_id,
        "object": SETUP,
        "client_secret": f"{intent_id}_secret_{token(25)}",
        "created": now(),
        "customer": customer_id,
        "metadata": metadata,
    }
    call.store.save(call.account, setup)
    events.record(call, "setup_intent.created", setup)
    return setup


def _method(session: Object, card: TestCard) -> Object:
    email = (session["customer_details"] or {}).get("email")
    return {
        "id": new_id("pm"),
        "object": KIND,
        "allow_redisplay": "limited",
        "billing_details": {
            "address": blanks.ADDRESS,
            "email": email,
            "name": None,
            "phone": None,
            "tax_id": None,
        },
        "card": blanks.SAVED_CARD | {"brand": card.brand, "last4": card.last4},
        "created": now(),
        "customer": session["customer"],
        "customer_account": None,
        "livemode": False,
        "metadata": {},
        "type": "card",
    }


def fetched_setup(call: Call, intent_id: str) -> Object:
    """The setup intent of that id in this account."""
    setup = call.store.get(call.account, SETUP, intent_id)
    if setup is None:
        raise missing(SETUP, intent_id, "intent")
    return setup


def retrieve_setup(call: Call) -> Object:
    """One setup intent."""
    return fetched_setup(call, call.object_id)


def fetched(call: Call, method_id: str, *, status: int = 404) -> Object:
    """The payment method of that id in this account."""
    method = call.store.get(call.account, KIND, method_id)
    if method is None:
        raise missing("PaymentMethod", method_id, "payment_method", status=status)
    return method


def retrieve(call: Call) -> Object:
    """One payment method."""
    return fetched(call, call.object_id)


def detach(call: Call) -> Object:
    """Take a card from its customer, for ever."""
    method = fetched(call, call.object_id)
    if method["customer"] is None:
        raise ApiError(
            400,
            "The payment method you provided is not attached to a customer so"
            " detachment is impossible.",
            param="payment_method",
        )
    before = {"customer": method["customer"]}
    method |= {"customer": None}
    call.store.save(call.account, method)
    events.record(call, "payment_method.detached", method, before)
    return method
