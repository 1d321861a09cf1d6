"""The database itself refuses to change or to delete what the ledger says.

An entry may only learn, once, which donation and event it belongs to, and when
Stripe pays it out.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

TABLE = "donations_ledgerentry"
MONEY_COLUMNS = (
    "id",
    "source",
    "account",
    "balance_transaction_id",
    "kind",
    "stripe_type",
    "currency",
    "gross_cents",
    "fee_cents",
    "net_cents",
    "source_id",
    "charge_id",
    "occurred_at",
    "recorded_at",
)
REFUSAL = "The ledger is append-only"

POSTGRESQL = f"""
CREATE FUNCTION donations_ledger_refuses() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER ledger_entry_never_deleted BEFORE DELETE ON {TABLE}
FOR EACH ROW EXECUTE FUNCTION donations_ledger_refuses();
CREATE TRIGGER ledger_entry_never_changed BEFORE UPDATE ON {TABLE}
FOR EACH ROW WHEN ({{changed}}) EXECUTE FUNCTION donations_ledger_refuses();
"""
POSTGRESQL_UNDO = f"""
DROP TRIGGER ledger_entry_never_deleted ON {TABLE};
DROP TRIGGER ledger_entry_never_changed ON {TABLE};
DROP FUNCTION donations_ledger_refuses();
"""
SQLITE = (
    f"""CREATE TRIGGER ledger_entry_never_deleted BEFORE DELETE ON {TABLE}
    BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END""",
    f"""CREATE TRIGGER ledger_entry_never_changed BEFORE UPDATE ON {TABLE}
    WHEN {{changed}} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END""",
)
SQLITE_UNDO = (
    "DROP TRIGGER ledger_entry_never_deleted",
    "DROP TRIGGER ledger_entry_never_changed",
)


def changed(differs: str) -> str:
    """A condition: money was touched, or a link that was set is set otherwise."""
    parts = [f"OLD.{name} {differs} NEW.{name}" for name in MONEY_COLUMNS]
    parts += [
        f"(OLD.{name} IS NOT NULL AND OLD.{name} {differs} NEW.{name})"
        for name in ("donation_id", "event_id")
    ]
    return " OR ".join(parts)


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
    dependencies = [("donations", "0001_initial")]

    operations = [migrations.RunPython(guard, unguard)]
