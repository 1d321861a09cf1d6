"""The database itself refuses to change what was printed, signed or sent away.

A receipt may only ever be voided; statements and engraving batches are for good.
SQLite made the ledger's table anew for its new columns, and dropped its triggers with
the old one: they are put back.
"""

from importlib import import_module

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

MAY_CHANGE = {
    "receipt": ("void_at", "void_reason"),
    "statement": (),
    "engravingbatch": (),
}
REFUSAL = "What was issued is not changed"
FUNCTION = f"""
CREATE FUNCTION donations_paper_refuses() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


def changed(apps: StateApps, name: str, differs: str) -> str:
    """A condition: any column was touched that may not be."""
    fields = apps.get_model("donations", name)._meta.concrete_fields
    fixed = [f.column for f in fields if f.column not in MAY_CHANGE[name]]
    return " OR ".join(f'OLD."{column}" {differs} NEW."{column}"' for column in fixed)


def guard(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    if is_postgresql:
        schema_editor.execute(FUNCTION)
    else:
        ledger = import_module("donations.migrations.0002_ledger_is_append_only")
        ledger.guard(apps, schema_editor)
    for name in MAY_CHANGE:
        differs = "IS DISTINCT FROM" if is_postgresql else "IS NOT"
        condition = changed(apps, name, differs)
        for verb, event, when in (
            ("deleted", "DELETE", ""),
            ("changed", "UPDATE", f"WHEN ({condition})"),
        ):
            body = (
                "EXECUTE FUNCTION donations_paper_refuses()"
                if is_postgresql
                else f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
            )
            schema_editor.execute(
                f"CREATE TRIGGER {name}_never_{verb} BEFORE {event}"
                f" ON donations_{name} FOR EACH ROW {when} {body}"
            )


def unguard(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    for name in MAY_CHANGE:
        table = f" ON donations_{name}" if is_postgresql else ""
        for verb in ("deleted", "changed"):
            schema_editor.execute(f"DROP TRIGGER {name}_never_{verb}{table}")
    if is_postgresql:
        schema_editor.execute("DROP FUNCTION donations_paper_refuses()")
    else:
        ledger = import_module("donations.migrations.0002_ledger_is_append_only")
        ledger.unguard(apps, schema_editor)


def make_first_parts(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """What was given before there were parts is one part."""
    part = apps.get_model("donations", "DonationPart")
    given = apps.get_model("donations", "Donation").objects.filter(parts=None)
    part.objects.bulk_create(
        (
            part(
                donation=donation,
                order=0,
                for_name=donation.donor_name,
                purpose=donation.purpose,
                amount_cents=donation.amount_cents - donation.fee_cover_cents,
            )
            for donation in given
        ),
        batch_size=1_000,
    )


class Migration(migrations.Migration):
    dependencies = [("donations", "0005_money_at_full_width")]

    operations = [
        migrations.RunPython(guard, unguard),
        migrations.RunPython(make_first_parts, migrations.RunPython.noop),
    ]
