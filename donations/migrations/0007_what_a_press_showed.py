from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("donations", "0006_papers_are_frozen"),
    ]

    operations = [
        migrations.AddField(
            model_name="pledge",
            name="approved_cents",
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
    ]
