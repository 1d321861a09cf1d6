import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

import losers_lounge.links


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("events", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Donation",
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
                    "public_id",
                    models.CharField(
                        default=losers_lounge.links.make_lookup,
                        editable=False,
                        max_length=16,
                        unique=True,
                    ),
                ),
                ("donor_name", models.CharField(max_length=200)),
                ("donor_email", models.EmailField(max_length=254)),
                ("credit_name", models.CharField(blank=True, max_length=200)),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("admission", "Winner's donation"),
                            ("gift", "Free gift"),
                        ],
                        max_length=9,
                    ),
                ),
                ("amount_cents", models.PositiveIntegerField()),
                ("currency", models.CharField(default="usd", max_length=3)),
                ("stripe_account", models.CharField(blank=True, max_length=255)),
                ("payment_intent_id", models.CharField(blank=True, max_length=255)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("created", "Not started"),
                            ("checkout_open", "Payment page open"),
                            ("processing", "With the bank"),
                            ("paid", "Paid"),
                            ("partially_refunded", "Refunded in part"),
                            ("refunded", "Refunded"),
                            ("disputed", "Disputed"),
                            ("charged_back", "Charged back"),
                            ("expired", "Not completed"),
                            ("canceled", "Canceled"),
                            ("failed", "Bank refused"),
                            ("review", "Being checked"),
                        ],
                        default="created",
                        max_length=18,
                    ),
                ),
                ("refunded_cents", models.PositiveIntegerField(default=0)),
                ("paid_at", models.DateTimeField(blank=True, null=True)),
                ("checked_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField()),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="donations",
                        to="events.event",
                    ),
                ),
            ],
            options={
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="DonationAttempt",
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
                ("number", models.PositiveSmallIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("created", "Asking Stripe"),
                            ("open", "Open"),
                            ("unknown", "No answer from Stripe"),
                            ("failed", "Refused by Stripe"),
                            ("completed", "Completed"),
                            ("expired", "Expired"),
                        ],
                        default="created",
                        max_length=9,
                    ),
                ),
                ("success_url", models.URLField(max_length=500)),
                ("cancel_url", models.URLField(max_length=500)),
                ("session_id", models.CharField(blank=True, max_length=255)),
                ("url", models.URLField(blank=True, max_length=2000)),
                ("error", models.CharField(blank=True, max_length=300)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                (
                    "donation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attempts",
                        to="donations.donation",
                    ),
                ),
            ],
            options={
                "ordering": ["number"],
            },
        ),
        migrations.CreateModel(
            name="LedgerEntry",
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
                    "source",
                    models.CharField(
                        choices=[("stripe", "Stripe"), ("manual", "By hand")],
                        max_length=6,
                    ),
                ),
                ("account", models.CharField(blank=True, max_length=255)),
                ("balance_transaction_id", models.CharField(max_length=255)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("charge", "Payment"),
                            ("refund", "Refund"),
                            ("dispute", "Dispute"),
                            ("fee", "Fee"),
                            ("payout", "Payout"),
                            ("other", "Other"),
                        ],
                        max_length=7,
                    ),
                ),
                ("stripe_type", models.CharField(blank=True, max_length=100)),
                ("currency", models.CharField(max_length=3)),
                ("gross_cents", models.BigIntegerField()),
                ("fee_cents", models.BigIntegerField()),
                ("net_cents", models.BigIntegerField()),
                ("source_id", models.CharField(blank=True, max_length=255)),
                ("charge_id", models.CharField(blank=True, max_length=255)),
                ("occurred_at", models.DateTimeField()),
                ("available_at", models.DateTimeField(blank=True, null=True)),
                ("recorded_at", models.DateTimeField()),
                (
                    "donation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="donations.donation",
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ledger_entries",
                        to="events.event",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "ledger entries",
                "ordering": ["occurred_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Receipt",
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
                ("number", models.CharField(max_length=20)),
                ("donor_name", models.CharField(max_length=200)),
                ("donor_email", models.EmailField(max_length=254)),
                ("charity_name", models.CharField(max_length=200)),
                ("charity_ein", models.CharField(blank=True, max_length=20)),
                ("charity_address", models.TextField(blank=True)),
                ("amount_cents", models.PositiveIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("fair_value_cents", models.PositiveIntegerField()),
                ("deductible_cents", models.PositiveIntegerField()),
                ("benefits", models.TextField(blank=True)),
                ("wording", models.TextField()),
                ("paid_at", models.DateTimeField()),
                ("issued_at", models.DateTimeField()),
                ("void_at", models.DateTimeField(blank=True, null=True)),
                (
                    "charity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="receipts",
                        to="events.charity",
                    ),
                ),
                (
                    "donation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="receipts",
                        to="donations.donation",
                    ),
                ),
                (
                    "replaces",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaced_by",
                        to="donations.receipt",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="ReceiptSeries",
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
                ("year", models.PositiveSmallIntegerField()),
                ("last_number", models.PositiveIntegerField(default=0)),
                (
                    "charity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="receipt_series",
                        to="events.charity",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "receipt series",
            },
        ),
        migrations.CreateModel(
            name="Reconciliation",
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
                ("account", models.CharField(blank=True, max_length=255)),
                (
                    "verdict",
                    models.CharField(
                        choices=[
                            ("matched", "Equals Stripe to the cent"),
                            ("differs", "Differs from Stripe"),
                        ],
                        max_length=7,
                    ),
                ),
                ("since", models.DateTimeField()),
                ("high_water_at", models.DateTimeField()),
                ("started_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField()),
                ("imported", models.PositiveIntegerField(default=0)),
                ("stripe_entries", models.PositiveIntegerField()),
                ("stripe_gross_cents", models.BigIntegerField()),
                ("stripe_fee_cents", models.BigIntegerField()),
                ("stripe_net_cents", models.BigIntegerField()),
                ("ledger_entries", models.PositiveIntegerField()),
                ("ledger_gross_cents", models.BigIntegerField()),
                ("ledger_fee_cents", models.BigIntegerField()),
                ("ledger_net_cents", models.BigIntegerField()),
            ],
            options={
                "ordering": ["-pk"],
                "indexes": [
                    models.Index(
                        fields=["account", "-id"], name="reconciliation_latest"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Discrepancy",
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
                ("account", models.CharField(blank=True, max_length=255)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("unknown_at_stripe", "In our ledger, not at Stripe"),
                            ("unknown_here", "At Stripe, not in our ledger"),
                            ("amount_differs", "Amounts differ"),
                            (
                                "charge_without_donation",
                                "A payment at Stripe that no donation here explains",
                            ),
                            (
                                "donation_amount_differs",
                                "Paid a different amount than the donation's",
                            ),
                            ("charged_twice", "One donation, two payments"),
                            (
                                "payment_not_booked",
                                "Donation paid, its payment not in the ledger",
                            ),
                            ("refund_differs", "Refunds differ from the donation's"),
                        ],
                        max_length=25,
                    ),
                ),
                ("subject", models.CharField(max_length=255)),
                ("cents", models.BigIntegerField()),
                ("found_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("reason", models.CharField(blank=True, max_length=300)),
                (
                    "found_in",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="discrepancies",
                        to="donations.reconciliation",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "discrepancies",
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="Reward",
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
                ("engraving", models.CharField(max_length=200)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("requested", "Requested"),
                            ("on_hold", "On hold"),
                            ("engraving", "At the engraver's"),
                            ("ready", "Ready"),
                            ("handed_over", "Handed over"),
                            ("stopped", "Stopped"),
                        ],
                        default="requested",
                        max_length=11,
                    ),
                ),
                ("requested_at", models.DateTimeField()),
                ("handed_over_at", models.DateTimeField(blank=True, null=True)),
                (
                    "donation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reward",
                        to="donations.donation",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="StripeEvent",
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
                ("event_id", models.CharField(max_length=255)),
                ("account", models.CharField(blank=True, max_length=255)),
                ("type", models.CharField(max_length=100)),
                ("api_version", models.CharField(blank=True, max_length=60)),
                ("livemode", models.BooleanField()),
                ("payload", models.TextField()),
                ("occurred_at", models.DateTimeField()),
                ("received_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("new", "New"),
                            ("done", "Done"),
                            ("ignored", "Not for us"),
                            ("failed", "Will be tried again"),
                            ("dead", "Given up"),
                        ],
                        default="new",
                        max_length=7,
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("not_before", models.DateTimeField()),
                ("processed_at", models.DateTimeField(blank=True, null=True)),
                ("error", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "ordering": ["pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["new", "failed"])),
                        fields=["not_before"],
                        name="stripe_event_owed",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("account", "event_id"), name="stripe_event_stored_once"
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="donation",
            index=models.Index(fields=["event", "-id"], name="donation_by_event"),
        ),
        migrations.AddIndex(
            model_name="donation",
            index=models.Index(
                condition=models.Q(("state__in", ["checkout_open", "processing"])),
                fields=["created_at"],
                name="donation_under_way",
            ),
        ),
        migrations.AddConstraint(
            model_name="donation",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_cents__gt", 0)),
                name="donation_amount_positive",
            ),
        ),
        migrations.AddConstraint(
            model_name="donation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("refunded_cents__lte", models.F("amount_cents")),
                    ("state", "review"),
                    _connector="OR",
                ),
                name="donation_refund_within_amount",
            ),
        ),
        migrations.AddConstraint(
            model_name="donation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        (
                            "state__in",
                            [
                                "paid",
                                "partially_refunded",
                                "refunded",
                                "disputed",
                                "charged_back",
                            ],
                        ),
                        _negated=True,
                    ),
                    ("paid_at__isnull", False),
                    _connector="OR",
                ),
                name="donation_paid_has_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="donation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("payment_intent_id", ""), _negated=True),
                fields=("stripe_account", "payment_intent_id"),
                name="donation_payment_intent_once",
            ),
        ),
        migrations.AddIndex(
            model_name="donationattempt",
            index=models.Index(
                condition=models.Q(("state__in", ["created", "open", "unknown"])),
                fields=["created_at"],
                name="attempt_live",
            ),
        ),
        migrations.AddConstraint(
            model_name="donationattempt",
            constraint=models.UniqueConstraint(
                fields=("donation", "number"), name="attempt_number_once_per_donation"
            ),
        ),
        migrations.AddConstraint(
            model_name="donationattempt",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["created", "open", "unknown"])),
                fields=("donation",),
                name="attempt_one_live_per_donation",
            ),
        ),
        migrations.AddConstraint(
            model_name="donationattempt",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "open"), _negated=True),
                    models.Q(
                        models.Q(("session_id", ""), _negated=True),
                        models.Q(("url", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="attempt_open_has_a_page",
            ),
        ),
        migrations.AddIndex(
            model_name="ledgerentry",
            index=models.Index(fields=["event", "occurred_at"], name="entry_by_event"),
        ),
        migrations.AddIndex(
            model_name="ledgerentry",
            index=models.Index(
                fields=["account", "occurred_at"], name="entry_by_account"
            ),
        ),
        migrations.AddIndex(
            model_name="ledgerentry",
            index=models.Index(fields=["charge_id"], name="entry_by_charge"),
        ),
        migrations.AddConstraint(
            model_name="ledgerentry",
            constraint=models.UniqueConstraint(
                fields=("account", "balance_transaction_id"),
                name="entry_movement_booked_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="ledgerentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "net_cents",
                        django.db.models.expressions.CombinedExpression(
                            models.F("gross_cents"), "-", models.F("fee_cents")
                        ),
                    )
                ),
                name="entry_net_is_gross_less_fee",
            ),
        ),
        migrations.AddConstraint(
            model_name="ledgerentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("donation__isnull", True),
                    ("event__isnull", False),
                    _connector="OR",
                ),
                name="entry_of_a_donation_has_its_event",
            ),
        ),
        migrations.AddConstraint(
            model_name="receipt",
            constraint=models.UniqueConstraint(
                fields=("charity", "number"), name="receipt_number_once_per_charity"
            ),
        ),
        migrations.AddConstraint(
            model_name="receipt",
            constraint=models.UniqueConstraint(
                condition=models.Q(("void_at__isnull", True)),
                fields=("donation",),
                name="receipt_one_valid_per_donation",
            ),
        ),
        migrations.AddConstraint(
            model_name="receipt",
            constraint=models.CheckConstraint(
                condition=models.Q(("deductible_cents__lte", models.F("amount_cents"))),
                name="receipt_deductible_within_amount",
            ),
        ),
        migrations.AddConstraint(
            model_name="receiptseries",
            constraint=models.UniqueConstraint(
                fields=("charity", "year"), name="receipt_series_once_per_year"
            ),
        ),
        migrations.AddConstraint(
            model_name="discrepancy",
            constraint=models.UniqueConstraint(
                fields=("account", "kind", "subject", "cents"),
                name="discrepancy_listed_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="discrepancy",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("closed_at__isnull", True),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="discrepancy_closed_with_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="reward",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "handed_over"), _negated=True),
                    ("handed_over_at__isnull", False),
                    _connector="OR",
                ),
                name="reward_handed_over_has_a_time",
            ),
        ),
    ]
