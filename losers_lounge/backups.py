"""Keep the whole database in one file, and bring it back from there.

PostgreSQL by its own pg_dump and pg_restore, SQLite by its own way to copy a file
that is in use. A backup holds guests and money: only its owner may read the file.
"""

import os
import re
import shutil
import sqlite3
import subprocess
from contextlib import closing
from datetime import datetime
from pathlib import Path

from django.db import connection

STAMP = "%Y-%m-%dT%H%M%SZ"
# One that was killed half-way leaves a .part, with as many guests in it.
NAME = re.compile(r"lounge-\d{4}-\d\d-\d\dT\d{6}Z\.(?:dump|sqlite3)(?:\.part)?")
JOBS = "2"
# What libpq reads from PGHOST and so on, by the names of connection parameters.
KNOWN = ("host", "port", "user", "password", "passfile", "service")
KNOWN += ("sslmode", "sslrootcert", "sslcert", "sslkey")


class Refused(Exception):
    """It could not be done; the message is one line for an operator."""


def keep(folder: Path, at: datetime) -> Path:
    """Write the database as it is now to a new file in the folder, and name it.

    A file of that name is whole: it is read once before it is called so. Refused
    when there is no room, no program or no database to be had.
    """
    is_postgres = connection.vendor == "postgresql"
    suffix = "dump" if is_postgres else "sqlite3"
    path = folder / f"lounge-{at:{STAMP}}.{suffix}"
    part = path.with_name(path.name + ".part")
    try:
        # Never a file, or a link to one, that somebody else has put there.
        part.touch(0o600, exist_ok=False)
        try:
            _fill(part, is_postgres=is_postgres)
            part.rename(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise Refused(f"{folder}: {error.strerror}") from error
    return path


def _fill(part: Path, *, is_postgres: bool) -> None:
    if is_postgres:
        _run("pg_dump", "--format=custom", "--no-owner", f"--file={part}")
        _run("pg_restore", "--list", str(part), connects=False)
    else:
        connection.ensure_connection()
        with closing(sqlite3.connect(part)) as copy:
            connection.connection.backup(copy)
    with open(part, "rb+") as file:
        os.fsync(file.fileno())


def forget(folder: Path, before: datetime) -> int:
    """Delete our backups of before that time; how many there were."""
    old = [
        path
        for path in folder.iterdir()
        if NAME.fullmatch(path.name) and path.name < f"lounge-{before:{STAMP}}"
    ]
    for path in old:
        path.unlink()
    return len(old)


def bring_back(path: Path) -> None:
    """Fill the empty database from the file, and tell the planner what is in it.

    Refused when the database holds a table: a backup never goes over anything.
    """
    if not path.is_file():
        raise Refused(f"{path}: there is no such file")
    if connection.introspection.table_names():
        raise Refused("The database is not empty. Make a new one and name it.")
    if connection.vendor == "postgresql":
        connection.close()
        strict = ("--exit-on-error", "--no-owner", "--no-privileges", f"--jobs={JOBS}")
        _run("pg_restore", *strict, str(path))
    else:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as source:
            source.backup(connection.connection)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _run(program: str, *words: str, connects: bool = True) -> None:
    """One of PostgreSQL's programs; where and with which password is in no word of it.

    Words can be read by everybody on the machine, the environment by its owner.
    """
    found = shutil.which(program)
    if found is None:
        raise Refused(f"{program} was not found: install PostgreSQL's client programs")
    known = connection.get_connection_params()
    named = {f"PG{key.upper()}": str(known[key]) for key in KNOWN if known.get(key)}
    where = [f"--dbname={known['dbname']}"] if connects else []
    done = subprocess.run(  # noqa: S603 (PostgreSQL's own, by our words)
        [found, *where, *words], env=os.environ | named, capture_output=True, text=True
    )
    if done.returncode:
        said = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        raise Refused(f"{program}: {said[0]}")
