"""A receipt keeps what it prints of its event: the name, the clock, the language.

Those that stand keep what the event says today, and from now on the trigger holds it.
"""

from importlib import import_module

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

forgetful = import_module("donations.migrations.0009_papers_may_forget")

RECEIPT, COLUMN = "receipt", "printed_in"
NAMES = forgetful.NAMES[RECEIPT]


def fill(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """One UPDATE for each event."""
    receipts = apps.get_model("donations", "Receipt").objects
    for event in apps.get_model("events", "Event").objects.iterator():
        kept = {
            "event": event.name,
            "time_zone": event.time_zone,
            "language": event.language,
        }
        receipts.filter(donation__event=event).update(printed_in=kept)


def hold(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor, *loose: str) -> None:
    """The trigger on UPDATE, with every column but these."""
    columns = forgetful.fixed(apps, RECEIPT, (*NAMES, "lines", *loose))
    word = forgetful.may_forget.differs(schema_editor)
    condition = forgetful.may_forget.touched(columns, NAMES, word)
    forgetful.replace(apps, schema_editor, RECEIPT, condition)


def unguard(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """As 0009 had it: nothing knows of the column."""
    hold(apps, schema_editor, COLUMN)


class Migration(migrations.Migration):
    dependencies = [
        ("donations", "0009_papers_may_forget"),
        ("events", "0017_language_of_letters"),
    ]

    operations = [
        migrations.AddField(
            model_name=RECEIPT,
            name=COLUMN,
            field=models.JSONField(blank=True, editable=False, null=True),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunPython(hold, unguard),
    ]
