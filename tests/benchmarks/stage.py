"""Everything that must stand before anything can be measured."""

import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from losers_lounge.stand_in.server import StandIn
from tests.benchmarks.meter import parent, tree
from tests.benchmarks.programs import ROOT, Web, Worker
from tests.relay import relay
from tests.servers import free_port, servers

DATABASES = {"DATABASE_URL": "lounge", "BARE_DATABASE_URL": "bare"}
WEBHOOK_SECRET = "whsec_benchmark"
BARE = {"DJANGO_SETTINGS_MODULE": "tests.benchmarks.bare.settings"}


@dataclass
class Stage:
    web: Web
    worker: Worker
    bare_web: Web
    bare_worker: Worker
    stripe: StandIn
    database: psycopg.Connection | None
    folder: Path

    def database_pids(self) -> set[int]:
        """PostgreSQL with every process it has now; SQLite has none of its own."""
        if self.database is None:
            return set()
        return tree([parent(self.database.info.backend_pid)])


@contextmanager
def stage(*, is_sqlite: bool) -> Iterator[Stage]:
    """The product and the bare project, each as a web server and as a worker.

    The environment of this process is the product's from here on.
    """
    with ExitStack() as exits:
        folder = Path(
            exits.enter_context(tempfile.TemporaryDirectory(prefix="lounge-"))
        )
        in_files = {"DATABASE_URL": f"sqlite:///{folder}/lounge.sqlite3"}
        urls = exits.enter_context(servers(in_files if is_sqlite else {}))
        post = exits.enter_context(relay())
        stripe = exits.enter_context(StandIn())
        database = None
        if not is_sqlite:
            database = exits.enter_context(make_databases(urls["DATABASE_URL"]))
        port = free_port()
        os.environ.update(environment(urls, folder, port, post.port, stripe.base_url))
        for words in (["migrate"], ["collectstatic", "--noinput"]):
            manage(*words, "-v", "0")
        web = Web.serve(folder, "web", "losers_lounge.wsgi", {}, port)
        exits.enter_context(web)
        bare_wsgi = "tests.benchmarks.bare.wsgi"
        bare_web = Web.serve(folder, "bare-web", bare_wsgi, BARE, free_port())
        exits.enter_context(bare_web)
        worker = Worker.hire(folder, "worker", "tests.benchmarks.jobs", {})
        exits.enter_context(worker)
        bare_jobs = "tests.benchmarks.bare.jobs"
        bare_worker = Worker.hire(folder, "bare-worker", bare_jobs, BARE)
        exits.enter_context(bare_worker)
        web.wait()
        bare_web.wait()
        yield Stage(web, worker, bare_web, bare_worker, stripe, database, folder)


@contextmanager
def make_databases(url: str) -> Iterator[psycopg.Connection]:
    """One for the product and one for the bare project, on the same server."""
    with psycopg.connect(named(url, "postgres"), autocommit=True) as connection:
        for name in DATABASES.values():
            connection.execute(f"CREATE DATABASE {name}")
        yield connection


def named(url: str, database: str) -> str:
    """The address of another database of the same server, or in the same folder."""
    if url.startswith("sqlite"):
        return f"{url.rpartition('/')[0]}/{database}.sqlite3"
    before, _, options = url.partition("?")
    return f"{before.rpartition('/')[0]}/{database}?{options}"


def environment(
    urls: dict[str, str], folder: Path, port: int, relay_port: int, stripe_base: str
) -> dict[str, str]:
    """Production's variables, every address on this machine."""
    databases = {
        variable: named(urls["DATABASE_URL"], name)
        for variable, name in DATABASES.items()
    }
    return {
        **urls,
        **databases,
        "DJANGO_SETTINGS_MODULE": "tests.live_settings",
        "LIVE_STATIC_ROOT": str(folder / "static"),
        "SECRET_KEY": secrets.token_urlsafe(50),
        "DEBUG": "False",
        "EMBEDDED": "False",
        "SITE_URL": f"http://127.0.0.1:{port}",
        "ALLOWED_HOSTS": "127.0.0.1,testserver",
        "EMAIL_URL": f"smtp://127.0.0.1:{relay_port}",
        "BENCHMARK_RELAY_PORT": str(relay_port),
        "MAIL_DOMAIN": "lounge.example",
        "DEFAULT_FROM_EMAIL": "Losers Lounge <lounge@lounge.example>",
        "STRIPE_API_KEY": "sk_test_benchmark",
        "STRIPE_API_BASE": stripe_base,
        "STRIPE_WEBHOOK_SECRETS": WEBHOOK_SECRET,
        "LOG_LEVEL": "INFO",
    }


def manage(*words: str) -> None:
    command = [sys.executable, "manage.py", *words]
    subprocess.run(command, cwd=ROOT, check=True)
