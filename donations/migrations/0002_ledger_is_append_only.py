"""The database itself refuses to change or to delete what the ledger says.

An entry may only learn, once, which donation and event it belongs to, and when
Stripe pays it out.
"""

from django.db import migrations

from losers_lounge.migrating import AppendOnly

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

ledger = AppendOnly(
    table="donations_ledgerentry",
    triggers="ledger_entry",
    function="donations_ledger_refuses",
    refusal="The ledger is append-only",
    columns=MONEY_COLUMNS,
    besides=tuple(
        f"OLD.{name} IS NOT NULL AND OLD.{name} {{differs}} NEW.{name}"
        for name in ("donation_id", "event_id")
    ),
)
guard, unguard = ledger.guard, ledger.unguard


class Migration(migrations.Migration):
    dependencies = [("donations", "0001_initial")]

    operations = [migrations.RunPython(guard, unguard)]
