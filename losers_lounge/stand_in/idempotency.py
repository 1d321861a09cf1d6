"""Idempotency keys: the first answer is the answer, for a day."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from losers_lounge.stand_in.call import now
from losers_lounge.stand_in.errors import ApiError, invalid
from losers_lounge.stand_in.store import Object, Store

KIND = "idempotency_key"
KEPT_SECONDS = 24 * 3600
LONGEST_KEY = 255


class Keys:
    """The keys in use and the answers kept under them."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._in_flight: set[tuple[str, str]] = set()

    @contextmanager
    def held(self, account: str, key: str | None) -> Iterator[None]:
        """Only one request at a time holds a key; another is told so with 409."""
        if key is None:
            yield
            return
        if len(key) > LONGEST_KEY:
            raise invalid(f"An idempotency key has at most {LONGEST_KEY} characters.")
        with self._lock:
            if (account, key) in self._in_flight:
                raise _in_use(key)
            self._in_flight.add((account, key))
        try:
            yield
        finally:
            with self._lock:
                self._in_flight.discard((account, key))

    def first_answer(self, account: str, key: str | None, asked: str) -> Object | None:
        """What this key was answered before; refuses it for another request."""
        kept = self._store.get(account, KIND, key) if key else None
        if kept is None or kept["at"] < now() - KEPT_SECONDS:
            return None
        if kept["fingerprint"] != asked:
            raise ApiError(
                400,
                "Keys for idempotent requests can only be used with the same"
                f" parameters they were first used with. The key was '{key}'.",
                kind="idempotency_error",
            )
        return kept

    def keep(self, account: str, key: str | None, asked: str, answer: Object) -> None:
        """Keep an answer for the next time; refusals of parameters are not kept."""
        status = answer["status"]
        if key is None or (400 <= status < 500 and status != 402):
            return
        kept = answer | {"id": key, "fingerprint": asked, "at": now()}
        self._store.put(account, KIND, kept, kept["at"])


def fingerprint(method: str, path: str, params: dict[str, Any]) -> str:
    """What makes two requests the same request."""
    return json.dumps([method, path, params], sort_keys=True)


def _in_use(key: str) -> ApiError:
    return ApiError(
        409,
        "There is currently another in-progress request using this Idempotency-Key"
        f" ({key}). Try again later.",
        kind="idempotency_error",
        code="idempotency_key_in_use",
    )
