"""Judge a request by the parameter types of the pinned `stripe` package."""

import re
import sys
import types
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, Literal, NotRequired, Required, Union, get_args, get_origin
from urllib.parse import parse_qsl

import stripe
from typing_extensions import get_type_hints, is_typeddict

from tests.stripe_wire.endpoints import endpoint_of

Tree = dict[str, Any]
OPTIONS = stripe.RequestOptions.__annotations__.keys()
# Stripe's documented limits of metadata.
MOST_KEYS, LONGEST_KEY, LONGEST_VALUE = 50, 40, 500


def violations(
    method: str, path: str, encoded: str, headers: dict[str, str]
) -> list[str]:
    """What the package would not have allowed in this request."""
    where = f"{method} {path}"
    endpoint = endpoint_of(method, path)
    if endpoint is None:
        return [f"{where}: no such endpoint"]
    found = [f"{where}: {fault}" for fault in _in_headers(method, headers)]
    tree = decode(encoded)
    if endpoint.params is None:
        return found + ([f"{where}: takes no parameters"] if tree else [])
    return found + [f"{where}: {fault}" for fault in _object(endpoint.params, tree, "")]


def decode(encoded: str) -> Tree:
    """`a[b][0]=c` as {"a": {"b": {"0": "c"}}}."""
    tree: Tree = {}
    for key, value in parse_qsl(encoded, keep_blank_values=True):
        *branches, leaf = re.findall(r"[^\[\]]+", key)
        place = tree
        for branch in branches:
            place = place.setdefault(branch, {})
        place[leaf] = value
    return tree


def expansions(encoded: str) -> Tree:
    """What the request wants expanded: {"latest_charge": {"customer": {}}}."""
    wanted: Tree = {}
    for path in (decode(encoded).get("expand") or {}).values():
        place = wanted
        for step in path.split("."):
            place = place.setdefault(step, {})
    return wanted


def _in_headers(method: str, headers: dict[str, str]) -> list[str]:
    named = {name.lower(): value for name, value in headers.items()}
    found = []
    if named.get("stripe-version") != stripe.api_version:
        found.append(f"version {named.get('stripe-version')}")
    if not named.get("authorization", "").startswith("Bearer "):
        found.append("no key")
    key = named.get("idempotency-key", "")
    if method == "POST" and not 0 < len(key) <= 255:
        found.append("no idempotency key, or one that is too long")
    return found


@cache
def _fields(params: type) -> dict[str, Any]:
    module = vars(sys.modules[params.__module__])
    near = {"StripeContext": object, **vars(sys.modules["stripe._request_options"])}
    hints = get_type_hints(params, module, near, include_extras=True)
    # The client's own options (keys, headers) are mixed into every outer type.
    mixed_in = OPTIONS if hints.keys() >= OPTIONS else ()
    return {name: _bare(hint) for name, hint in hints.items() if name not in mixed_in}


def _bare(hint: Any) -> Any:
    return get_args(hint)[0] if get_origin(hint) in (NotRequired, Required) else hint


def _object(params: type, tree: Any, path: str) -> list[str]:
    if not isinstance(tree, dict):
        return [f"{path} is no object"]
    fields = _fields(params)
    found = [f"unknown {path}[{name}]" for name in sorted(tree.keys() - fields.keys())]
    missing = params.__required_keys__ & fields.keys() - tree.keys()
    found += [f"missing {path}[{name}]" for name in sorted(missing)]
    for name in tree.keys() & fields.keys():
        found += _value(fields[name], tree[name], f"{path}[{name}]")
    return found


def _value(hint: Any, value: Any, path: str) -> list[str]:
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        return _one_of(get_args(hint), value, path)
    if origin is Literal:
        is_choice = isinstance(value, str) and value in get_args(hint)
        return [] if is_choice else [f"{path} is {value!r}, which is no choice"]
    if origin is list:
        return _list(get_args(hint)[0], value, path)
    if origin is dict:
        return _metadata(value, path)
    if is_typeddict(hint):
        return _object(hint, value, path)
    return _scalar(hint, value, path)


def _one_of(options: tuple[Any, ...], value: Any, path: str) -> list[str]:
    """Valid for one of the options; choices beside `str` are all that Stripe takes."""
    choices = [option for option in options if get_origin(option) is Literal]
    if value == "" and any(get_args(option) == ("",) for option in choices):
        return []
    if bool in options and value in ("true", "false"):
        return []
    named = [option for option in choices if get_args(option) != ("",)]
    if named and isinstance(value, str):
        return _value(named[0], value, path)
    plain = [
        option
        for option in options
        if option not in choices and not _is_resource(option)
    ]
    return min((_value(option, value, path) for option in plain), key=len)


def _is_resource(hint: Any) -> bool:
    cls = get_origin(hint) or hint
    return isinstance(cls, type) and issubclass(cls, stripe.StripeObject)


def _list(item: Any, value: Any, path: str) -> list[str]:
    if not isinstance(value, dict) or set(value) != {
        str(number) for number in range(len(value))
    }:
        return [f"{path} is no list"]
    rows = (_value(item, row, f"{path}[{place}]") for place, row in value.items())
    return [fault for row in rows for fault in row]


def _metadata(value: Any, path: str) -> list[str]:
    if not isinstance(value, dict) or len(value) > MOST_KEYS:
        return [f"{path} is no metadata"]
    return [
        f"{path}[{key}] is too long, or no text"
        for key, text in value.items()
        if not isinstance(text, str)
        or len(key) > LONGEST_KEY
        or len(text) > LONGEST_VALUE
    ]


def _scalar(hint: Any, value: Any, path: str) -> list[str]:
    if not isinstance(value, str) or value == "":
        return [f"{path} is {value!r}, which is no value"]
    is_right = True
    if hint is bool:
        is_right = value in ("true", "false")
    elif hint is int:
        is_right = re.fullmatch(r"-?[0-9]+", value) is not None
    elif hint in (float, Decimal):
        try:
            Decimal(value)
        except InvalidOperation:
            is_right = False
    return [] if is_right else [f"{path} is {value!r}, which is no {hint.__name__}"]
