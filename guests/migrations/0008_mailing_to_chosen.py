from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("guests", "0007_import_parts")]

    operations = [
        migrations.AddField(
            model_name="mailing",
            name="by_name",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name="mailing",
            name="chosen",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name="mailing",
            name="stated",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AlterField(
            model_name="mailing",
            name="audience",
            field=models.TextField(blank=True),
        ),
    ]
