"""PostgreSQL finds a part of a name, and a tag, by an index; SQLite reads the rows.

A database whose owner may not create pg_trgm goes without the index of names: the
list works as well, only more slowly where it is very long.
"""

from django.db import DatabaseError, migrations, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

# Of new names so many kilobytes may wait outside the index, where each search has to
# read them.
NAMES = """
CREATE INDEX guest_by_part_of_name ON guests_guest
USING gin (search_key gin_trgm_ops) WITH (gin_pending_list_limit = 256)
"""
TAGS = """
CREATE INDEX guest_by_tag ON guests_guest
USING gin (tags jsonb_path_ops) WITH (gin_pending_list_limit = 256)
"""


def add(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    connection = schema_editor.connection
    if connection.vendor != "postgresql":
        return
    schema_editor.execute(TAGS)
    try:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except DatabaseError:
        return
    schema_editor.execute(NAMES)


def drop(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX IF EXISTS guest_by_part_of_name")
        schema_editor.execute("DROP INDEX guest_by_tag")


class Migration(migrations.Migration):
    dependencies = [("guests", "0009_list_by_every_order")]

    operations = [migrations.RunPython(add, drop)]
