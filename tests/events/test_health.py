"""What supervisors, balancers and monitors ask, and what they are told."""

import socket
import threading
from datetime import timedelta
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer
from unittest.mock import patch

import pytest
from django.core.management import CommandError, call_command
from django.db import InterfaceError, OperationalError, connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from events import health, heartbeats
from events.models import Epoch, Event, Heartbeat, Message
from events.outbox import epoch
from events.tasks import answer_ping, note_ping
from losers_lounge import doorbell
from losers_lounge.celery import app
from tests.events.mails import make_message
from tests.workers import eventually, worker

READYZ = "/readyz"
CHECKS = ("database", "migrations", "outbox", "beat", "worker", "reconcile")
pytestmark = pytest.mark.django_db


@pytest.fixture
def _alive(db: None) -> None:
    for name in (heartbeats.BEAT, heartbeats.WORKER, heartbeats.RECONCILE):
        heartbeats.note(name)


def silent_for(name: str, **time: float) -> None:
    heartbeats.note(name, timezone.now() - timedelta(**time))


def test_the_process_says_that_it_lives(
    anonymous: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        response = anonymous.get(reverse("events:healthz"))
    assert response.json() == {"status": "ok"}


@pytest.mark.usefixtures("_alive")
class TestReadiness:
    def test_it_costs_the_same_whatever_waits(
        self,
        anonymous: Client,
        event: Event,
        django_assert_num_queries: DjangoAssertNumQueries,
    ) -> None:
        for _ in range(2):
            with django_assert_num_queries(4):
                told = anonymous.get(READYZ).json()
            assert told == {
                "status": "ok",
                "checks": dict.fromkeys(CHECKS, True),
                "broker": True,
                "held": False,
            }
            for _ in range(20):
                make_message(event)

    def test_mail_that_waits_too_long_is_unready(
        self, anonymous: Client, event: Event
    ) -> None:
        make_message(event)
        Message.objects.update(not_before=timezone.now() - timedelta(minutes=9))
        assert anonymous.get(READYZ).status_code == HTTPStatus.OK
        Message.objects.update(not_before=timezone.now() - timedelta(minutes=11))
        response = anonymous.get(READYZ)
        assert response.status_code == HTTPStatus.SERVICE_UNAVAILABLE
        assert response.json()["checks"]["outbox"] is False

    @pytest.mark.parametrize(
        ("name", "minutes"), [("beat", 3), ("worker", 3), ("reconcile", 30)]
    )
    def test_silence_is_unready(
        self, anonymous: Client, name: str, minutes: int
    ) -> None:
        silent_for(name, minutes=minutes - 0.5)
        assert anonymous.get(READYZ).json()["status"] == "ok"
        silent_for(name, minutes=minutes + 0.5)
        response = anonymous.get(READYZ)
        assert response.status_code == HTTPStatus.SERVICE_UNAVAILABLE
        assert response.json()["checks"][name] is False

    def test_what_was_just_set_up_is_given_its_time(self, anonymous: Client) -> None:
        Heartbeat.objects.all().delete()
        epoch.begin_if_first(timezone.now())
        Epoch.objects.update(released_at=timezone.now())
        assert anonymous.get(READYZ).json()["status"] == "ok"
        Epoch.objects.update(released_at=timezone.now() - timedelta(minutes=4))
        checks = anonymous.get(READYZ).json()["checks"]
        assert not checks["beat"] and not checks["worker"] and checks["reconcile"]

    def test_a_restored_database_is_held_and_serves(
        self, anonymous: Client, event: Event
    ) -> None:
        make_message(event)
        Message.objects.update(not_before=timezone.now() - timedelta(days=1))
        Epoch.objects.create(mark="of another database", released_at=timezone.now())
        response = anonymous.get(READYZ)
        assert response.status_code == HTTPStatus.OK
        assert response.json()["status"] == "degraded"
        assert response.json()["held"] is True

    @pytest.mark.parametrize("kind", ["refused", "silent"])
    def test_a_broker_that_is_away_takes_no_web_server_out(
        self, anonymous: Client, settings: Settings, kind: str
    ) -> None:
        with socket.create_server(("127.0.0.1", 0)) as hole:
            settings.REDIS_URL = f"redis://127.0.0.1:{hole.getsockname()[1]}/0"
            if kind == "refused":
                hole.close()
            with patch.object(doorbell, "_heard", (-100.0, True)):
                response = anonymous.get(READYZ)
        assert response.status_code == HTTPStatus.OK
        assert response.json()["status"] == "degraded"
        assert response.json()["broker"] is False

    def test_a_migration_that_is_not_applied_is_unready(
        self, anonymous: Client
    ) -> None:
        wanted = health._wanted() | {("events", "9999_of_the_next_release")}
        with patch.object(health, "_wanted", lambda: wanted):
            response = anonymous.get(READYZ)
        assert response.status_code == HTTPStatus.SERVICE_UNAVAILABLE
        assert response.json()["checks"] == {"database": True, "migrations": False}

    @pytest.mark.parametrize("error", [OperationalError, InterfaceError])
    def test_a_database_that_is_away_is_unready_and_no_error(
        self, anonymous: Client, error: type[Exception]
    ) -> None:
        refused = patch.object(connection, "cursor", side_effect=error("secret words"))
        usable = patch.object(connection, "is_usable", return_value=False)
        with refused, usable:
            response = anonymous.get(READYZ)
        assert response.status_code == HTTPStatus.SERVICE_UNAVAILABLE
        assert response.json()["checks"] == {"database": False}
        assert "secret" not in response.text


class TestSupervisors:
    def test_a_worker_that_hears_nothing_is_unhealthy(self) -> None:
        heartbeats.ping()
        call_command("healthy", "worker")
        silent_for(heartbeats.PING, minutes=4)
        silent_for(heartbeats.WORKER, minutes=5)
        with pytest.raises(CommandError, match="No worker has answered"):
            call_command("healthy", "worker")
        heartbeats.answer()
        call_command("healthy", "worker")

    def test_no_worker_is_blamed_for_a_beat_that_is_dead(self) -> None:
        silent_for(heartbeats.BEAT, minutes=5)
        silent_for(heartbeats.PING, minutes=5)
        silent_for(heartbeats.WORKER, minutes=6)
        call_command("healthy", "worker")
        with pytest.raises(CommandError, match="Beat has not pinged"):
            call_command("healthy", "beat")

    def test_a_worker_has_three_minutes_after_a_long_night(self) -> None:
        silent_for(heartbeats.PING, hours=8)
        silent_for(heartbeats.WORKER, hours=8, seconds=-1)
        heartbeats.ping()
        call_command("healthy", "worker")
        call_command("healthy", "beat")

    def test_a_web_server_is_asked_over_http(self) -> None:
        class Web(BaseHTTPRequestHandler):
            status = 301

            def do_GET(self) -> None:
                assert (self.path, self.headers["Host"]) == ("/healthz", "testserver")
                self.send_response(self.status)
                self.end_headers()

            def log_message(self, *words: object) -> None:
                pass

        with HTTPServer(("127.0.0.1", 0), Web) as web:
            threading.Thread(target=web.serve_forever, daemon=True).start()
            bind = f"127.0.0.1:{web.server_port}"
            call_command("healthy", "web", "--bind", bind)
            Web.status = 503
            with pytest.raises(CommandError, match="answers 503"):
                call_command("healthy", "web", "--bind", bind)
            web.shutdown()
        with pytest.raises(CommandError, match="Nobody answers"):
            call_command("healthy", "web", "--bind", bind)


@pytest.mark.django_db(transaction=True)
def test_a_real_worker_answers_what_beat_asks() -> None:
    app.control.purge()
    with worker("--pool", "solo"):
        answer_ping.delay()
        eventually(lambda: heartbeats.age(heartbeats.WORKER) is not None)
    assert heartbeats.age(heartbeats.BEAT) is not None
    assert not heartbeats.is_deaf()


def test_the_ping_is_noted_before_the_broker_is_asked() -> None:
    with patch.object(connection, "close"):
        note_ping()
    assert {heartbeats.BEAT, heartbeats.PING} == heartbeats.ages().keys()
