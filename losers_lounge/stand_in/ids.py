"""Identifiers that look like Stripe's."""

import secrets
import string

ALPHABET = string.ascii_letters + string.digits

KIND_OF_PREFIX = {
    "ch": "charge",
    "cs": "checkout.session",
    "cus": "customer",
    "du": "dispute",
    "evt": "event",
    "issfr": "radar.early_fraud_warning",
    "pi": "payment_intent",
    "pm": "payment_method",
    "po": "payout",
    "re": "refund",
    "seti": "setup_intent",
    "txn": "balance_transaction",
}


def token(length: int) -> str:
    """Random letters and digits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def new_id(prefix: str, length: int = 24) -> str:
    """A fresh identifier such as `pi_3Q…`."""
    return f"{prefix}_{token(length)}"


def kind_of(object_id: str) -> str | None:
    """The kind of object that an id belongs to, by its prefix."""
    return KIND_OF_PREFIX.get(object_id.partition("_")[0])
