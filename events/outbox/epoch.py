"""Whether this is the database that mail was last let go from, or a copy of it.

A copy brought back from a backup does not know what left after it was made: to it
such mail still waits, such cards are uncharged and such refunds unsent. Every
database carries a mark of its own, which no copy inherits; until somebody has looked
and released the copy, nothing leaves it.
"""

from datetime import datetime
from pathlib import Path
from weakref import WeakKeyDictionary

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Exists

from events.models import Epoch

# The cluster, the database and the table in it: one of them is new after every
# restore of a dump. The timeline is new after one from base backup and WAL, and when
# a standby takes over, which may lack what was committed last.
ASK_POSTGRES = """
    SELECT concat_ws('.',
        (SELECT system_identifier FROM pg_control_system()),
        (SELECT oid FROM pg_database WHERE datname = current_database()),
        to_regclass(%s)::oid,
        left(pg_walfile_name(pg_current_wal_lsn()), 8))
"""
# By connection: a database cannot be exchanged under one that is open.
_asked: WeakKeyDictionary[BaseDatabaseWrapper, tuple[object, str]] = WeakKeyDictionary()


def mark() -> str:
    """The mark of the database that is connected to; asked once per connection.

    SQLite: the number of its file. What is copied over that very file keeps it.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    connection.ensure_connection()
    known = _asked.get(connection)
    if known is None or known[0] is not connection.connection:
        known = connection.connection, _ask(connection)
        _asked[connection] = known
    return known[1]


def _ask(connection: BaseDatabaseWrapper) -> str:
    if connection.vendor != "postgresql":
        file = Path(str(connection.settings_dict["NAME"]))
        return f"file.{file.stat().st_ino}" if file.is_file() else "memory"
    with connection.wrap_database_errors, connection.connection.cursor() as cursor:
        cursor.execute(ASK_POSTGRES, [Epoch._meta.db_table])
        (answer,) = cursor.fetchone()
    return str(answer)


def is_another(known_as: str = "") -> Exists:
    """In a query: whether nobody has let anything leave this database yet.

    `known_as` is its mark, for a query that is written once (losers_lounge.compiled).
    """
    return Exists(Epoch.objects.exclude(mark=known_as or mark()))


def is_held() -> bool:
    """Whether this is a copy that nobody has released: no mail, charge or refund."""
    return Epoch.objects.exclude(mark=mark()).exists()


def began_after(moment: datetime) -> bool:
    """Whether things were let leave this database later than that: before, it may
    have been another, which knew more."""
    return Epoch.objects.filter(released_at__gt=moment).exists()


@transaction.atomic
def begin(at: datetime) -> None:
    """From here on things leave this database, until it is copied."""
    Epoch.objects.exclude(mark=mark()).delete()
    begin_if_first(at)


def begin_if_first(at: datetime) -> None:
    """Mark a database that carries no mark at all: it is no copy of another."""
    if not Epoch.objects.exists():
        Epoch.objects.create(mark=mark(), released_at=at)
