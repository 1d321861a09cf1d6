"""What happens to accounts, and a database that refuses to change or delete it.

A line may only forget its account, when that account is deleted. A later migration
that alters this table on SQLite makes it anew, and has to put the triggers back.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

TABLE = "events_accountactivity"
COLUMNS = ("id", "kind", "how", "at")
REFUSAL = "What happened to an account is append-only"

POSTGRESQL = f"""
CREATE FUNCTION {TABLE}_refuses() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER accountactivity_never_deleted BEFORE DELETE ON {TABLE}
FOR EACH ROW EXECUTE FUNCTION {TABLE}_refuses();
CREATE TRIGGER accountactivity_never_changed BEFORE UPDATE ON {TABLE}
FOR EACH ROW WHEN ({{changed}}) EXECUTE FUNCTION {TABLE}_refuses();
"""
POSTGRESQL_UNDO = f"""
DROP TRIGGER accountactivity_never_deleted ON {TABLE};
DROP TRIGGER accountactivity_never_changed ON {TABLE};
DROP FUNCTION {TABLE}_refuses();
"""
SQLITE = (
    f"""CREATE TRIGGER accountactivity_never_deleted BEFORE DELETE ON {TABLE}
    BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END""",
    f"""CREATE TRIGGER accountactivity_never_changed BEFORE UPDATE ON {TABLE}
    WHEN {{changed}} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END""",
)
SQLITE_UNDO = (
    "DROP TRIGGER accountactivity_never_deleted",
    "DROP TRIGGER accountactivity_never_changed",
)


def changed(differs: str) -> str:
    """A condition: something was written over, or somebody else is named."""
    parts = [f"OLD.{name} {differs} NEW.{name}" for name in COLUMNS]
    other = f"(NEW.user_id IS NOT NULL AND OLD.user_id {differs} NEW.user_id)"
    return " OR ".join([*parts, other])


def guard(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL.format(changed=changed("IS DISTINCT FROM")))
        return
    for statement in SQLITE:
        schema_editor.execute(statement.format(changed=changed("IS NOT")))


def unguard(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL_UNDO)
        return
    for statement in SQLITE_UNDO:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0013_epoch_of_this_database"),
    ]

    operations = [
        migrations.CreateModel(
            name="AccountActivity",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("logged_in", "Logged in"),
                            ("login_failed", "A log-in failed"),
                            ("logged_out", "Logged out"),
                            ("password_changed", "Changed the password"),
                            ("password_reset", "Set a new password by mail"),
                            ("factor_added", "Added a second factor"),
                            ("factor_removed", "Removed a second factor"),
                            ("factor_failed", "A second factor was wrong"),
                            ("codes_renewed", "Made new recovery codes"),
                            (
                                "factors_reset",
                                "The operator removed all second factors",
                            ),
                            ("sessions_ended", "Logged out everywhere else"),
                        ],
                        max_length=20,
                    ),
                ),
                ("how", models.CharField(blank=True, max_length=60)),
                ("at", models.DateTimeField()),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="account_activities",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "account activities",
                "ordering": ["-at", "-pk"],
                "indexes": [
                    models.Index(
                        fields=["user", "-at", "-id"], name="account_newest_doings"
                    )
                ],
            },
        ),
        migrations.RunPython(guard, unguard),
    ]
