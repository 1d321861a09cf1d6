"""The small control endpoint, /_stand_in/: webhooks, faults, exchanges; in JSON."""

import json
from dataclasses import asdict, replace
from typing import Any

from losers_lounge.stand_in.errors import ApiError
from losers_lounge.stand_in.exchanges import Exchanges
from losers_lounge.stand_in.faults import Fault, Faults
from losers_lounge.stand_in.issuer import Issuer
from losers_lounge.stand_in.messages import Answer, Incoming, as_json
from losers_lounge.stand_in.webhooks import Endpoint

PREFIX = "/_stand_in/"
DISPUTES = f"{PREFIX}disputes"
ENDPOINT_FIELDS = {
    "copies": int,
    "paused": bool,
    "secret": str,
    "shuffle": bool,
    "url": str,
}
FAULT_FIELDS = {
    "count": int,
    "fault": str,
    "method": str,
    "path": str,
    "seconds": (int, float),
}


class BadWish(Exception):
    """A control request that says something the stand-in cannot do."""


def answer(
    endpoint: Endpoint, faults: Faults, exchanges: Exchanges, incoming: Incoming
) -> Answer:
    """Show or change how webhooks are delivered and what goes wrong."""
    try:
        if incoming.path == f"{PREFIX}exchanges":
            return _exchanges(exchanges, incoming)
        return _answer(endpoint, faults, incoming)
    except BadWish as refusal:
        return as_json(400, {"error": str(refusal)})


def dispute(issuer: Issuer, incoming: Incoming) -> Answer:
    """POST {"payment_intent": id}: its donor's bank asks for the money back."""
    try:
        wishes = _wishes(incoming, {"payment_intent": str})
        return as_json(200, issuer.dispute(wishes.get("payment_intent", "")))
    except (BadWish, ApiError) as refusal:
        return as_json(400, {"error": str(refusal)})


def _answer(endpoint: Endpoint, faults: Faults, incoming: Incoming) -> Answer:
    match incoming.method, incoming.path.removeprefix(PREFIX):
        case "GET", "webhooks":
            return as_json(200, asdict(endpoint))
        case "POST", "webhooks":
            adjust(endpoint, **_wishes(incoming, ENDPOINT_FIELDS))
            return as_json(200, asdict(endpoint))
        case "GET", "faults":
            return as_json(200, faults.on_order())
        case "POST", "faults":
            _order(faults, _wishes(incoming, FAULT_FIELDS))
            return as_json(200, faults.on_order())
        case "DELETE", "faults":
            faults.clear()
            return as_json(200, faults.on_order())
    return as_json(404, {"error": "There is nothing to control here."})


def _exchanges(exchanges: Exchanges, incoming: Incoming) -> Answer:
    """POST {"keep": true} begins to keep them, GET shows what was kept."""
    if incoming.method == "POST":
        wishes = _wishes(incoming, {"keep": bool})
        exchanges.keep(wanted=wishes.get("keep", False))
    return as_json(200, exchanges.kept())


def adjust(endpoint: Endpoint, **changes: Any) -> None:
    """Change some of an endpoint's settings in place."""
    for name, value in asdict(replace(endpoint, **changes)).items():
        setattr(endpoint, name, value)


def _order(faults: Faults, wishes: dict[str, Any]) -> None:
    if wishes.get("fault") not in list(Fault):
        raise BadWish(f"fault must be one of {', '.join(Fault)}")
    faults.order(**wishes)


def _wishes(incoming: Incoming, fields: dict[str, Any]) -> dict[str, Any]:
    # A page in a browser cannot send this type to another site unasked.
    kind = incoming.headers.get("Content-Type", "").partition(";")[0]
    if kind != "application/json":
        raise BadWish("Content-Type must be application/json")
    try:
        wishes = json.loads(incoming.body)
    except ValueError as error:
        raise BadWish("the body is not JSON") from error
    if not isinstance(wishes, dict):
        raise BadWish("the body is not a JSON object")
    for name, value in wishes.items():
        if name not in fields or not isinstance(value, fields[name]):
            raise BadWish(f"{name} is unknown or of the wrong type")
    return wishes
