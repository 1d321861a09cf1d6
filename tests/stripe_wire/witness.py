"""Sees every exchange of the suite, and says at the end of a test what was wrong."""

import json
import threading
from collections.abc import Iterator
from typing import Any

from stripe._error_object import ErrorObject

from losers_lounge.stand_in.exchanges import Exchanges
from tests.stripe_wire import answers, requests
from tests.stripe_wire.endpoints import endpoint_of

ERROR_TYPES = (
    "api_error",
    "card_error",
    "idempotency_error",
    "invalid_request_error",
)


class Witness:
    """What crossed the wire against the package's types, from every thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[str] = []
        self.seen = 0
        # Off where a test itself asks what the app would never ask.
        self.judges_requests = True

    def exchange(self, asked: dict[str, Any], status: int, body: str) -> None:
        encoded = asked["query"] if asked["method"] == "GET" else asked["body"]
        faults = []
        if self.judges_requests:
            faults += requests.violations(
                asked["method"], asked["path"], encoded, asked["headers"]
            )
        faults += judged_answer(asked["method"], asked["path"], encoded, status, body)
        self._add(faults)

    def told(self, event: dict[str, Any]) -> None:
        self._add(answers.violations(event))

    def take(self) -> list[str]:
        """What was wrong since the last time, each once."""
        with self._lock:
            faults, self._faults = self._faults, []
        return sorted(set(faults))

    def _add(self, faults: list[str]) -> None:
        with self._lock:
            self.seen += 1
            self._faults += faults


def judged_answer(
    method: str, path: str, encoded: str, status: int, body: str
) -> list[str]:
    """What the package's types do not allow in this answer to this request."""
    where = f"{method} {path} answered {status}: "
    if status >= 400:
        return [where + fault for fault in _error(body)]
    endpoint = endpoint_of(method, path)
    if endpoint is None:
        return [where + "there is no such endpoint"]
    answer = json.loads(body)
    faults = answers.violations(answer, "", requests.expansions(encoded))
    named = _name_of(answer)
    if named not in (endpoint.answer, "ListObject[]"):
        faults.append(f"{named} instead of {endpoint.answer}")
    return [where + fault for fault in faults]


def _name_of(answer: dict[str, Any]) -> str:
    kind = answer.get("object", "")
    if kind == "list":
        rows = answer["data"]
        return f"ListObject[{_name_of(rows[0]) if rows else ''}]"
    cls = answers.class_of(kind)
    return cls.__name__ if cls else kind


def _error(body: str) -> list[str]:
    """Stripe's error object; a gateway before it may answer with a page."""
    if body.lstrip().startswith("<html"):
        return []
    error = json.loads(body)["error"]
    known = ErrorObject.__annotations__
    found = [f"error with {name}" for name in error.keys() - known.keys()]
    if error.get("type") not in ERROR_TYPES:
        found.append(f"an error of type {error.get('type')}")
    for name in ("payment_intent", "setup_intent", "payment_method"):
        if name in error:
            found += answers.violations(error[name])
    return found


def stand_by() -> Witness:
    """From now on, every stand-in of this process is watched."""
    witness = Witness()
    Exchanges.witness = witness
    return witness


def watched(witness: Witness) -> Iterator[Witness]:
    """Whatever happens between the two halves of this is judged at its end."""
    witness.take()
    yield witness
    faults = witness.take()
    assert not faults, "Not Stripe's language:\n" + "\n".join(faults)
