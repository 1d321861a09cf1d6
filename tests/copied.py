"""A database that is migrated once for each state of the migrations, and then copied.

`migrate` takes longer than most tests that one would like to see. What it wrote is kept
in var/tests: from there a run fills its server, and each worker of pytest-xdist has a
copy of that.

Only on servers that are thrown away with the run. On somebody's own server nothing
of ours may stay, and each worker migrates a database that it takes away again.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import connection

from tests.servers import MIGRATED, client_program

KEPT = settings.BASE_DIR / "var" / "tests"
# All that `migrate` reads: migrations, what they import, and which Django it is.
DECISIVE = ("*/migrations/*.py", "*/models/*.py", "losers_lounge/*.py", "require*.txt")
# On both databases, for two branches that take turns.
HOW_MANY = 4


def migrated(urls: Mapping[str, str]) -> dict[str, str]:
    """Bring the tables to this address; what workers' environment says of it."""
    url = urls["DATABASE_URL"]
    is_file = url.startswith("sqlite")
    kept = KEPT / f"{state()}.{'sqlite3' if is_file else 'sql'}"
    if not is_file:
        create(url)
    if kept.exists():
        fill(url, kept)
    else:
        migrate(urls)
        keep(url, kept)
    return {MIGRATED: "True"}


def state() -> str:
    """Another word whenever `migrate` might write something else."""
    found = hashlib.sha256()
    for pattern in DECISIVE:
        for path in sorted(settings.BASE_DIR.glob(pattern)):
            found.update(f"{path.relative_to(settings.BASE_DIR)}\0".encode())
            found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()[:16]


def create(url: str) -> None:
    """An empty database, on a server that has none but its own `postgres`."""
    address, mark, options = url.partition("?")
    server, _, name = address.rpartition("/")
    with psycopg.connect(f"{server}/postgres{mark}{options}", autocommit=True) as own:
        own.execute(f'CREATE DATABASE "{name}"')


def migrate(urls: Mapping[str, str]) -> None:
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "-v", "0"],
        cwd=settings.BASE_DIR,
        env={**os.environ, **urls, "DJANGO_SETTINGS_MODULE": "tests.settings"},
        check=True,
    )


def keep(url: str, kept: Path) -> None:
    """Whole or not at all, also where two runs do it; the oldest make room."""
    KEPT.mkdir(parents=True, exist_ok=True)
    new = kept.with_name(f"{kept.name}.{os.getpid()}")
    if url.startswith("sqlite"):
        shutil.copy(url.removeprefix("sqlite:///"), new)
    else:
        run("pg_dump", "--no-owner", "--file", str(new), "--dbname", url)
    new.replace(kept)
    by_age = sorted(KEPT.glob("*.sql*"), key=lambda path: path.stat().st_mtime)
    for path in by_age[:-HOW_MANY]:
        path.unlink(missing_ok=True)


def fill(url: str, kept: Path) -> None:
    if url.startswith("sqlite"):
        shutil.copy(kept, url.removeprefix("sqlite:///"))
    else:
        quiet = ["--quiet", "--no-psqlrc", "--set", "ON_ERROR_STOP=1"]
        run("psql", *quiet, "--file", str(kept), "--dbname", url)


def run(program: str, *words: str) -> None:
    # S603: the program is the wheel's own.
    command = [client_program(program), *words]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def copy_file() -> bool:
    """Whether a worker's SQLite is a copy now; PostgreSQL is told its template."""
    is_wanted = connection.vendor == "sqlite" and MIGRATED in os.environ
    if is_wanted:
        known = connection.settings_dict
        shutil.copy(known["NAME"], known["TEST"]["NAME"])
    return is_wanted
