"""What was asked and answered, for whoever judges it; by default nobody does."""

import threading
from collections.abc import Iterable
from typing import Any, ClassVar, Protocol

from losers_lounge.stand_in.messages import Answer, Incoming, Sent
from losers_lounge.stand_in.store import Object

API = "/v1/"
MOST_KEPT = 5000


class Witness(Protocol):
    """Sees everything that crosses the wire, and forgets nothing wrong."""

    def exchange(self, asked: dict[str, Any], status: int, body: str) -> None:
        """One request of the API and its whole answer."""

    def told(self, event: Object) -> None:
        """One event, as webhooks carry it."""


class Exchanges:
    """Hands each exchange to a witness, and keeps them when somebody wishes so."""

    # Of every stand-in in this process; a test sets it.
    witness: ClassVar[Witness | None] = None

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: list[dict[str, Any]] | None = None

    def keep(self, *, wanted: bool) -> None:
        """Begin to keep exchanges, from none on; or stop and forget them."""
        with self._lock:
            self._kept = [] if wanted else None

    def kept(self) -> list[dict[str, Any]]:
        """The exchanges since somebody wished to keep them, oldest first."""
        with self._lock:
            return list(self._kept or [])

    def note(self, incoming: Incoming, answer: Answer) -> None:
        """Show one exchange of the API that arrives whole."""
        is_seen = self.witness is not None or self._kept is not None
        if not is_seen or not incoming.path.startswith(API):
            return
        if answer.sent is not Sent.WHOLE:
            return
        asked = {
            "method": incoming.method,
            "path": incoming.path,
            "query": incoming.query,
            "headers": dict(incoming.headers.items()),
            "body": incoming.body,
        }
        body = answer.body.decode()
        if self.witness is not None:
            self.witness.exchange(asked, answer.status, body)
        with self._lock:
            if self._kept is not None and len(self._kept) < MOST_KEPT:
                kept = {"asked": asked, "status": answer.status, "body": body}
                self._kept.append(kept)

    def tell(self, events: Iterable[Object]) -> None:
        """Show every event to the witness."""
        if self.witness is not None:
            for event in events:
                self.witness.told(event)
