"""A closing statement keeps the words and the clock it is printed with.

Those that stand have none, and print as their event and this program say them.
"""

from importlib import import_module

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

forgetful = import_module("donations.migrations.0009_papers_may_forget")

STATEMENT, COLUMN = "statement", "printed_in"


def hold(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor, *loose: str) -> None:
    """The trigger on UPDATE, with every column but these."""
    columns = forgetful.fixed(apps, STATEMENT, loose)
    word = forgetful.may_forget.differs(schema_editor)
    touched = " OR ".join(f'OLD."{name}" {word} NEW."{name}"' for name in columns)
    forgetful.replace(apps, schema_editor, STATEMENT, touched)


def unguard(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """As 0006 had it: nothing knows of the column."""
    hold(apps, schema_editor, COLUMN)


class Migration(migrations.Migration):
    dependencies = [("donations", "0010_receipts_print_alike")]

    operations = [
        migrations.AddField(
            model_name=STATEMENT,
            name=COLUMN,
            field=models.JSONField(blank=True, editable=False, null=True),
        ),
        migrations.RunPython(hold, unguard),
    ]
