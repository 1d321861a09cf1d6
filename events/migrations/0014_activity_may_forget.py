"""A line of the activity log may forget whom it names, and still nothing else.

A name becomes empty, and only together with the mark that says when: the triggers let
that one change through. Whether a line was there, who signed in to do it and when stay.
"""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

MARK = "erased_at"


def touched(fixed: tuple[str, ...], names: tuple[str, ...], differs: str) -> str:
    """A condition: a fixed column was changed, or a name to anything but nothing."""
    parts = [f'OLD."{name}" {differs} NEW."{name}"' for name in fixed]
    other = [f'(OLD."{name}" {differs} NEW."{name}")' for name in names]
    parts += [
        f"(NEW.\"{name}\" <> '' AND {found})"
        for name, found in zip(names, other, strict=True)
    ]
    parts.append(f'(NEW."{MARK}" IS NULL AND ({" OR ".join(other)}))')
    # The mark is set once, and never taken off.
    once = f'OLD."{MARK}" IS NOT NULL AND OLD."{MARK}" {differs} NEW."{MARK}"'
    return " OR ".join([*parts, f"({once})"])


def replace(
    schema_editor: BaseDatabaseSchemaEditor,
    table: str,
    trigger: str,
    condition: str,
    refuses: str,
    refusal: str,
) -> None:
    """The trigger on UPDATE, dropped and made anew with this condition."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP TRIGGER {trigger} ON {table}")
        body = f"EXECUTE FUNCTION {refuses}()"
    else:
        schema_editor.execute(f"DROP TRIGGER {trigger}")
        body = f"BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
    schema_editor.execute(
        f"CREATE TRIGGER {trigger} BEFORE UPDATE ON {table} "
        f"FOR EACH ROW WHEN ({condition}) {body}"
    )


def differs(schema_editor: BaseDatabaseSchemaEditor) -> str:
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    return "IS DISTINCT FROM" if is_postgresql else "IS NOT"


TABLE, TRIGGER = "events_activity", "activity_never_changed"
REFUSES, REFUSAL = "events_activity_refuses", "The activity log is append-only"
FIXED = ("id", "event_id", "verb", "about", "at")
NAMES = ("actor_name", "object_name")


def guard(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    word = differs(schema_editor)
    other = f"(NEW.actor_id IS NOT NULL AND OLD.actor_id {word} NEW.actor_id)"
    condition = f"{touched(FIXED, NAMES, word)} OR {other}"
    replace(schema_editor, TABLE, TRIGGER, condition, REFUSES, REFUSAL)


def unguard(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """As 0008 had it: nothing may be forgotten."""
    word = differs(schema_editor)
    parts = [f"OLD.{name} {word} NEW.{name}" for name in (*FIXED, *NAMES)]
    parts.append(f"(NEW.actor_id IS NOT NULL AND OLD.actor_id {word} NEW.actor_id)")
    replace(schema_editor, TABLE, TRIGGER, " OR ".join(parts), REFUSES, REFUSAL)


class Migration(migrations.Migration):
    dependencies = [("events", "0013_account_activity")]

    operations = [
        migrations.AddField(
            model_name="activity",
            name=MARK,
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.RunPython(guard, unguard),
    ]
