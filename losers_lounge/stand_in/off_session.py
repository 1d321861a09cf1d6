"""Payments on a saved card, without its owner: charged, or refused with a reason."""

from typing import Any

from losers_lounge.stand_in import balance, blanks, customers, events, saved_cards
from losers_lounge.stand_in.call import Call, now
from losers_lounge.stand_in.errors import (
    ApiError,
    CardRefused,
    invalid,
    not_offered,
)
from losers_lounge.stand_in.ids import new_id, token
from losers_lounge.stand_in.money import LARGEST_CHARGE, SMALLEST_CHARGE
from losers_lounge.stand_in.payments import KIND, fetched
from losers_lounge.stand_in.saved_cards import TestCard
from losers_lounge.stand_in.sessions import INTENT_DATA
from losers_lounge.stand_in.store import Object

OFFERED = INTENT_DATA.keys() | {
    "amount",
    "confirm",
    "currency",
    "customer",
    "expand",
    "off_session",
    "payment_method",
    "payment_method_options",
}
NEEDED = ("confirm", "customer", "off_session", "payment_method")
MESSAGES = {
    "authentication_required": (
        "Your card was declined. This transaction requires authentication."
    ),
    "expired_card": "Your card has expired.",
}
CANCELABLE = ("requires_payment_method", "requires_confirmation", "requires_action")


def create(call: Call) -> Object:
    """Charge a saved card now. A refusal answers 402 and stands in the books."""
    _refuse_what_is_not_offered(call.params)
    method = _method(call)
    card = saved_cards.BY_LAST4[method["card"]["last4"]]
    intent = _intent(call)
    events.record(call, "payment_intent.created", intent)
    if card.refusal:
        raise _refused(call, intent, method, card)
    charge = _charge(intent, method)
    entry = balance.book_charge(call, charge)
    charge |= {"balance_transaction": entry["id"]}
    intent |= {
        "amount_received": intent["amount"],
        "latest_charge": charge["id"],
        "payment_method": method["id"],
        "status": "succeeded",
    }
    call.store.save(call.account, charge)
    call.store.save(call.account, intent)
    events.record(call, "charge.succeeded", charge)
    events.record(call, "payment_intent.succeeded", intent)
    return intent


def cancel(call: Call) -> Object:
    """Give a payment up; what has succeeded cannot be."""
    intent = fetched(call, call.object_id)
    if intent["status"] not in CANCELABLE:
        raise ApiError(
            400,
            "You cannot cancel this PaymentIntent because it has a status of"
            f" {intent['status']}.",
            code="payment_intent_unexpected_state",
        )
    reason = call.params.get("cancellation_reason")
    intent |= {
        "canceled_at": now(),
        "cancellation_reason": reason,
        "status": "canceled",
    }
    call.store.save(call.account, intent)
    events.record(call, "payment_intent.canceled", intent)
    return intent


def _refuse_what_is_not_offered(params: dict[str, Any]) -> None:
    for name in sorted(params.keys() - OFFERED):
        raise not_offered(f"the parameter {name}", name)
    for name in NEEDED:
        if not params.get(name):
            raise not_offered(f"payments without {name}", name)
    if params["amount"] < SMALLEST_CHARGE:
        message = "Amount must convert to at least 50 cents."
        raise invalid(message, "amount", "amount_too_small")
    if params["amount"] > LARGEST_CHARGE:
        raise invalid("Amount must be no more than $999,999.99", "amount")


def _method(call: Call) -> Object:
    customers.fetched(call, call.params["customer"], status=400)
    name = call.params["payment_method"]
    method = saved_cards.fetched(call, name, status=400)
    if method["customer"] is None:
        raise invalid(
            "The provided PaymentMethod was previously used with a PaymentIntent"
            " without Customer attachment, shared with a connected account without"
            " Customer attachment, or was detached from a Customer. It may not be"
            " used again.",
            "payment_method",
        )
    if method["customer"] != call.params["customer"]:
        message = f"The payment method {name} does not belong to the Customer."
        raise invalid(message, "payment_method")
    return method


def _intent(call: Call) -> Object:
    params, intent_id = call.params, new_id("pi")
    intent: Object = {
        "id": intent_id,
        "object": KIND,
        **blanks.PAYMENT_INTENT,
        **{name: params.get(name, usual) for name, usual in INTENT_DATA.items()},
        "amount": params["amount"],
        "amount_received": 0,
        "client_secret": f"{intent_id}_secret_{token(25)}",
        "created": now(),
        "currency": params["currency"].lower(),
        "customer": params["customer"],
        "last_payment_error": None,
        "latest_charge": None,
        "payment_method": None,
        "status": "requires_payment_method",
    }
    call.store.save(call.account, intent)
    return intent


def _refused(call: Call, intent: Object, method: Object, card: TestCard) -> CardRefused:
    charge = _charge(intent, method) | {
        "amount_captured": 0,
        "captured": False,
        "failure_code": card.refusal,
        "failure_message": MESSAGES.get(card.refusal, "Your card was declined."),
        "outcome": _outcome(card),
        "paid": False,
        "status": "failed",
    }
    error = {
        "advice_code": "try_again_later",
        "charge": charge["id"],
        "code": card.refusal,
        "decline_code": card.bank_says or card.refusal,
        "doc_url": f"https://stripe.com/docs/error-codes/{card.refusal}",
        "message": charge["failure_message"],
        "payment_method": method,
        "type": "card_error",
    }
    intent |= {"last_payment_error": error, "latest_charge": charge["id"]}
    call.store.save(call.account, charge)
    call.store.save(call.account, intent)
    events.record(call, "charge.failed", charge)
    events.record(call, "payment_intent.payment_failed", intent)
    return CardRefused(error | {"payment_intent": intent})


def _charge(intent: Object, method: Object) -> Object:
    copied = ("amount", "currency", "customer", "metadata", *INTENT_DATA)
    suffix = intent["statement_descriptor_suffix"]
    card = method["card"]
    return {
        "id": new_id("ch"),
        "object": "charge",
        **blanks.CHARGE,
        **{name: intent[name] for name in copied},
        "amount_captured": intent["amount"],
        "balance_transaction": None,
        "billing_details": method["billing_details"],
        "calculated_statement_descriptor": (
            f"STAND-IN* {suffix}" if suffix else "STAND-IN"
        ),
        "captured": True,
        "created": now(),
        "failure_code": None,
        "failure_message": None,
        "outcome": _outcome(None),
        "paid": True,
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "payment_method_details": {
            "card": blanks.CARD | {"brand": card["brand"], "last4": card["last4"]},
            "type": "card",
        },
        "status": "succeeded",
    }


def _outcome(refused: TestCard | None) -> Object:
    return {
        "advice_code": "try_again_later" if refused else None,
        "network_advice_code": None,
        "network_decline_code": "05" if refused else None,
        "network_status": ("declined_by_network" if refused else "approved_by_network"),
        "reason": (refused.bank_says or refused.refusal) if refused else None,
        "risk_level": "normal",
        "risk_score": 20,
        "seller_message": (
            "The bank did not return any further details with this decline."
            if refused
            else "Payment complete."
        ),
        "type": "issuer_declined" if refused else "authorized",
    }
