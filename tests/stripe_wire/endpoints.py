"""Each address of Stripe's API with its types, read from the package's services."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from threading import Lock

import stripe

PACKAGE = Path(stripe.__file__).parent
_PARSES = Lock()


@dataclass(frozen=True)
class Endpoint:
    """One method of the API: how it is addressed, asked and answered."""

    method: str
    pattern: re.Pattern[str]
    params: type | None
    answer: str  # the class's name, "ListObject[...]" for lists


def endpoint_of(method: str, path: str) -> Endpoint | None:
    """The endpoint that the package itself would have called."""
    head = "/".join(path.split("/")[:3])
    for endpoint in _endpoints(head):
        if endpoint.method == method.lower() and endpoint.pattern.fullmatch(path):
            return endpoint
    return None


@cache
def _sources() -> dict[Path, str]:
    return {path: path.read_text() for path in PACKAGE.rglob("_*_service.py")}


@cache
def _endpoints(head: str) -> list[Endpoint]:
    found = []
    for source in _sources().values():
        if f'"{head}' in source:
            # Two threads of Python 3.11 that parse count each other's depth, and one
            # of them ends with a SystemError.
            with _PARSES:
                tree = ast.parse(source)
            found += _read(tree, head)
    # What is written out wins over a place for an id: /payouts/x over /payouts/{id}.
    return sorted(found, key=lambda endpoint: endpoint.pattern.pattern.count("["))


def _read(tree: ast.Module, head: str) -> Iterator[Endpoint]:
    homes = {
        name.name: node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for name in node.names
    }
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        asked = _request(function)
        if asked is None or not asked[1].startswith(head):
            continue
        params = _params_name(function)
        yield Endpoint(
            method=asked[0],
            pattern=re.compile(re.sub(r"\\{\w+\\}", r"[^/]+", re.escape(asked[1]))),
            params=getattr(import_module(homes[params]), params) if params else None,
            answer=ast.unparse(function.returns).strip("'\""),
        )


def _request(function: ast.FunctionDef) -> tuple[str, str] | None:
    """The method and address in the function's call of `self._request`."""
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "self._request":
            method, path = node.args[:2]
            if isinstance(path, ast.Call):
                path = path.func.value
            return ast.literal_eval(method), ast.literal_eval(path)
    return None


def _params_name(function: ast.FunctionDef) -> str:
    for argument in function.args.args:
        if argument.arg == "params":
            return re.search(r"\w+Params", ast.unparse(argument.annotation))[0]
    return ""
