"""The run stands on what it says it stands on."""

import socket

import pytest
import redis
from django.conf import settings
from django.db import connection

from tests.network import StrangerCalled
from tests.racing import at_the_same_moment


@pytest.mark.django_db
def test_the_run_is_on_postgresql() -> None:
    assert connection.vendor == "postgresql"


def test_the_run_has_a_redis() -> None:
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        assert client.ping()


@pytest.mark.django_db(transaction=True)
def test_racers_have_connections_of_their_own() -> None:
    def backend(number: int) -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            return int(cursor.fetchone()[0])

    assert len(set(at_the_same_moment(8, backend))) == 8


@pytest.mark.django_db(transaction=True)
def test_a_racer_s_exception_is_an_outcome() -> None:
    outcomes = at_the_same_moment(2, lambda number: 1 // number)
    assert isinstance(outcomes[0], ZeroDivisionError)
    assert outcomes[1] == 1


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("stripe.example", 443)])
def test_a_test_cannot_leave_the_machine(address: tuple[str, int]) -> None:
    with pytest.raises(StrangerCalled):
        socket.create_connection(address, timeout=1)
