"""What every test stands on: real servers, loopback only, the people of the night."""

import gc
import os
from collections.abc import Iterator
from typing import Any

import pytest
import stripe
from django.conf import settings
from django.contrib.auth import login
from django.core import mail
from django.core.cache import cache
from django.http import HttpRequest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoDbBlocker, Settings

from events.models import Event, Member
from events.outbox import epoch
from events.sessions import SessionStore
from guests.door import lookups
from losers_lounge.stand_in.server import StandIn
from tests import copied, emptied, factories, network
from tests.browser import find_chromium
from tests.relay import Relay, relay
from tests.servers import NOT_STARTED
from tests.stripe_wire.witness import Witness, stand_by, watched

LONG = ("tests/journeys/", "tests/rehearsal/", "tests/release/")
LONG += ("tests/events/test_mail_chaos", "tests/events/test_mail_kills")
IN_CI = os.environ.get("CI") == "true"
# Playwright keeps an event loop in the main thread, beside which Django's ORM refuses.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
network.refuse_strangers()
emptied.by_delete()
# How often Stripe is asked again is tested, and nowhere how long that takes.
stripe.HTTPClient.INITIAL_DELAY = stripe.HTTPClient.MAX_DELAY = 0.01
WITNESS = stand_by()


def pytest_configure(config: pytest.Config) -> None:
    if NOT_STARTED.items() & os.environ.items():
        raise pytest.UsageError(
            "Run the tests with `python3 manage.py test [pytest arguments]`: it starts "
            "the servers that they need."
        )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if "PYTEST_XDIST_WORKER" in os.environ:
        items[:] = long_ones_first(items)
    if find_chromium():
        return
    reason = "no Chromium was found: install one (apt install chromium) or name it in "
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.skip(reason=reason + "CHROMIUM"))


def pytest_collection_finish() -> None:
    """What stands by now stands to the end, and is not searched for garbage again.

    Thousands of tests and all code are many objects, and each page makes thousands.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000)


def long_ones_first(items: list[pytest.Item]) -> list[pytest.Item]:
    """Workers begin with even shares of this list, and who is done takes of others'.

    What waits for browsers and processes stands at the head of every second share:
    beside it somebody calculates, and in the end nobody is alone with it.
    """
    long = [item for item in items if item.nodeid.startswith(LONG)]
    short = [item for item in items if not item.nodeid.startswith(LONG)]
    half = len(items) // 2 - len(long[::2])
    return [*long[::2], *short[:half], *long[1::2], *short[half:]]


def pytest_sessionfinish(session: pytest.Session) -> None:
    """With CI=true a test that could not run is a failure of the run."""
    if IN_CI and session.exitstatus == pytest.ExitCode.OK and not_run(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    reasons = not_run(config)
    for reason in sorted(set(reasons)):
        line = f"{reasons.count(reason)} TESTS DID NOT RUN: {reason}"
        terminalreporter.write_line(line, red=True, bold=True)
    if reasons and IN_CI:
        terminalreporter.write_line("With CI=true that fails the run.", red=True)


def not_run(config: pytest.Config) -> list[str]:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    return [
        report.longrepr[2].removeprefix("Skipped: ")
        if isinstance(report.longrepr, tuple)
        else report.nodeid
        for report in skipped
    ]


@pytest.fixture(scope="session")
def django_db_keepdb(
    django_db_modify_db_settings: None, django_db_keepdb: bool
) -> bool:
    """A copied file is there before Django would make one, and goes with its folder."""
    return copied.copy_file() or django_db_keepdb


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """A copied database sends nothing until somebody has looked: these are ours."""
    with django_db_blocker.unblock():
        epoch.begin(timezone.now())


@pytest.fixture(autouse=True)
def _nothing_left_over() -> Iterator[None]:
    """Throttles and mails of one test are not met by the next."""
    cache.clear()
    lookups.forget()
    mail.outbox = []
    yield


@pytest.fixture(autouse=True)
def wire_witness() -> Iterator[Witness]:
    """No test ends with a word to Stripe, or of the stand-in's, that is not Stripe's.

    Processes of a test speak to the stand-in in this one: they are heard too.
    """
    yield from watched(WITNESS)


@pytest.fixture
def event(db: None) -> Event:
    return factories.make_event()


@pytest.fixture
def anonymous() -> Client:
    return Client()


@pytest.fixture
def stranger(db: None) -> Client:
    """Signed in, host of another event: what is not theirs is 404."""
    return signed_in(factories.make_member())


@pytest.fixture
def host(event: Event) -> Client:
    return signed_in(factories.make_member(event, Member.Role.HOST))


@pytest.fixture
def results_desk(event: Event) -> Client:
    return signed_in(factories.make_member(event, Member.Role.RESULTS))


@pytest.fixture
def door(event: Event) -> Client:
    return signed_in(factories.make_member(event, Member.Role.DOOR))


@pytest.fixture
def finance(event: Event) -> Client:
    return signed_in(factories.make_member(event, Member.Role.FINANCE))


@pytest.fixture
def stand_in(settings: Settings) -> Iterator[StandIn]:
    """Stripe on the loopback, spoken to by the real client over HTTP."""
    with StandIn() as server:
        settings.STRIPE_API_BASE = server.base_url
        yield server


@pytest.fixture
def mail_relay(settings: Settings) -> Iterator[Relay]:
    """A real SMTP relay, to which mail goes instead of to mail.outbox."""
    with relay() as running:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", running.port
        settings.EMAIL_TIMEOUT = settings.EMAIL_DOT_TIMEOUT = 5
        yield running


def signed_in(member: Member) -> Client:
    """A client of this member; `client.user` is who they are.

    By Django's log-in; its `force_login` keeps a session of nobody first.
    """
    client, request = Client(), HttpRequest()
    request.session = SessionStore()
    login(request, member.user)
    request.session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = request.session.session_key
    client.user = member.user
    return client
