"""A database that is migrated once per run: each worker of pytest-xdist has a copy.

Only on servers that are thrown away with the run. On somebody's own server nothing
of ours may stay, and each worker migrates a database that it takes away again.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping

import psycopg
from django.conf import settings
from django.db import connection

from tests.servers import MIGRATED


def migrated(urls: Mapping[str, str]) -> dict[str, str]:
    """Migrate the database of this address; what workers' environment says of it."""
    url = urls["DATABASE_URL"]
    if not url.startswith("sqlite"):
        create(url)
    subprocess.run(  # noqa: S603
        [sys.executable, "manage.py", "migrate", "-v", "0"],
        cwd=settings.BASE_DIR,
        env={**os.environ, **urls, "DJANGO_SETTINGS_MODULE": "tests.settings"},
        check=True,
    )
    return {MIGRATED: "True"}


def create(url: str) -> None:
    """An empty database, on a server that has none but its own `postgres`."""
    address, mark, options = url.partition("?")
    server, _, name = address.rpartition("/")
    with psycopg.connect(f"{server}/postgres{mark}{options}", autocommit=True) as own:
        own.execute(f'CREATE DATABASE "{name}"')


def copy_file() -> bool:
    """Whether a worker's SQLite is a copy now; PostgreSQL is told its template."""
    is_wanted = connection.vendor == "sqlite" and MIGRATED in os.environ
    if is_wanted:
        known = connection.settings_dict
        shutil.copy(known["NAME"], known["TEST"]["NAME"])
    return is_wanted
