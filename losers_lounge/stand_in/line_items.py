"""The line items of a session: priced when it opens, listed afterwards."""

import re
from typing import Any

from losers_lounge.stand_in.call import Call, now
from losers_lounge.stand_in.errors import invalid, missing, not_offered
from losers_lounge.stand_in.ids import new_id
from losers_lounge.stand_in.store import Object

ORDER = "order"
OFFERED = {"metadata", "price", "price_data", "quantity"}


def priced(asked: list[dict[str, Any]], currency: str | None) -> list[Object]:
    """The items that a session will charge for, all in one currency."""
    if not asked:
        message = "Missing required param: line_items."
        raise invalid(message, "line_items", "parameter_missing")
    items = [
        _item(item, f"line_items[{position}]") for position, item in enumerate(asked)
    ]
    currencies = {item["currency"] for item in items}
    if currency is not None:
        currencies.add(currency.lower())
    if len(currencies) > 1:
        message = "The line items of a session must have the same currency."
        raise invalid(message, "line_items")
    return items


def _item(asked: dict[str, Any], where: str) -> Object:
    for name in sorted(asked.keys() - OFFERED):
        raise not_offered(f"the parameter {where}[{name}]", f"{where}[{name}]")
    if "price" in asked:
        raise missing("price", asked["price"], f"{where}[price]", status=400)
    if "price_data" not in asked:
        message = f"Missing required param: {where}[price_data]."
        raise invalid(message, f"{where}[price_data]", "parameter_missing")
    quantity = _quantity(asked, where)
    price = _price(asked["price_data"], f"{where}[price_data]")
    total = price["unit_amount"] * quantity
    return {
        "id": new_id("li"),
        "object": "item",
        "adjustable_quantity": None,
        "amount_discount": 0,
        "amount_subtotal": total,
        "amount_tax": 0,
        "amount_total": total,
        "currency": price["currency"],
        "description": asked["price_data"]["product_data"]["name"],
        "metadata": asked.get("metadata", {}),
        "price": price,
        "quantity": quantity,
    }


def _quantity(asked: dict[str, Any], where: str) -> int:
    param = f"{where}[quantity]"
    if "quantity" not in asked:
        message = f"Missing required param: {param}."
        raise invalid(message, param, "parameter_missing")
    if asked["quantity"] < 1:
        message = "This value must be greater than or equal to 1."
        raise invalid(message, param, "parameter_invalid_integer")
    return asked["quantity"]


def _check_price(asked: dict[str, Any], where: str) -> None:
    if "recurring" in asked:
        raise not_offered("recurring prices", f"{where}[recurring]")
    if "product" in asked:
        raise missing("product", asked["product"], f"{where}[product]", status=400)
    for name in ("product_data", "unit_amount"):
        if name not in asked:
            message = f"Missing required param: {where}[{name}]."
            raise invalid(message, f"{where}[{name}]", "parameter_missing")
    if not re.fullmatch("[A-Za-z]{3}", asked["currency"]):
        message = f"Invalid currency: {asked['currency']}"
        raise invalid(message, f"{where}[currency]")
    if asked["unit_amount"] < 0:
        message = "Invalid non-negative integer"
        raise invalid(message, f"{where}[unit_amount]", "parameter_invalid_integer")


def _price(asked: dict[str, Any], where: str) -> Object:
    _check_price(asked, where)
    return {
        "id": new_id("price"),
        "object": "price",
        "active": False,
        "billing_scheme": "per_unit",
        "created": now(),
        "currency": asked["currency"].lower(),
        "custom_unit_amount": None,
        "livemode": False,
        "lookup_key": None,
        "metadata": {},
        "nickname": None,
        "product": new_id("prod", 14),
        "recurring": None,
        "tax_behavior": asked.get("tax_behavior", "unspecified"),
        "tiers_mode": None,
        "transform_quantity": None,
        "type": "one_time",
        "unit_amount": asked["unit_amount"],
        "unit_amount_decimal": str(asked["unit_amount"]),
    }


def listed(call: Call) -> Object:
    """The line items of one session."""
    return of_session(call, call.object_id)


def of_session(call: Call, session_id: str) -> Object:
    """The list as it stands in a session, or by itself."""
    order = call.store.get(call.account, ORDER, session_id)
    if order is None:
        raise missing("checkout.session", session_id, "session")
    return {
        "object": "list",
        "data": order["line_items"],
        "has_more": False,
        "url": f"/v1/checkout/sessions/{session_id}/line_items",
    }
