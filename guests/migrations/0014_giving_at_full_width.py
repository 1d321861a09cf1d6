import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("donations", "0005_money_at_full_width"),
        ("guests", "0013_night_at_full_width"),
    ]

    operations = [
        migrations.CreateModel(
            name="GuestPledge",
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
                    "guest",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pledges",
                        to="guests.guest",
                    ),
                ),
                (
                    "pledge",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="of_guest",
                        to="donations.pledge",
                    ),
                ),
            ],
            options={
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="Surplus",
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
                    "cause",
                    models.CharField(
                        choices=[
                            ("twice", "Paid twice"),
                            ("corrected", "A result was corrected"),
                        ],
                        max_length=9,
                    ),
                ),
                ("amount_cents", models.PositiveIntegerField()),
                ("found_at", models.DateTimeField()),
                (
                    "choice",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("keep", "Keep it as a gift"),
                            ("back", "Send it back"),
                        ],
                        max_length=4,
                    ),
                ),
                ("chosen_at", models.DateTimeField(blank=True, null=True)),
                ("chosen_by_name", models.CharField(blank=True, max_length=200)),
                ("gone_at", models.DateTimeField(blank=True, null=True)),
                (
                    "donation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="surpluses",
                        to="donations.donation",
                    ),
                ),
                (
                    "guest",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="surpluses",
                        to="guests.guest",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "surpluses",
                "ordering": ["-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("gone_at", None)),
                        fields=("guest", "donation"),
                        name="surplus_once_per_guest_and_donation",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_cents__gt", 0)),
                        name="surplus_positive",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("choice", ""),
                            ("chosen_at__isnull", False),
                            _connector="OR",
                        ),
                        name="surplus_chosen_has_a_time",
                    ),
                ],
            },
        ),
    ]
