"""Pages of a list: newest first, by cursor, with `has_more`."""

from collections.abc import Callable
from itertools import islice
from typing import Any

from losers_lounge.stand_in.call import Call
from losers_lounge.stand_in.errors import invalid, missing
from losers_lounge.stand_in.store import Object, Window

URLS = {
    "balance_transaction": "/v1/balance_transactions",
    "charge": "/v1/charges",
    "checkout.session": "/v1/checkout/sessions",
    "customer": "/v1/customers",
    "dispute": "/v1/disputes",
    "event": "/v1/events",
    "payment_intent": "/v1/payment_intents",
    "payout": "/v1/payouts",
    "radar.early_fraud_warning": "/v1/radar/early_fraud_warnings",
    "refund": "/v1/refunds",
}
DEFAULT_LIMIT = 10
LARGEST_LIMIT = 100


def page(
    call: Call,
    kind: str,
    wanted: Callable[[Object], bool] = lambda _: True,
    since: int | None = None,
) -> Object:
    """One page of the account's objects of a kind that are wanted."""
    limit = _limit(call.params)
    window = _window(call, kind, since)
    found = filter(wanted, call.store.rows(call.account, kind, window))
    rows = list(islice(found, limit + 1))
    has_more = len(rows) > limit
    rows = rows[:limit]
    if window.oldest_first:
        rows.reverse()
    return {"object": "list", "data": rows, "has_more": has_more, "url": URLS[kind]}


def matching(call: Call, kind: str, *names: str) -> Object:
    """One page, filtered by those of the named fields that the request gives."""
    given = {name: call.params[name] for name in names if name in call.params}
    return page(call, kind, lambda row: all(row[name] == given[name] for name in given))


def _limit(params: dict[str, Any]) -> int:
    limit = params.get("limit", DEFAULT_LIMIT)
    if not 1 <= limit <= LARGEST_LIMIT:
        raise invalid(
            f"Invalid limit: must be between 1 and {LARGEST_LIMIT} (was {limit})",
            "limit",
            "parameter_invalid_integer",
        )
    return limit


def _window(call: Call, kind: str, since: int | None) -> Window:
    params = call.params
    if "starting_after" in params and "ending_before" in params:
        raise invalid(
            "You may only specify one of `starting_after` and `ending_before`.",
            "ending_before",
        )
    at_least, at_most = _times(params.get("created", {}))
    if since is not None:
        at_least = since if at_least is None else max(since, at_least)
    return Window(
        at_least=at_least,
        at_most=at_most,
        before=_cursor(call, kind, "starting_after"),
        after=_cursor(call, kind, "ending_before"),
        oldest_first="ending_before" in params,
    )


def _times(created: int | dict[str, int]) -> tuple[int | None, int | None]:
    if isinstance(created, int):
        return created, created
    lowest = [created[key] + extra for key, extra in _LOW.items() if key in created]
    highest = [created[key] - extra for key, extra in _HIGH.items() if key in created]
    return max(lowest, default=None), min(highest, default=None)


_LOW = {"gte": 0, "gt": 1}
_HIGH = {"lte": 0, "lt": 1}


def _cursor(call: Call, kind: str, name: str) -> int | None:
    if name not in call.params:
        return None
    object_id = call.params[name]
    place = call.store.place(call.account, kind, object_id)
    if place is None:
        raise missing(kind, object_id, name, status=400)
    return place
