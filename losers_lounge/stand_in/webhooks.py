"""Signed webhooks: at least once, in any order, tried again when not taken."""

import hashlib
import hmac
import http.client
import json
import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlsplit

from losers_lounge.stand_in import events
from losers_lounge.stand_in.store import Object, Store

WEBHOOK_SECRET = "whsec_stand_in"  # noqa: S105 (opens nothing but the demo)

FIRST_WAIT = 0.1
LONGEST_WAIT = 30.0
MOST_ATTEMPTS = 16
TIMEOUT = 10.0
HANDS = 4
GATHERING = 0.1
IDLE = 0.5


@dataclass
class Endpoint:
    """Where deliveries go, and how badly."""

    url: str | None = None
    secret: str = WEBHOOK_SECRET
    paused: bool = False
    shuffle: bool = False
    copies: int = 1

    @property
    def is_reachable(self) -> bool:
        """Whether anything is delivered at all at the moment."""
        return self.url is not None and not self.paused


def signature(payload: str, secret: str, at: int) -> str:
    """The Stripe-Signature header, scheme v1."""
    signed = f"{at}.{payload}".encode()
    digest = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


class Courier:
    """Delivers what the books say is owed, from threads of its own."""

    def __init__(
        self, store: Store, endpoint: Endpoint, each_round: Callable[[], None]
    ) -> None:
        self._store = store
        self._endpoint = endpoint
        self._each_round = each_round
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._in_hand: set[str] = set()
        self._attempts: dict[str, int] = {}
        self._not_before: dict[str, float] = {}
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to deliver."""
        self._stopping.clear()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Finish what is in hand and deliver no more."""
        self._stopping.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def wake(self) -> None:
        """There may be something to deliver."""
        self._wake.set()

    def try_again_now(self) -> None:
        """The endpoint has changed, so waiting longer makes no sense."""
        with self._lock:
            self._not_before.clear()
        self.wake()

    def settle(self, timeout: float) -> bool:
        """Wait until nothing is owed; False if something still is."""
        until = time.monotonic() + timeout
        self.wake()
        while self._owed():
            if time.monotonic() > until:
                return False
            time.sleep(0.01)
        return True

    def _owed(self) -> list[Object]:
        return [owed for _, owed in self._store.due(events.DELIVERY, 0)]

    def _run(self) -> None:
        with ThreadPoolExecutor(HANDS) as hands:
            while not self._stopping.is_set():
                self._each_round()
                for owed in self._ready():
                    hands.submit(self._deliver, owed)
                self._wake.wait(self._pause())
                self._wake.clear()

    def _ready(self) -> list[Object]:
        if not self._endpoint.is_reachable:
            return []
        if self._endpoint.shuffle:
            self._stopping.wait(GATHERING)
        with self._lock:
            at = time.monotonic()
            ready = [
                owed
                for owed in self._owed()
                if owed["id"] not in self._in_hand
                and self._not_before.get(owed["id"], 0) <= at
            ]
            for owed in ready:
                self._in_hand.add(owed["id"])
                self._not_before.pop(owed["id"], None)
        if self._endpoint.shuffle:
            random.shuffle(ready)
        return ready

    def _pause(self) -> float:
        with self._lock:
            soonest = min(self._not_before.values(), default=float("inf"))
        return min(IDLE, max(0.01, soonest - time.monotonic()))

    def _deliver(self, owed: Object) -> None:
        event = self._store.get(owed["account"], "event", owed["id"])
        taken = event is not None and self._posted(event)
        with self._lock:
            attempts = self._attempts.get(owed["id"], 0) + 1
            done = taken or attempts >= MOST_ATTEMPTS
            if done:
                self._attempts.pop(owed["id"], None)
                with self._store.transaction():
                    events.settle_delivery(self._store, owed, taken=taken)
            else:
                self._attempts[owed["id"]] = attempts
                wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** (attempts - 1))
                self._not_before[owed["id"]] = time.monotonic() + wait
            self._in_hand.discard(owed["id"])
        self.wake()

    def _posted(self, event: Object) -> bool:
        """Post as many copies as ordered; taken if any of them is."""
        payload = json.dumps(event, indent=2)
        copies = [self._post(payload) for _ in range(self._endpoint.copies)]
        return any(copies)

    def _post(self, payload: str) -> bool:
        # The endpoint may be paused, or lose its address, at any moment.
        if not self._endpoint.is_reachable or self._stopping.is_set():
            return False
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": signature(
                payload, self._endpoint.secret, int(time.time())
            ),
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        }
        status = _status(self._endpoint.url or "", payload, headers)
        return status is not None and 200 <= status < 300


def _status(url: str, payload: str, headers: dict[str, str]) -> int | None:
    """The status that a POST is answered with; None when nobody answers."""
    parts = urlsplit(url)
    https = parts.scheme == "https"
    kind = http.client.HTTPSConnection if https else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=TIMEOUT)
    path = parts.path or "/"
    target = f"{path}?{parts.query}" if parts.query else path
    try:
        connection.request("POST", target, payload.encode(), headers)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
