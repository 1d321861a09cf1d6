"""Redis refuses, falls silent, fills up, forgets, holds rubbish: nobody waits."""

import base64
import json
import os
import signal
import time
from collections.abc import Callable
from datetime import timedelta
from statistics import median
from typing import Any

import pytest

from events import heartbeats
from events.models import Heartbeat, Message
from tests.faults.crowd import Night, make_night
from tests.faults.house import House
from tests.faults.invariants import at_any_moment, when_healed
from tests.workers import eventually

LONG = os.environ.get("FAULTS_LONG") == "1"
PEOPLE = 60 if LONG else 8
RESTARTS = 5
# Our sockets give Redis five seconds: whoever waits for it waits for that long.
WAITED_FOR_REDIS = 4.5
BAR_SECONDS = 1
MAIL_IS_OUT_SECONDS = 60
State = Message.State
QUEUE = "celery"


def mail_is_out(night: Night) -> Callable[[], bool]:
    """The invitations, the letters about answers, and nothing waits."""
    letters = night.event.messages.filter(about__in=night.told.letters)
    waiting = [State.QUEUED, State.CLAIMED, State.HANDING_OVER]

    def is_out() -> bool:
        sent = letters.filter(state=State.SENT).values_list("about", flat=True)
        late = night.event.messages.filter(state__in=waiting)
        return set(sent) == night.told.letters and not late.exists()

    return is_out


def usual_seconds(house: House) -> float:
    """What a press takes on a night without a fault."""
    night = make_night(house, PEOPLE)
    night.press_all(lambda night: None)
    return middle(night)


def middle(night: Night) -> float:
    """Of all presses: one alone may wait for a machine that does other work."""
    return median(reply.seconds for press in night.presses for reply in press.replies)


@pytest.mark.parametrize("fault", ["refuses", "is silent", "is full"])
def test_everything_is_done_at_once_while_redis(house: House, fault: str) -> None:
    """Answers, sending, payments, results and the door; mail leaves when it is back."""
    usual = usual_seconds(house) if LONG else 0.0
    worker = house.stack.processes["worker"]
    night = make_night(house, PEOPLE)
    if fault == "refuses":
        house.broker.stop()
    elif fault == "is silent":
        house.broker.freeze()
    else:
        with house.queue() as queue:
            queue.config_set("maxmemory", "1")

    night.press_all(lambda night: None)

    assert set(night.statuses()) == {302}
    at_any_moment(night.event, night.told)
    took = middle(night)
    print(f"redis {fault}: a press took {took:.2f} s, {usual:.2f} s without the fault")
    assert took < (usual + BAR_SECONDS if LONG else WAITED_FOR_REDIS)
    ended = time.monotonic()
    house.heal()
    eventually(mail_is_out(night), MAIL_IS_OUT_SECONDS)
    print(
        f"redis {fault}: mail was out {time.monotonic() - ended:.1f} s after the fault"
    )
    assert house.stack.processes["worker"] is worker
    when_healed(night.event, night.told, relay=house.stack.relay)


def rubbish() -> list[bytes]:
    """What no release of ours has put there."""

    def task(name: str, body: bytes, kind: str = "application/json") -> bytes:
        properties = {
            "correlation_id": "x",
            "delivery_info": {"exchange": "", "routing_key": QUEUE},
            "delivery_tag": f"rubbish {name}",
            "body_encoding": "base64",
        }
        found: dict[str, Any] = {
            "body": base64.b64encode(body).decode(),
            "content-type": kind,
            "content-encoding": "utf-8",
            "headers": {"lang": "py", "task": name, "id": "x", "argsrepr": "()"},
            "properties": properties,
        }
        return json.dumps(found).encode()

    empty, pickled = b"[[], {}, {}]", "application/x-python-serialize"
    return [
        task("events.tasks.of_another_release", empty),
        task("events.tasks.sweep_outbox", b'[["too", "many"], {}, {}]'),
        task("events.tasks.sweep_outbox", b"not json"),
        task("events.tasks.sweep_outbox", b"cos\nsystem\n(S'true'\ntR.", pickled),
        task("donations.tasks.process_stripe_event", b'[["; DROP TABLE"], {}, {}]'),
        task("", b"null"),
    ]  # fmt: skip


def test_rubbish_in_the_queue_stops_nobody(house: House) -> None:
    """Names that nobody knows, pickles and broken bodies are logged and left."""
    worker = house.stack.processes["worker"]
    night = make_night(house, 4)
    with house.queue() as queue:
        queue.rpush(QUEUE, *rubbish())
        eventually(lambda: "of_another_release" in worker.written())
    night.press_all(lambda night: None)

    eventually(mail_is_out(night), MAIL_IS_OUT_SECONDS)

    assert worker.popen.poll() is None
    assert "unregistered task" in worker.written()
    when_healed(night.event, night.told, relay=house.stack.relay)


def test_after_a_redis_that_started_five_times_over_mail_leaves(
    house: House,
) -> None:
    """Each time with nothing left in it, while people press; the worker stays.

    Without losers_lounge/broker.py it ends when it has tasks in hand at that moment.
    """
    worker = house.stack.processes["worker"]
    night = make_night(house, PEOPLE)

    def restart(night: Night) -> None:
        for _ in range(RESTARTS):
            house.broker.stop()
            time.sleep(1 if LONG else 0.2)
            house.broker.start()
            time.sleep(2 if LONG else 0.3)

    night.press_all(restart)
    late = make_night(house, 4)
    late.press_all(lambda night: None)

    eventually(mail_is_out(night), MAIL_IS_OUT_SECONDS)
    eventually(mail_is_out(late), MAIL_IS_OUT_SECONDS)
    assert house.stack.processes["worker"] is worker
    assert worker.popen.poll() is None
    for one in (night, late):
        when_healed(one.event, one.told, relay=house.stack.relay)


def test_a_deaf_worker_is_found_and_replaced(house: House) -> None:
    """It lives and takes nothing; beat goes on asking, and nobody answers."""
    deaf = house.stack.processes["worker"]
    os.kill(deaf.popen.pid, signal.SIGSTOP)
    night = make_night(house, 4)
    night.press_all(lambda night: None)
    eventually(is_asked)
    assert deaf.popen.poll() is None
    assert not house.is_deaf()  # not yet: three minutes are given

    asked = Heartbeat.objects.get(name=heartbeats.PING).at - timedelta(minutes=4)
    Heartbeat.objects.filter(name=heartbeats.WORKER).update(at=asked)
    Heartbeat.objects.filter(name=heartbeats.PING).update(at=asked + timedelta(0, 1))

    assert house.is_deaf()
    assert not night.event.messages.filter(state=State.SENT).exists()
    assert house.supervise() == 1
    eventually(lambda: not house.is_deaf())
    eventually(mail_is_out(night), MAIL_IS_OUT_SECONDS)
    when_healed(night.event, night.told, relay=house.stack.relay)


def is_asked() -> bool:
    found = dict(Heartbeat.objects.values_list("name", "at"))
    return found[heartbeats.PING] > found[heartbeats.WORKER]


def test_a_redis_that_throws_away_what_is_in_the_queue_loses_no_mail(
    house: House,
) -> None:
    """As allkeys-lru does, which is not how it should be set."""
    with house.queue() as queue:
        queue.config_set("maxmemory-policy", "allkeys-random")
        night = make_night(house, 4)
        queue.config_set("maxmemory", "1")
        night.press_all(lambda night: None)
        queue.config_set("maxmemory", "0")

    eventually(mail_is_out(night), MAIL_IS_OUT_SECONDS)
    when_healed(night.event, night.told, relay=house.stack.relay)
