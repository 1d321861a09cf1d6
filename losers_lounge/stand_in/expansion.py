"""`expand[]`: put the object itself where its id stands."""

from losers_lounge.stand_in import balance
from losers_lounge.stand_in.call import Call
from losers_lounge.stand_in.errors import invalid
from losers_lounge.stand_in.ids import kind_of
from losers_lounge.stand_in.line_items import of_session
from losers_lounge.stand_in.store import Object

EXPANDABLE = {
    "balance_transaction": {"source"},
    "charge": {
        "balance_transaction",
        "failure_balance_transaction",
        "payment_intent",
    },
    "checkout.session": {
        "customer",
        "line_items",
        "payment_intent",
        "setup_intent",
    },
    "dispute": {"charge", "payment_intent"},
    "payment_intent": {"customer", "latest_charge", "payment_method"},
    "payment_method": {"customer"},
    "payout": {"balance_transaction", "failure_balance_transaction"},
    "radar.early_fraud_warning": {"charge", "payment_intent"},
    "refund": {
        "balance_transaction",
        "charge",
        "failure_balance_transaction",
        "payment_intent",
    },
    "setup_intent": {"customer", "payment_method"},
}
DEEPEST = 4


def expanded(call: Call, answer: Object) -> Object:
    """The answer with every asked-for path filled in."""
    answer = _today(answer)
    for path in call.params.get("expand", []):
        steps = path.split(".")
        if len(steps) > DEEPEST:
            raise invalid(
                f"You cannot expand more than {DEEPEST} levels of a property: {path}",
                "expand",
            )
        answer = _filled(call, answer, steps, path)
    return answer


def _filled(call: Call, answer: Object, steps: list[str], path: str) -> Object:
    if answer["object"] == "list":
        return _filled_list(call, answer, steps, path)
    name, rest = steps[0], steps[1:]
    if name not in EXPANDABLE.get(answer["object"], ()):
        raise invalid(f"This property cannot be expanded ({path}).", "expand")
    value = answer.get(name)
    if name == "line_items" and value is None:
        value = of_session(call, answer["id"])
    elif isinstance(value, str):
        value = _found(call, value)
    if value is None:
        return answer
    if rest:
        value = _filled(call, value, rest, path)
    return answer | {name: value}


def _filled_list(call: Call, answer: Object, steps: list[str], path: str) -> Object:
    if steps[0] != "data":
        raise invalid(f"This property cannot be expanded ({path}).", "expand")
    rows = answer["data"]
    if len(steps) > 1:
        rows = [_filled(call, row, steps[1:], path) for row in rows]
    return answer | {"data": rows}


def _found(call: Call, object_id: str) -> Object | None:
    found = call.store.get(call.account, kind_of(object_id) or "", object_id)
    return _today(found) if found else None


def _today(answer: Object) -> Object:
    """Balance transactions settle by themselves, so they are read as of now."""
    if answer["object"] == "list":
        return answer | {"data": [_today(row) for row in answer["data"]]}
    if answer["object"] == balance.KIND:
        return balance.as_of_now(answer)
    return answer
