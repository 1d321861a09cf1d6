from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0005_messages_by_state"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="message",
            index=models.Index(fields=["address_mac"], name="message_by_address"),
        ),
    ]
