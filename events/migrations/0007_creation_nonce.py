"""A press on "New event" has a name: pressed twice, it makes one event."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("events", "0006_messages_by_address")]

    operations = [
        migrations.AddField(
            model_name="event",
            name="creation_nonce",
            field=models.CharField(
                blank=True, editable=False, max_length=90, null=True, unique=True
            ),
        ),
    ]
