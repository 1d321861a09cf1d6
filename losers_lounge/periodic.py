"""Periodic jobs of which one at a time is enough.

The lock only saves work: behind every job stands a uniqueness in the database, so
that two of them at once do no harm (which is what happens on SQLite).
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def only_one(name: str) -> Iterator[bool]:
    """Yield whether this process holds the job `name`; False when another does.

    PostgreSQL: an advisory lock of the session, freed at the end and, should the
    process die, by the server. Elsewhere the job always runs.
    """
    if connection.vendor != "postgresql":
        yield True
        return
    key = key_of(name)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [key])
        (mine,) = cursor.fetchone()
    try:
        yield mine
    finally:
        # A connection lost in between has freed the lock already.
        if mine and connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [key])


def key_of(name: str) -> int:
    """The job's number among PostgreSQL's advisory locks."""
    digest = hashlib.sha256(f"losers_lounge.periodic:{name}".encode()).digest()
    return int.from_bytes(digest[:8], signed=True)
