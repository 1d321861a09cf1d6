"""Why somebody owes is kept as facts; the sentence stays where it stood."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("guests", "0017_seats_as_they_move")]

    operations = [
        migrations.AddField(
            model_name="obligation",
            name="facts",
            field=models.JSONField(default=None, null=True),
        ),
        # The column keeps its name, for the release before reads and writes it.
        migrations.SeparateDatabaseAndState(
            database_operations=[],
            state_operations=[
                migrations.RenameField("obligation", "why", "written"),
                migrations.AlterField(
                    model_name="obligation",
                    name="written",
                    field=models.CharField(db_column="why", max_length=600),
                ),
            ],
        ),
    ]
