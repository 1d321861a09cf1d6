"""A line of the custody log may forget whom it names, and still nothing else."""

from importlib import import_module

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

may_forget = import_module("events.migrations.0014_activity_may_forget")
night = import_module("guests.migrations.0013_night_at_full_width")

FIXED = ("id", "trophy_id", "action", "at")
NAMES = ("by_name", "second_name", "words")


def guard(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    trigger = "trophymove_never_changed"
    if schema_editor.connection.vendor == "postgresql":
        # One trigger stood for both; deleting is refused by one of its own from now.
        schema_editor.execute(
            f"CREATE TRIGGER trophymove_never_deleted BEFORE DELETE ON {night.MOVES} "
            "FOR EACH ROW EXECUTE FUNCTION guests_trophymove_refuses()"
        )
    word = may_forget.differs(schema_editor)
    may_forget.replace(
        schema_editor,
        night.MOVES,
        trigger,
        may_forget.touched(FIXED, NAMES, word),
        "guests_trophymove_refuses",
        night.MOVES_REFUSAL,
    )


def unguard(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP TRIGGER trophymove_never_deleted ON {night.MOVES}")
    night.unguard_moves(apps, schema_editor)
    night.guard_moves(apps, schema_editor)


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0014_activity_may_forget"),
        ("guests", "0015_erased_at"),
    ]

    operations = [
        migrations.AddField(
            model_name="trophymove",
            name="erased_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.RunPython(guard, unguard),
    ]
