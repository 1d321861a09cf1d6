from django.db import migrations
from django.utils.timezone import now

from events.outbox import epoch


def begin(apps, schema_editor):
    """A database that is migrated here is no copy: things may leave it."""
    model = apps.get_model("events", "Epoch")
    if not model.objects.exists():
        model.objects.create(mark=epoch.mark(), released_at=now())


class Migration(migrations.Migration):
    dependencies = [("events", "0012_heartbeats_epochs_and_erasure")]

    operations = [migrations.RunPython(begin, migrations.RunPython.noop)]
