from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("donations", "0003_reward_held"),
    ]

    operations = [
        migrations.AddField(
            model_name="donationattempt",
            name="tells_email",
            field=models.BooleanField(default=True),
        ),
    ]
