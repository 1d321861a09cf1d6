import threading
from collections.abc import Iterator

import pytest
import structlog
from structlog.testing import capture_logs

from losers_lounge import doorbell
from tests.workers import eventually

TASK = "somebody.tasks.work"


class Broker:
    """What the bell publishes to; it may refuse or hang."""

    def __init__(self) -> None:
        self.heard: list[dict] = []
        self.args: set[tuple[int, ...]] = set()
        self.error: Exception | None = None
        self.open = threading.Event()
        self.open.set()

    def send_task(self, name: str, args: tuple[int, ...], retry: bool) -> None:
        self.open.wait(5)
        if self.error:
            raise self.error
        self.args.add(args)
        self.heard.append(structlog.contextvars.get_contextvars())


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Iterator[Broker]:
    started = Broker()
    monkeypatch.setattr(doorbell, "app", started)
    monkeypatch.setattr(doorbell, "_bell", None)
    yield started
    started.open.set()


def test_a_ring_is_heard_with_the_request_it_belongs_to(broker: Broker) -> None:
    with structlog.contextvars.bound_contextvars(request_id="r-1"):
        doorbell.ring(TASK)
    eventually(lambda: broker.heard)
    assert broker.heard == [{"request_id": "r-1"}]


def test_many_rings_while_the_broker_hangs_become_one_and_hold_up_nobody(
    broker: Broker,
) -> None:
    broker.open.clear()
    for _ in range(100):
        doorbell.ring(TASK)
    broker.open.set()
    doorbell._bell.leave()
    assert 1 <= len(broker.heard) <= 2


def test_a_large_wave_rings_for_several_workers(broker: Broker) -> None:
    doorbell.ring(TASK, times=3)
    eventually(lambda: len(broker.heard) >= 3)


def test_a_broker_that_is_away_is_complained_of_once(broker: Broker) -> None:
    broker.error = ConnectionRefusedError()
    with capture_logs() as lines:
        for _ in range(3):
            doorbell.ring(TASK)
            doorbell._bell.leave()
        broker.error = None
        doorbell.ring(TASK)
        eventually(lambda: broker.heard)
    complaints = [line for line in lines if line["event"] == "doorbell.unheard"]
    assert len(complaints) == 1
    assert complaints[0]["why"] == "ConnectionRefusedError"


def test_a_forked_process_has_a_bell_of_its_own(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    doorbell.ring(TASK)
    first = doorbell._bell
    monkeypatch.setattr(first, "pid", first.pid + 1)
    doorbell.ring(TASK)
    assert doorbell._bell is not first


def test_two_different_wishes_are_both_heard(broker: Broker) -> None:
    broker.open.clear()
    doorbell.ring(TASK, 1)
    doorbell.ring(TASK, 2)
    broker.open.set()
    eventually(lambda: broker.args >= {(1,), (2,)})
