"""What a monitor reads, and what somebody is called for, with what to do about it."""

import re
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from donations.models import Reconciliation, StripeEvent
from events import heartbeats, outbox
from events.models import Epoch, Event, Message, Tally, User
from losers_lounge.operations import alerts
from tests.events.mails import make_message
from tests.factories import make_user
from tests.losers_lounge.commands import failure, run

METRICS = "/metrics"
SAMPLE = re.compile(r'[a-z_]+(\{[a-z]+="[^"\n]*"(,[a-z]+="[^"\n]*")*\})? [-+0-9.e]+')
State = Message.State

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _alive(db: None) -> None:
    for name in (heartbeats.BEAT, heartbeats.WORKER, heartbeats.RECONCILE):
        heartbeats.note(name)


@pytest.fixture
def operator(db: None) -> Client:
    user = make_user("Olga")
    User.objects.filter(pk=user.pk).update(is_superuser=True)
    client = Client()
    client.force_login(User.objects.get(pk=user.pk))
    return client


def compared(verdict: str, minutes: float, cents: int = 0) -> Reconciliation:
    """A comparison of so many minutes ago."""
    at = timezone.now() - timedelta(minutes=minutes)
    times = dict.fromkeys(("since", "high_water_at", "started_at", "finished_at"), at)
    sides = dict.fromkeys(("gross", "fee", "net"), 0)
    money = {
        f"{side}_{name}_cents": value
        for side in ("stripe", "ledger")
        for name, value in sides.items()
    }
    return Reconciliation.objects.create(
        verdict=verdict,
        stripe_entries=0,
        ledger_entries=0,
        **times,
        **(money | {"ledger_net_cents": cents}),
    )


def given_up() -> None:
    at = timezone.now()
    StripeEvent.objects.create(
        event_id=f"evt_{uuid4().hex}",
        type="charge.refunded",
        livemode=False,
        payload="{}",
        occurred_at=at,
        received_at=at,
        not_before=at,
        state=StripeEvent.State.DEAD,
    )


class TestMetrics:
    def test_a_stranger_and_a_host_find_nothing(
        self, anonymous: Client, host: Client
    ) -> None:
        assert anonymous.get(METRICS).status_code == 404
        assert host.get(METRICS).status_code == 404

    def test_a_monitor_is_known_by_its_network(
        self, anonymous: Client, settings: Settings
    ) -> None:
        settings.METRICS_NETWORKS = ["10.9.0.0/16"]
        assert anonymous.get(METRICS, REMOTE_ADDR="10.9.1.1").status_code == 200
        assert anonymous.get(METRICS, REMOTE_ADDR="10.8.1.1").status_code == 404
        forged = {"REMOTE_ADDR": "10.8.1.1", "HTTP_X_FORWARDED_FOR": "10.9.1.1"}
        assert anonymous.get(METRICS, **forged).status_code == 404
        settings.TRUSTED_PROXIES = ["10.9.0.1"]
        through = {"REMOTE_ADDR": "10.9.0.1", "HTTP_X_FORWARDED_FOR": "203.0.113.9"}
        assert Client().get(METRICS, **through).status_code == 404

    def test_every_line_is_one_a_monitor_reads(self, operator: Client) -> None:
        page = operator.get(METRICS)
        assert page["Content-Type"].startswith("text/plain; version=0.0.4")
        lines = page.text.splitlines()
        assert page.text.endswith("\n")
        typed = {line.split()[2] for line in lines if line.startswith("# TYPE")}
        for line in lines:
            if not line.startswith("#"):
                assert SAMPLE.fullmatch(line), line
                name = re.match("[a-z_]+", line)[0]
                assert re.sub("_(bucket|sum|count)$", "", name) in typed

    def test_rows_are_counted_and_what_has_none_was_tallied(
        self, operator: Client, event: Event
    ) -> None:
        for state in (State.UNKNOWN, State.UNKNOWN, State.SENT):
            message = make_message(event)
            Message.objects.filter(pk=message.pk).update(
                state=state, smtp_code=250, sent_at=timezone.now()
            )
        compared("differs", 5, cents=-250)
        minute = timezone.now().replace(second=0, microsecond=0)
        counted = {"webhooks.forged": 7, "answers.5xx": 12_345_678, "seats.full": 3}
        took = {"door.took.0.05": 8, "door.took.0.15": 1, "door.microseconds": 500_000}
        Tally.objects.add(counted | took, minute)
        told = operator.get(METRICS).text
        for line in (
            'lounge_mails{state="unknown"} 2',
            'lounge_smtp_codes{code="250"} 3',
            'lounge_ledger_difference_cents{account="own"} -250',
            'lounge_webhooks_total{result="forged"} 7',
            'lounge_webhooks_total{result="stale"} 0',
            "lounge_errors_total 12345678",
            "lounge_seats_refused_total 3",
            'lounge_door_seconds_bucket{le="0.1"} 8',
            'lounge_door_seconds_bucket{le="0.15"} 9',
            'lounge_door_seconds_bucket{le="+Inf"} 9',
            "lounge_door_seconds_sum 0.5",
            'lounge_ready{check="worker"} 1',
            "lounge_held 0",
        ):
            assert f"{line}\n" in told

    def test_it_names_nobody_and_costs_the_same_for_many(
        self,
        operator: Client,
        event: Event,
        django_assert_max_num_queries: DjangoAssertNumQueries,
    ) -> None:
        make_message(event, recipient_email="secret@mail.example")
        for _ in range(2):
            with django_assert_max_num_queries(26):
                told = operator.get(METRICS).text
            assert "secret" not in told and event.slug not in told
            for _ in range(20):
                make_message(event)


def unknown_mail(event: Event) -> None:
    make_message(event)
    Message.objects.update(state=State.UNKNOWN)


def late_mail(event: Event) -> None:
    make_message(event)
    Message.objects.update(not_before=timezone.now() - timedelta(minutes=11))


def forged_webhooks(event: Event) -> None:
    Tally.objects.add({"webhooks.forged": 11}, timezone.now().replace(second=0))


def silent(name: str, minutes: float) -> Callable[[Event], None]:
    at = timedelta(minutes=minutes)
    return lambda event: heartbeats.note(name, timezone.now() - at)


def held_by_hand(event: Event) -> None:
    outbox.hold("a wrong date", timezone.now())


def restored(event: Event) -> None:
    Epoch.objects.create(mark="of another database", released_at=timezone.now())


def differing(event: Event) -> None:
    compared("matched", 200)
    compared("differs", 90, cents=100)
    compared("differs", 5, cents=100)


FIRES = {
    "mail_unknown": unknown_mail,
    "mail_late": late_mail,
    "webhooks_forged": forged_webhooks,
    "silent_beat": silent(heartbeats.BEAT, 3.5),
    "silent_worker": silent(heartbeats.WORKER, 3.5),
    "silent_reconcile": silent(heartbeats.RECONCILE, 31),
    "held": restored,
    "held_by_hand": held_by_hand,
    "ledger_differs": differing,
    "events_given_up": lambda event: given_up(),
}


def forged(number: int, minutes: float = 0) -> Callable[[Event], None]:
    ago = timedelta(minutes=minutes)
    return lambda event: Tally.objects.add(
        {"webhooks.forged": number}, timezone.now() - ago
    )


FALLS_SILENT = {
    "a few forgeries": forged(10),
    "an attack that is over": forged(99, minutes=9),
    "a difference of five minutes": lambda event: compared("differs", 5, cents=100),
    "a difference that is gone": lambda event: (
        compared("differs", 90),
        compared("matched", 5),
    ),
}


class TestAlerts:
    def test_a_quiet_night_calls_nobody(self, event: Event, operator: Client) -> None:
        assert run("alerts") == ("No alert.", "")
        assert "A quiet night" in operator.get("/operations/").text

    @pytest.mark.parametrize("name", FIRES)
    def test_each_calls_somebody_and_says_what_to_do(
        self, event: Event, operator: Client, name: str
    ) -> None:
        FIRES[name](event)
        (alert,) = alerts.firing(timezone.now())
        assert alert.name == name
        assert failure("alerts") == "1 alert."
        page = operator.get("/operations/")
        assert f'id="{name}"' in page.text
        assert len(alert.to_do) > 20

    @pytest.mark.parametrize("name", FALLS_SILENT)
    def test_what_is_little_or_over_calls_nobody(self, event: Event, name: str) -> None:
        FALLS_SILENT[name](event)
        assert alerts.firing(timezone.now()) == []

    def test_the_page_is_for_superusers_alone(
        self, host: Client, operator: Client
    ) -> None:
        assert host.get("/operations/").status_code == 404
        assert "/operations/" not in host.get("/events/").text
        assert 'href="/operations/"' in operator.get("/events/").text

    def test_the_page_costs_the_same_for_few_and_for_many(
        self,
        operator: Client,
        event: Event,
        django_assert_max_num_queries: DjangoAssertNumQueries,
    ) -> None:
        for _ in range(2):
            with django_assert_max_num_queries(22):
                operator.get("/operations/")
            for _ in range(20):
                make_message(event)
