from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0010_hold_and_pins"),
    ]

    operations = [
        migrations.AddField(
            model_name="event",
            name="charges_pledges_by_rule",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="event",
            name="values_estimated_by",
            field=models.CharField(blank=True, max_length=200),
        ),
    ]
