"""The run stands on what it says it stands on."""

import socket

import pytest
import redis
from django.conf import settings
from django.contrib.auth.models import Permission
from django.db import DatabaseError, connection, transaction
from django.test import TransactionTestCase
from django.utils import timezone

from events import activity
from events.models import Activity, Charity, Event
from tests import emptied
from tests.factories import make_event
from tests.network import StrangerCalled
from tests.racing import at_the_same_moment, seen_to_fail_without_lock
from tests.servers import free_port, own_ports


@pytest.mark.django_db
def test_the_run_is_on_postgresql() -> None:
    assert connection.vendor == "postgresql"


def test_the_run_has_a_redis() -> None:
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        assert client.ping()


@pytest.mark.django_db(transaction=True)
def test_what_was_committed_is_gone_and_triggers_stand_guard_again() -> None:
    activity.record(make_event(), "Amy", "looked", at=timezone.now())
    emptied.empty(TransactionTestCase())
    assert not Event.objects.exists() and not Activity.objects.exists()
    assert Permission.objects.exists()
    activity.record(make_event(), "Amy", "looked", at=timezone.now())
    with pytest.raises(DatabaseError, match="append-only"):
        Activity.objects.all().delete()


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


def race_for_the_capacity() -> None:
    """Eight read the capacity, and each lowers what it read by one."""
    event = make_event(capacity=20)

    def lower(number: int) -> None:
        with transaction.atomic():
            row = Event.objects.select_for_update().get(pk=event.pk)
            row.capacity -= 1
            row.save(update_fields=["capacity"])

    assert at_the_same_moment(8, lower) == [None] * 8
    event.refresh_from_db()
    assert event.capacity == 12


@pytest.mark.django_db(transaction=True)
def test_a_race_holds_with_its_lock() -> None:
    race_for_the_capacity()


@pytest.mark.django_db(transaction=True)
def test_a_race_is_seen_to_fail_without_its_lock() -> None:
    seen_to_fail_without_lock(race_for_the_capacity, Event)


@pytest.mark.django_db(transaction=True)
def test_a_race_that_shows_nothing_is_told() -> None:
    with pytest.raises(AssertionError, match="also held"):
        seen_to_fail_without_lock(race_for_the_capacity, Charity)


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("stripe.example", 443)])
def test_a_test_cannot_leave_the_machine(address: tuple[str, int]) -> None:
    with pytest.raises(StrangerCalled):
        socket.create_connection(address, timeout=1)


def test_workers_choose_from_ports_of_their_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of two who chose at the same moment, one would find its port taken."""
    assert free_port() in own_ports()
    shares = []
    for worker in ("gw0", "gw1", "gw7", "gw-1"):
        monkeypatch.setenv("PYTEST_XDIST_WORKER", worker)
        shares.append(set(own_ports()))
    assert len(set().union(*shares)) == sum(map(len, shares))
