"""Judge an answer by the resource types of the pinned `stripe` package."""

import types
from decimal import Decimal
from importlib import import_module
from typing import Any, ForwardRef, Literal, Union, get_args, get_origin

import stripe
from stripe._object_classes import OBJECT_CLASSES


def class_of(kind: str) -> type | None:
    """The class that the client makes of an object of this kind."""
    if kind not in OBJECT_CLASSES:
        return None
    module, name = OBJECT_CLASSES[kind]
    return getattr(import_module(module), name)


def violations(body: Any, path: str = "") -> list[str]:
    """What the types do not allow in an object that says its own kind."""
    if not isinstance(body, dict) or "object" not in body:
        return [f"{path}: not an object of Stripe's"]
    kind = body["object"]
    if kind == "list":
        return _list_object(body, path)
    cls = class_of(kind)
    if cls is None:
        return [f"{path}: unknown kind {kind}"]
    found = _fields(cls, body, f"{path}<{kind}>")
    if kind == "event":
        found += violations(body["data"]["object"], f"{path}<event>.data.object")
    return found


def _list_object(body: dict[str, Any], path: str) -> list[str]:
    found = []
    if body.keys() != {"object", "data", "has_more", "url"}:
        found.append(f"{path}: a list with {sorted(body)}")
    for position, row in enumerate(body.get("data", [])):
        found += violations(row, f"{path}[{position}]")
    return found


def _fields(cls: type, body: Any, path: str) -> list[str]:
    if not isinstance(body, dict):
        return [f"{path}: {type(body).__name__} instead of an object"]
    hints = {
        name: hint
        for name, hint in cls.__annotations__.items()
        if name != "OBJECT_NAME" and not name.startswith("_")
    }
    found = [f"{path}: unknown field {name}" for name in body.keys() - hints.keys()]
    for name, hint in hints.items():
        if name in body:
            found += _value(hint, body[name], f"{path}.{name}")
        elif not _is_optional(hint):
            found.append(f"{path}: {name} is missing")
    return found


def _is_optional(hint: Any) -> bool:
    return get_origin(hint) in (Union, types.UnionType) and type(None) in get_args(hint)


def _value(hint: Any, value: Any, path: str) -> list[str]:
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        return _one_of(get_args(hint), value, path)
    if origin is Literal:
        return [] if value in get_args(hint) else [f"{path}: {value!r} is not a choice"]
    if origin is list:
        if not isinstance(value, list):
            return [f"{path}: not a list"]
        (item,) = get_args(hint)
        return [
            found
            for position, row in enumerate(value)
            for found in _value(item, row, f"{path}[{position}]")
        ]
    return _plain(origin or hint, get_args(hint), value, path)


def _one_of(options: tuple[Any, ...], value: Any, path: str) -> list[str]:
    if value is None:
        return [] if type(None) in options else [f"{path}: null is not allowed"]
    literals = [option for option in options if get_origin(option) is Literal]
    if literals:
        return _value(literals[0], value, path)
    tried = [_value(o, value, path) for o in options if o is not type(None)]
    return min(tried, key=len)


def _plain(hint: Any, inner: Any, value: Any, path: str) -> list[str]:
    if isinstance(hint, ForwardRef) or hint is stripe.ListObject:
        return violations(value, path)
    if hint is Any:
        return []
    if hint.__name__ == "UntypedStripeObject":
        return _mapping(inner[0], value, path)
    if issubclass(hint, stripe.StripeObject):
        return _fields(hint, value, path)
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
