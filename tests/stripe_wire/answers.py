"""Judge an answer by the resource types of the pinned `stripe` package.

An id stands where the request asked for nothing more, the object where it did: the
types alone would allow either.
"""

import types
from decimal import Decimal
from functools import cache
from importlib import import_module
from typing import Any, ForwardRef, Literal, Union, get_args, get_origin

import stripe
from stripe._object_classes import OBJECT_CLASSES

Wanted = dict[str, Any]
NOTHING: Wanted = {}
DELETED = {"id", "object", "deleted"}


def class_of(kind: str) -> type | None:
    """The class that the client makes of an object of this kind."""
    if kind not in OBJECT_CLASSES:
        return None
    module, name = OBJECT_CLASSES[kind]
    return getattr(import_module(module), name)


def violations(body: Any, path: str = "", wanted: Wanted = NOTHING) -> list[str]:
    """What the types do not allow in an object that says its own kind.

    `wanted` are the fields that the request wanted expanded.
    """
    if not isinstance(body, dict) or "object" not in body:
        return [f"{path}: not an object of Stripe's"]
    kind = body["object"]
    if kind == "list":
        return _list_object(body, path, wanted.get("data", NOTHING))
    cls = class_of(kind)
    if cls is None:
        return [f"{path}: unknown kind {kind}"]
    if body.get("deleted") is True:
        return [] if body.keys() == DELETED else [f"{path}: a deleted {sorted(body)}"]
    found = _fields(cls, body, f"{path}<{kind}>", wanted)
    if kind == "event":
        found += violations(body["data"]["object"], f"{path}<event>.data.object")
    return found


def _list_object(body: dict[str, Any], path: str, wanted: Wanted) -> list[str]:
    found = []
    if body.keys() != {"object", "data", "has_more", "url"}:
        found.append(f"{path}: a list with {sorted(body)}")
    for position, row in enumerate(body.get("data", [])):
        found += violations(row, f"{path}[{position}]", wanted)
    return found


def _fields(cls: type, body: Any, path: str, wanted: Wanted) -> list[str]:
    if not isinstance(body, dict):
        return [f"{path}: {type(body).__name__} instead of an object"]
    hints = _hints(cls)
    found = [f"{path}: unknown field {name}" for name in body.keys() - hints.keys()]
    for name, hint in hints.items():
        if name in body:
            inner = wanted.get(name)
            found += _expansion(hint, body[name], f"{path}.{name}", inner is not None)
            found += _value(hint, body[name], f"{path}.{name}", inner or NOTHING)
        elif not _is_optional(hint):
            found.append(f"{path}: {name} is missing")
    return found


@cache
def _hints(cls: type) -> dict[str, Any]:
    return {
        name: hint
        for name, hint in cls.__annotations__.items()
        if name != "OBJECT_NAME" and not name.startswith("_")
    }


def _expansion(hint: Any, value: Any, path: str, is_wanted: bool) -> list[str]:
    """Whether an object stands where only an id was asked for, or the reverse."""
    if isinstance(value, dict) and not is_wanted and _is_expandable(hint):
        return [f"{path}: expanded, though nobody asked"]
    if isinstance(value, str) and is_wanted:
        return [f"{path}: an id, though its object was asked for"]
    return []


@cache
def _is_expandable(hint: Any) -> bool:
    """An id or its object; or a list that is only sent when it is asked for."""
    options = get_args(hint)
    is_id = str in options and any(isinstance(o, ForwardRef) for o in options)
    is_list = type(None) in options and any(
        get_origin(o) is stripe.ListObject for o in options
    )
    return is_id or is_list


def _is_optional(hint: Any) -> bool:
    return get_origin(hint) in (Union, types.UnionType) and type(None) in get_args(hint)


def _value(hint: Any, value: Any, path: str, wanted: Wanted = NOTHING) -> list[str]:
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        return _one_of(get_args(hint), value, path, wanted)
    if origin is Literal:
        return [] if value in get_args(hint) else [f"{path}: {value!r} is not a choice"]
    if origin is list:
        if not isinstance(value, list):
            return [f"{path}: not a list"]
        (item,) = get_args(hint)
        return [
            found
            for position, row in enumerate(value)
            for found in _value(item, row, f"{path}[{position}]", wanted)
        ]
    return _plain(origin or hint, get_args(hint), value, path, wanted)


def _one_of(
    options: tuple[Any, ...], value: Any, path: str, wanted: Wanted
) -> list[str]:
    if value is None:
        return [] if type(None) in options else [f"{path}: null is not allowed"]
    literals = [option for option in options if get_origin(option) is Literal]
    if literals:
        return _value(literals[0], value, path)
    tried = [_value(o, value, path, wanted) for o in options if o is not type(None)]
    return min(tried, key=len)


def _plain(hint: Any, inner: Any, value: Any, path: str, wanted: Wanted) -> list[str]:
    if isinstance(hint, ForwardRef) or hint is stripe.ListObject:
        return violations(value, path, wanted)
    if hint is Any:
        return []
    if hint.__name__ == "UntypedStripeObject":
        return _mapping(inner[0], value, path)
    if issubclass(hint, stripe.StripeObject):
        return _fields(hint, value, path, wanted)
    wanted = {Decimal: str, float: (int, float)}.get(hint, hint)
    is_bool_for_number = isinstance(value, bool) and hint is not bool
    if is_bool_for_number or not isinstance(value, wanted):
        return [f"{path}: {value!r} is no {hint.__name__}"]
    return []


def _mapping(inner: Any, value: Any, path: str) -> list[str]:
    if not isinstance(value, dict):
        return [f"{path}: not an object"]
    return [
        found
        for name, entry in value.items()
        for found in _value(inner, entry, f"{path}.{name}")
    ]
