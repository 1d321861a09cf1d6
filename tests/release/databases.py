"""Databases beside the test's own: copies to change, and empty ones to fill."""

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

Contents = dict[str, tuple]

# Whatever a row holds, as text, which PostgreSQL writes the same way each time.
ROWS = "SELECT count(*), md5(string_agg({0}, chr(10) ORDER BY {0})) FROM {1} AS it"
LEAVE = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}'"
SEQUENCES = """
SELECT sequencename, coalesce(last_value, 0) FROM pg_sequences
WHERE schemaname = 'public'
"""


@contextmanager
def another_database(*, full: bool = False) -> Iterator[str]:
    """The name of an empty database, or a full copy of ours; dropped in the end."""
    own = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        name = f"{own}.{secrets.token_hex(6)}"
        if full:
            with connection.cursor() as cursor:
                cursor.execute("VACUUM INTO %s", [name])
    else:
        name = f"test_beside_{secrets.token_hex(6)}"
        # A template may not be in use, not even by what a test before left open.
        connection.close()
        maintain(LEAVE.format(own))
        maintain(f"CREATE DATABASE {name} TEMPLATE {own if full else 'template0'}")
    try:
        yield name
    finally:
        if connection.vendor == "sqlite":
            Path(name).unlink(missing_ok=True)
        else:
            maintain(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def moved_to(name: str) -> Iterator[None]:
    """What this thread asks of the database, it asks of that one."""
    own = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = own


@contextmanager
def in_a_copy() -> Iterator[None]:
    """All that was committed, to be changed as one likes; ours stays as it is."""
    with another_database(full=True) as name, moved_to(name):
        yield


def maintain(statement: str) -> None:
    """Said to the server, in no database of anybody's."""
    with connection._nodb_cursor() as cursor:
        cursor.execute(statement)


def contents(columns: dict[str, list[str]] | None = None) -> Contents:
    """Of each table how many rows and a hash of all; and where sequences stand.

    With columns: of those tables, and of those columns alone.
    """
    with connection.cursor() as cursor:
        known = columns or connection.introspection.table_names(cursor)
        found = {table: _content(cursor, table, columns) for table in known}
        if connection.vendor == "postgresql" and not columns:
            cursor.execute(SEQUENCES)
            found |= {name: (last,) for name, last in cursor.fetchall()}
    return found


def _content(cursor: object, table: str, columns: dict[str, list[str]] | None) -> tuple:
    quote = connection.ops.quote_name
    names = [f"it.{quote(name)}" for name in (columns or {}).get(table, ())]
    if connection.vendor == "postgresql":
        text = f"row({', '.join(names)})::text" if names else "it::text"
        cursor.execute(ROWS.format(text, quote(table)))
        return cursor.fetchone()
    cursor.execute(f"SELECT {', '.join(names) or '*'} FROM {quote(table)} AS it")
    rows = sorted(map(repr, cursor.fetchall()))
    return len(rows), hashlib.sha256("\n".join(rows).encode()).hexdigest()
