"""The newest lines of an event's log, however long it is."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("events", "0008_activity_is_append_only")]

    operations = [
        migrations.AddIndex(
            model_name="activity",
            index=models.Index(fields=["event", "-at", "-id"], name="activity_newest"),
        ),
    ]
