"""How the tables are emptied after a test that committed: by DELETE, in one go.

Django's flush takes TRUNCATE, which makes new files for all tables, and then writes
content types and permissions anew: a tenth of a second each, some four hundred times.
"""

from typing import Any

from django.db import connection, transaction
from django.test import TransactionTestCase

# As TRUNCATE does, it waits for whoever still writes; and no trigger is asked.
EMPTY = """
DO $$
DECLARE
    kept text[] := '{django_migrations, django_content_type, auth_permission}';
    names text[] := ARRAY(
        SELECT quote_ident(tablename) FROM pg_tables
        WHERE schemaname = current_schema() AND tablename <> ALL (kept)
    );
    name text;
BEGIN
    EXECUTE 'LOCK TABLE ' || array_to_string(names, ', ') || ' IN EXCLUSIVE MODE';
    SET LOCAL session_replication_role = replica;
    FOREACH name IN ARRAY names LOOP
        EXECUTE 'DELETE FROM ' || name;
    END LOOP;
END $$
"""
DJANGO_S_OWN = TransactionTestCase._fixture_teardown


def by_delete() -> None:
    """From now on, wherever the server is ours: only then may triggers be silenced."""
    TransactionTestCase._fixture_teardown = empty


def empty(case: TransactionTestCase) -> None:
    """No row is left, but for content types, permissions and the list of migrations."""
    if not is_ours():
        DJANGO_S_OWN(case)
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(EMPTY)


def is_ours() -> bool:
    """Whether this is PostgreSQL, spoken to as its superuser."""
    if connection.vendor != "postgresql":
        return False
    connection.ensure_connection()
    server: Any = connection.connection
    return bool(server.info.parameter_status("is_superuser") == "on")
