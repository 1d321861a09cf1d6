from pathlib import Path

from django.db import migrations
from django.utils.timezone import now

# As events/outbox/epoch.py had it then: the cluster, the database, the table in it and
# the timeline.
ASK_POSTGRES = """
    SELECT concat_ws('.',
        (SELECT system_identifier FROM pg_control_system()),
        (SELECT oid FROM pg_database WHERE datname = current_database()),
        to_regclass('events_epoch')::oid,
        left(pg_walfile_name(pg_current_wal_lsn()), 8))
"""


def mark(connection):
    if connection.vendor != "postgresql":
        file = Path(str(connection.settings_dict["NAME"]))
        return f"file.{file.stat().st_ino}" if file.is_file() else "memory"
    with connection.cursor() as cursor:
        cursor.execute(ASK_POSTGRES)
        (answer,) = cursor.fetchone()
    return str(answer)


def begin(apps, schema_editor):
    """A database that is migrated here is no copy: things may leave it."""
    model = apps.get_model("events", "Epoch")
    if not model.objects.exists():
        own = mark(schema_editor.connection)
        model.objects.create(mark=own, released_at=now())


class Migration(migrations.Migration):
    dependencies = [("events", "0012_heartbeats_epochs_and_erasure")]

    operations = [migrations.RunPython(begin, migrations.RunPython.noop)]
