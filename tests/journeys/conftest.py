"""A real browser before the whole product, for tests that live an evening."""

import fcntl
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.cache import caches
from django.db import connection
from playwright.sync_api import BrowserContext, Page, Route, expect
from pytest_django import DjangoDbBlocker, Settings

from tests.browser import FORM_ANSWERS, PHONE, QUIET, Watch, find_chromium
from tests.stack import Stack, running_stack

APPEND_ONLY = [
    "ledger_entry",
    "activity",
    "accountactivity",
    "trophymove",
    "receipt",
    "statement",
    "engravingbatch",
]
# A machine that runs other things too is slow, and not wrong.
PATIENCE_MS = 60_000
# Of a page that is shown without any server.
ALONE = "http://alone.example"
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def base_url() -> None:
    """In place of the browser plugin's own: each stack has its address."""


@pytest.fixture(scope="session")
def browser_type_launch_args(
    browser_type_launch_args: dict[str, Any],
) -> dict[str, Any]:
    path = find_chromium()
    return {**browser_type_launch_args, "executable_path": path, "args": QUIET}


@pytest.fixture(scope="session")
def static_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Static files as production serves them: collected, hashed and compressed.

    That takes longer than a journey does, so all workers of a run share one folder.
    The embedded process takes them from their rooms.
    """
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    folder, done = shared / "static", shared / "static-is-collected"
    with open(shared / "static-lock", "w") as lock:
        # Until it is closed; whoever dies lets go of it.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not settings.EMBEDDED and not done.exists():
            collect_static(folder)
            done.touch()
    return folder


def collect_static(folder: Path) -> None:
    live = {
        "DJANGO_SETTINGS_MODULE": "tests.live_settings",
        "LIVE_STATIC_ROOT": str(folder),
    }
    subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--noinput", "-v", "0"],
        cwd=settings.BASE_DIR,
        env={**os.environ, **live},
        check=True,
    )


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    let_sqlite_empty_tables(django_db_blocker)


def let_sqlite_empty_tables(django_db_blocker: DjangoDbBlocker) -> None:
    """It empties them by DELETE, which triggers of ledger and logs refuse."""
    if connection.vendor == "sqlite":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            for name in APPEND_ONLY:
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}_never_deleted")


@pytest.fixture
def stack(
    transactional_db: None, static_root: Path, settings: Settings
) -> Iterator[Stack]:
    """The product's processes on the test's database; the test shares their address."""
    caches["database"].clear()
    with running_stack(static_root) as running:
        settings.SITE_URL = running.url
        settings.STRIPE_API_BASE = running.stripe.base_url
        yield running


@pytest.fixture
def new_context(
    new_context: Callable[..., BrowserContext],
) -> Callable[..., BrowserContext]:
    def opened(**options: Any) -> BrowserContext:
        context = new_context(**options)
        context.set_default_timeout(PATIENCE_MS)
        return context

    return opened


@pytest.fixture
def open_browser(
    new_context: Callable[..., BrowserContext], stack: Stack
) -> Iterator[Callable[..., Page]]:
    """open_browser(LAPTOP) -> a page of a new visitor; nothing they see may complain.

    Each call is another person with cookies of their own. The test fails on console
    errors, breaches of the security policy and requests that leave the machine;
    forgives=(404,) lets such a page be one of those that they come to.
    """
    watches = []

    def open_page(
        size: dict[str, int] = PHONE, forgives: tuple[int, ...] = (), **options: Any
    ) -> Page:
        watch = Watch((*FORM_ANSWERS, *forgives))
        watches.append(watch)
        context = new_context(
            viewport=size,
            base_url=stack.url,
            locale="en-US",
            timezone_id="America/Los_Angeles",
            **options,
        )
        return watch.over(context).new_page()

    yield open_page
    assert [complaint for watch in watches for complaint in watch.complaints] == []


@pytest.fixture
def shown(page: Page) -> Callable[[str], Page]:
    """shown(body) -> as a browser has it after the press; no server is asked."""
    bodies = [""]

    def serve(route: Route) -> None:
        path = urlsplit(route.request.url).path
        if path == "/":
            route.fulfill(body=bodies[-1], content_type="text/html")
        elif path.startswith("/static/") and not path.endswith(".woff2"):
            route.fulfill(path=finders.find(path.removeprefix("/static/")))
        else:
            route.fulfill(status=404)

    def show(body: str) -> Page:
        bodies.append(body)
        page.goto(ALONE)
        return page

    page.route("**/*", serve)
    return show
