"""The database itself refuses to change or to delete a line of the activity log.

A line may only forget the account of who acted, when that account is deleted; the
name stays. A later migration that alters this table on SQLite makes it anew, and has
to put the triggers back.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

TABLE = "events_activity"
COLUMNS = ("id", "event_id", "actor_name", "verb", "object_name", "about", "at")
REFUSAL = "The activity log is append-only"

POSTGRESQL = f"""
CREATE FUNCTION events_activity_refuses() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER activity_never_deleted BEFORE DELETE ON {TABLE}
FOR EACH ROW EXECUTE FUNCTION events_activity_refuses();
CREATE TRIGGER activity_never_changed BEFORE UPDATE ON {TABLE}
FOR EACH ROW WHEN ({{changed}}) EXECUTE FUNCTION events_activity_refuses();
"""
POSTGRESQL_UNDO = f"""
DROP TRIGGER activity_never_deleted ON {TABLE};
DROP TRIGGER activity_never_changed ON {TABLE};
DROP FUNCTION events_activity_refuses();
"""
SQLITE = (
    f"""CREATE TRIGGER activity_never_deleted BEFORE DELETE ON {TABLE}
    BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END""",
    f"""CREATE TRIGGER activity_never_changed BEFORE UPDATE ON {TABLE}
    WHEN {{changed}} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END""",
)
SQLITE_UNDO = (
    "DROP TRIGGER activity_never_deleted",
    "DROP TRIGGER activity_never_changed",
)


def changed(differs: str) -> str:
    """A condition: something was written over, or somebody else is named."""
    parts = [f"OLD.{name} {differs} NEW.{name}" for name in COLUMNS]
    other = f"(NEW.actor_id IS NOT NULL AND OLD.actor_id {differs} NEW.actor_id)"
    return " OR ".join([*parts, other])


def guard(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL.format(changed=changed("IS DISTINCT FROM")))
        return
    for statement in SQLITE:
        schema_editor.execute(statement.format(changed=changed("IS NOT")))


def unguard(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL_UNDO)
        return
    for statement in SQLITE_UNDO:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("events", "0007_creation_nonce")]

    operations = [migrations.RunPython(guard, unguard)]
