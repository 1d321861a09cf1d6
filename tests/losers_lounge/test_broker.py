"""What a worker does when Redis goes while it holds a task."""

from collections.abc import Iterator

import pytest
from kombu import Connection, Queue

from losers_lounge import environment
from tests.faults import machines
from tests.faults.machines import Machine

REDIS = "losers_lounge.broker:Transport"


@pytest.fixture
def redis_server() -> Iterator[Machine]:
    with machines.broker() as machine:
        yield machine


def lose_redis(redis_server: Machine, transport: str) -> Connection:
    """A connection with a message in hand whose server is gone, given up as a worker
    gives it up."""
    connection = Connection(redis_server.url, transport=transport)
    queue = Queue("work", channel=connection.default_channel)
    queue.declare()
    connection.default_channel.basic_publish(
        connection.default_channel.prepare_message("a task"), "", "work"
    )
    assert queue.get(no_ack=False) is not None
    redis_server.stop()
    connection._do_close_transport()
    return connection


def test_a_connection_that_is_lost_twice_is_a_lost_connection(
    redis_server: Machine,
) -> None:
    """Which Celery goes on from: it tries again until Redis is back."""
    lost = lose_redis(redis_server, REDIS)

    with pytest.raises(lost.connection_errors):
        lost._default_channel.close()


def test_kombus_own_transport_would_end_the_worker(redis_server: Machine) -> None:
    """As long as this passes, losers_lounge/broker.py is needed."""
    lost = lose_redis(redis_server, "redis")

    with pytest.raises(AttributeError):
        lost._default_channel.close()


@pytest.mark.parametrize(
    ("url", "transport"),
    [
        ("redis://127.0.0.1:6379/0", REDIS),
        ("rediss://cache.example:6380/1", REDIS),
        ("amqp://127.0.0.1//", None),
        ("memory://", None),
    ],
)
def test_redis_alone_gets_our_transport(url: str, transport: str | None) -> None:
    assert environment.transport(url) == transport
