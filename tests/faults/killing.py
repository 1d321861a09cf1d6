"""kill -9 for whoever asks Stripe, before it has done as it was asked, or after."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from threading import Lock

from losers_lounge.stand_in.messages import Answer, Incoming, Sent
from losers_lounge.stand_in.server import StandIn
from tests.workers import kill_owner

BEFORE, AFTER = "before", "after"
Kill = Callable[[int, int], None]


@dataclass
class Order:
    """The next request that fits costs its asker's life; `kill` is told both ports."""

    method: str
    path: str
    when: str
    kill: Kill = kill_owner
    # As some questions are asked more than once, and the first may be another's.
    body: str = ""

    def fits(self, incoming: Incoming) -> bool:
        is_asked = incoming.path.startswith(self.path) and self.body in incoming.body
        return is_asked and incoming.method == self.method


@dataclass
class Killing:
    """Stands before a stand-in; `done` are the orders that were carried out."""

    stand_in: StandIn
    orders: list[Order] = field(default_factory=list)
    done: list[Order] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._lock, self._answers = Lock(), self.stand_in.answer
        self.stand_in.answer = self._answer  # type: ignore[method-assign]

    def next(
        self, method: str, path: str, when: str, kill: Kill = kill_owner, body: str = ""
    ) -> Order:
        order = Order(method, path, when, kill, body)
        with self._lock:
            self.orders.append(order)
        return order

    def _answer(self, incoming: Incoming) -> Answer:
        order = self._take(incoming)
        if order is None:
            return self._answers(incoming)
        answer = Answer(500)
        if order.when == AFTER:
            answer = self._answers(incoming)
        order.kill(incoming.port, self.stand_in.port)
        self.done.append(order)
        return replace(answer, sent=Sent.NOTHING)

    def _take(self, incoming: Incoming) -> Order | None:
        with self._lock:
            for order in self.orders:
                if order.fits(incoming):
                    self.orders.remove(order)
                    return order
        return None
