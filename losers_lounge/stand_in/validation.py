"""Refuse what the client library's own parameter types do not allow.

The generated TypedDicts of the pinned `stripe` package are the authority, so a
parameter that the library dropped is refused here too.
"""

import sys
import types
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, Literal, NotRequired, Required, Union, get_args, get_origin

from stripe import RequestOptions, StripeObject
from typing_extensions import get_type_hints, is_typeddict

from losers_lounge.stand_in.errors import ApiError, invalid
from losers_lounge.stand_in.wire import Tree

METADATA_KEYS = 50
METADATA_KEY_LENGTH = 40
METADATA_VALUE_LENGTH = 500


def checked(params: type, tree: Tree) -> dict[str, Any]:
    """The parameters in Python's types; raises ApiError at the first fault."""
    return _object(params, tree, "")


@cache
def fields_of(params: type) -> dict[str, Any]:
    """The parameter names of a generated type, each with its type."""
    names_of_options = vars(sys.modules[RequestOptions.__module__])
    hints = get_type_hints(
        params,
        vars(sys.modules[params.__module__]),
        {**names_of_options, "StripeContext": object},
        include_extras=True,
    )
    # The client's own options (keys, headers) are mixed into every outer type.
    options = RequestOptions.__annotations__.keys()
    mixed_in = options if options <= hints.keys() else frozenset()
    return {name: _bare(hint) for name, hint in hints.items() if name not in mixed_in}


def _bare(hint: Any) -> Any:
    if get_origin(hint) in (NotRequired, Required):
        return get_args(hint)[0]
    return hint


def _object(params: type, tree: Any, path: str) -> dict[str, Any]:
    if not isinstance(tree, dict):
        raise invalid("Invalid object", path)
    fields = fields_of(params)
    for name in tree:
        if name not in fields:
            param = _below(path, name)
            message = f"Received unknown parameter: {param}"
            raise invalid(message, param, "parameter_unknown")
    for name in sorted(params.__required_keys__):
        if name not in tree:
            param = _below(path, name)
            message = f"Missing required param: {param}."
            raise invalid(message, param, "parameter_missing")
    return {
        name: _value(fields[name], value, _below(path, name))
        for name, value in tree.items()
    }


def _below(path: str, name: str) -> str:
    return f"{path}[{name}]" if path else name


def _value(hint: Any, value: Any, path: str) -> Any:
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        return _one_of(get_args(hint), value, path)
    if origin is Literal:
        return _enumerated(get_args(hint), value, path)
    if origin is list:
        return _list(get_args(hint)[0], value, path)
    if origin is dict:
        return _mapping(value, path)
    if is_typeddict(hint):
        return _object(hint, value, path)
    return _scalar(hint, value, path)


def _one_of(options: tuple[Any, ...], value: Any, path: str) -> Any:
    """The first option that takes the value; an enumeration beside `str` rules.

    The library writes an enumeration as `Literal[...] | str` to let old clients
    meet new values, yet Stripe refuses a value it does not know. `Literal['']`
    beside another type only says that the parameter may be emptied.
    """
    literals = [option for option in options if get_origin(option) is Literal]
    others = [option for option in options if option not in literals]
    others = [option for option in others if not _is_resource(option)]
    emptiable = any(get_args(option) == ("",) for option in literals)
    if emptiable and value == "":
        return ""
    if bool in others and value in ("true", "false"):
        return value == "true"
    named = [option for option in literals if get_args(option) != ("",)]
    if named and isinstance(value, str):
        return _enumerated(get_args(named[0]), value, path)
    refusal: ApiError | None = None
    for option in others:
        try:
            return _value(option, value, path)
        except ApiError as error:
            refusal = _deeper(refusal, error)
    raise refusal or invalid("Invalid value", path)


def _is_resource(hint: Any) -> bool:
    """The library also takes its own objects, which travel as plain mappings."""
    plain = get_origin(hint) or hint
    return isinstance(plain, type) and issubclass(plain, StripeObject)


def _deeper(one: ApiError | None, other: ApiError) -> ApiError:
    """Of two refusals, the one that says more precisely where."""
    if one is None or len(other.param or "") > len(one.param or ""):
        return other
    return one


def _enumerated(allowed: tuple[Any, ...], value: Any, path: str) -> str:
    if value not in allowed:
        choices = ", ".join(str(choice) for choice in allowed)
        raise invalid(f"Invalid {path}: must be one of {choices}", path)
    return value


def _list(item: Any, value: Any, path: str) -> list[Any]:
    if not isinstance(value, dict) or not all(key.isdecimal() for key in value):
        raise invalid("Invalid array", path)
    ordered = sorted(value, key=int)
    return [_value(item, value[key], _below(path, key)) for key in ordered]


def _mapping(value: Any, path: str) -> dict[str, str]:
    if not isinstance(value, dict):
        raise invalid("Invalid object", path)
    if len(value) > METADATA_KEYS:
        raise invalid(f"Metadata can have up to {METADATA_KEYS} keys", path)
    for key, text in value.items():
        where = _below(path, key)
        if not isinstance(text, str):
            raise invalid("Metadata values must be strings", where)
        if len(key) > METADATA_KEY_LENGTH or len(text) > METADATA_VALUE_LENGTH:
            raise invalid(
                f"Metadata keys can have up to {METADATA_KEY_LENGTH} characters and"
                f" values up to {METADATA_VALUE_LENGTH}",
                where,
            )
    return value


def _scalar(hint: Any, value: Any, path: str) -> Any:
    if not isinstance(value, str):
        raise invalid("Invalid string: an object was given", path)
    if value == "":
        message = (
            f"You passed an empty string for '{path}'. An empty value unsets a"
            " parameter, and this one cannot be unset."
        )
        raise invalid(message, path, "parameter_invalid_empty")
    reader = {int: _integer, bool: _boolean, float: _number, Decimal: _number}
    return reader.get(hint, _text)(value, path)


def _text(value: str, path: str) -> str:
    return value


def _integer(value: str, path: str) -> int:
    digits = value.removeprefix("-")
    if not (digits.isascii() and digits.isdecimal()):
        message = f"Invalid integer: {value}"
        raise invalid(message, path, "parameter_invalid_integer")
    return int(value)


def _boolean(value: str, path: str) -> bool:
    if value not in ("true", "false"):
        raise invalid(f"Invalid boolean: {value}", path)
    return value == "true"


def _number(value: str, path: str) -> Decimal:
    try:
        return Decimal(value)
    except InvalidOperation as error:
        raise invalid(f"Invalid decimal: {value}", path) from error
