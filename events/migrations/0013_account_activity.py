"""What happens to accounts, and a database that refuses to change it, or to delete it
before its year is over.

A line may forget its account, when that account is deleted.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from losers_lounge.migrating import AppendOnly

trail = AppendOnly(
    table="events_accountactivity",
    triggers="accountactivity",
    function="events_accountactivity_refuses",
    refusal="What happened to an account is append-only",
    columns=("id", "kind", "how", "at"),
    besides=("NEW.user_id IS NOT NULL AND OLD.user_id {differs} NEW.user_id",),
    days=365,
)


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
        migrations.RunPython(trail.guard, trail.unguard),
    ]
