"""A database server and a broker that a test may stop, freeze and start again."""

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection

from tests.servers import (
    Server,
    client_program,
    make_broker,
    make_cluster,
    temporary_folder,
)

DATABASE = "lounge"


class Machine:
    """One server on one address, up or down."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return self.server.url

    def start(self) -> None:
        """Up, and answering. Nothing happens when it is."""
        if self.process is None:
            self.process = self.server.start()
        self.process.send_signal(signal.SIGCONT)

    def stop(self, number: int = signal.SIGKILL) -> None:
        """Down at once. To PostgreSQL SIGQUIT is what `stop -m immediate` sends."""
        process, self.process = self.process, None
        if process is not None:
            process.send_signal(signal.SIGCONT)
            process.send_signal(number)
            process.wait()

    def freeze(self) -> None:
        """It takes connections (the kernel does) and never answers."""
        self.process.send_signal(signal.SIGSTOP)


@contextmanager
def database() -> Iterator[Machine]:
    """A PostgreSQL of the test's own, with the tables of the run's test database.

    What it said was committed is so after a crash of its processes.
    """
    with temporary_folder() as folder:
        machine = Machine(make_cluster(folder))
        machine.start()
        try:
            copy_tables(folder)
            yield machine
        finally:
            machine.stop(signal.SIGQUIT)


@contextmanager
def broker() -> Iterator[Machine]:
    with temporary_folder() as folder:
        machine = Machine(make_broker(folder))
        machine.start()
        try:
            yield machine
        finally:
            machine.stop()


def copy_tables(folder: Path) -> None:
    """From the run's own test database; migrating a second one would take long."""
    known = connection.get_connection_params()
    where = {"-h": known["host"], "-U": known["user"], "-p": known.get("port")}
    source = [word for pair in where.items() if pair[1] for word in map(str, pair)]
    password = {"PGPASSWORD": known["password"]} if known.get("password") else {}
    dumped = subprocess.run(
        [client_program("pg_dump"), *source, "--no-owner", known["dbname"]],
        env=password,
        capture_output=True,
        check=True,
    )
    target = ["-h", str(folder), "-U", "lounge"]
    strict = ["-v", "ON_ERROR_STOP=1"]
    subprocess.run([client_program("createdb"), *target, DATABASE], check=True)
    subprocess.run(
        [client_program("psql"), *target, "-q", *strict, "-d", DATABASE],
        input=dumped.stdout,
        stdout=subprocess.DEVNULL,
        check=True,
    )


@contextmanager
def speaking_to(machine: Machine) -> Iterator[None]:
    """Our own ORM's database is this one meanwhile, in every thread of the test."""
    options: Any = {"NAME": DATABASE, "HOST": str(machine.server.folder)}
    options |= {"USER": "lounge", "PASSWORD": "", "PORT": ""}
    connection.close()
    known = {name: connection.settings_dict[name] for name in options}
    connection.settings_dict.update(options)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(known)
