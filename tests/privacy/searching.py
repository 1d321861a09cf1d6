"""Search everything that is kept for a word: the whole database, mail, files, logs."""

import base64
import json
import os
import subprocess
import zlib
from collections.abc import Iterable
from contextlib import suppress

from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import BinaryField

from tests.servers import client_program


def dump() -> str:
    """The database as `pg_dump` writes it; every row of every table without one.

    What is packed (a session, a photo) is added unpacked.
    """
    text = _pg_dump() if connection.vendor == "postgresql" else _every_row()
    sessions = [json.dumps(row.get_decoded()) for row in Session.objects.all()]
    return "\n".join([text, *sessions, *_bytes()])


def hits(text: str, words: Iterable[str]) -> list[str]:
    """Lines in which one of these words stands, in whatever case, cut to be read."""
    wanted = [word.casefold() for word in words]
    found = []
    for line in text.splitlines():
        plain = line.casefold()
        for word in wanted:
            if word in plain:
                place = plain.index(word)
                found.append(f"{line[:40]} ... {line[max(0, place - 40) : place + 60]}")
                break
    return found


def _pg_dump() -> str:
    """In the transaction of the test nothing is committed: such a test looks itself."""
    settings = connection.get_connection_params()
    named = {"PGUSER": "user", "PGHOST": "host", "PGPORT": "port"}
    where = {env: str(settings[key]) for env, key in named.items() if settings.get(key)}
    if settings.get("password"):
        where["PGPASSWORD"] = settings["password"]
    # S603: the program is the wheel's own, its words are written here.
    done = subprocess.run(
        [client_program("pg_dump"), "--dbname", settings["dbname"], "--no-owner"],
        env={**os.environ, **where},
        capture_output=True,
        check=True,
    )
    return done.stdout.decode()


def _every_row() -> str:
    lines = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            lines += [f"{table}: {row!r}" for row in cursor.fetchall()]
    return "\n".join(lines)


def _bytes() -> Iterable[str]:
    """Columns of bytes as text, and packed streams (PDF) unpacked."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, BinaryField):
                for value in model.objects.values_list(field.name, flat=True):
                    yield f"{model.__name__}: {_readable(bytes(value or b''))}"


def _readable(data: bytes) -> str:
    with suppress(zlib.error, ValueError):
        data += zlib.decompress(base64.b64decode(data))
    return data.decode("latin-1").replace("\n", " ")
