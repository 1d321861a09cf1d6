"""Faults to order: what can go wrong between the app and Stripe."""

import threading
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

from losers_lounge.stand_in.messages import Answer, Sent, as_json


class Fault(StrEnum):
    """What goes wrong; before the effect unless the name says after."""

    ERROR_500 = "error_500"
    ERROR_500_AFTER = "error_500_after"
    RATE_LIMIT = "rate_limit"
    HTML_502 = "html_502"
    HANG = "hang"
    DROP_BEFORE = "drop_before"
    DROP_AFTER = "drop_after"
    TRUNCATE_AFTER = "truncate_after"


SERVER_ERROR = {
    "error": {
        "message": "An unknown error occurred",
        "type": "api_error",
    }
}
RATE_LIMITED = {
    "error": {
        "code": "rate_limit",
        "message": "Request rate limit exceeded.",
        "type": "invalid_request_error",
    }
}
BAD_GATEWAY = b"<html><head><title>502 Bad Gateway</title></head></html>\n"


@dataclass(frozen=True)
class Order:
    """A fault for the next `count` requests that fit."""

    fault: Fault
    path: str = "/v1/"
    method: str | None = None
    count: int = 1
    seconds: float = 1.0

    def fits(self, method: str, path: str) -> bool:
        """Whether the fault is meant for this request."""
        return path.startswith(self.path) and self.method in (None, method)


class Faults:
    """The faults on order, taken one by one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._orders: list[Order] = []
        self._stopping = threading.Event()

    def order(self, fault: Fault | str, **wishes: Any) -> None:
        """Order a fault: `path` prefix, `method`, `count`, `seconds` (of a hang)."""
        order = Order(Fault(fault), **wishes)
        with self._lock:
            self._orders.append(order)

    def clear(self) -> None:
        """Everything goes well again."""
        with self._lock:
            self._orders.clear()

    def on_order(self) -> list[dict[str, Any]]:
        """What is still to go wrong."""
        with self._lock:
            return [asdict(order) for order in self._orders]

    def take(self, method: str, path: str) -> Order | None:
        """The fault for this request, if one fits, counted down."""
        with self._lock:
            for position, order in enumerate(self._orders):
                if order.fits(method, path):
                    if order.count > 1:
                        self._orders[position] = replace(order, count=order.count - 1)
                    else:
                        del self._orders[position]
                    return order
        return None

    def open(self) -> None:
        """Hangs take their time from now on."""
        self._stopping.clear()

    def close(self) -> None:
        """Let everything that hangs go."""
        self._stopping.set()

    def hang(self, order: Order | None) -> bool:
        """Wait as ordered; False if the stand-in is stopped meanwhile."""
        if order is None or order.fault is not Fault.HANG:
            return True
        return not self._stopping.wait(order.seconds)


def before_effect(order: Order | None) -> Answer | None:
    """The answer of a fault that keeps the request from having any effect."""
    match order.fault if order else None:
        case Fault.ERROR_500:
            return as_json(500, SERVER_ERROR)
        case Fault.RATE_LIMIT:
            return as_json(429, RATE_LIMITED)
        case Fault.HTML_502:
            return Answer(502, BAD_GATEWAY, {"Content-Type": "text/html"})
        case Fault.DROP_BEFORE:
            return Answer(500, sent=Sent.NOTHING)
    return None


def after_effect(order: Order | None, answer: Answer) -> Answer:
    """The answer as it arrives: whole, in half, or not at all."""
    match order.fault if order else None:
        case Fault.DROP_AFTER:
            return replace(answer, sent=Sent.NOTHING)
        case Fault.TRUNCATE_AFTER:
            return replace(answer, sent=Sent.HALF)
    return answer
