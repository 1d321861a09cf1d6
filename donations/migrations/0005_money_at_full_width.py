import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import losers_lounge.links


def tell_rewards_apart(apps, schema_editor):
    """Each its own public id, and the name of the donor it was made for."""
    for reward in apps.get_model("donations", "Reward").objects.select_related(
        "donation"
    ):
        reward.public_id = losers_lounge.links.make_lookup()
        reward.for_name = reward.donation.donor_name
        reward.save(update_fields=["public_id", "for_name"])


class Migration(migrations.Migration):
    dependencies = [
        ("donations", "0004_page_without_address"),
        ("events", "0011_money_at_full_width"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="EventsRead",
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
                    "account",
                    models.CharField(blank=True, max_length=255, unique=True),
                ),
                ("until", models.DateTimeField()),
            ],
            options={"verbose_name_plural": "events read"},
        ),
        migrations.CreateModel(
            name="Dispute",
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
                ("dispute_id", models.CharField(max_length=255)),
                ("charge_id", models.CharField(blank=True, max_length=255)),
                ("amount_cents", models.PositiveIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("reason", models.CharField(blank=True, max_length=100)),
                ("status", models.CharField(max_length=60)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("won", "Won"),
                            ("lost", "Lost"),
                            ("closed", "Closed without money moved"),
                        ],
                        default="open",
                        max_length=6,
                    ),
                ),
                ("is_refundable", models.BooleanField(default=False)),
                ("evidence_due_at", models.DateTimeField(blank=True, null=True)),
                ("evidence", models.JSONField(blank=True, default=dict)),
                (
                    "evidence_state",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("sending", "Being sent"),
                            ("sent", "Sent to the bank"),
                            ("refused", "Refused by Stripe"),
                        ],
                        max_length=7,
                    ),
                ),
                ("evidence_error", models.CharField(blank=True, max_length=300)),
                ("evidence_sent_at", models.DateTimeField(blank=True, null=True)),
                ("evidence_by_name", models.CharField(blank=True, max_length=200)),
                ("opened_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("checked_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["-opened_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="DonationPart",
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
                ("order", models.PositiveSmallIntegerField()),
                ("for_name", models.CharField(max_length=200)),
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
                ("engraving", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "ordering": ["donation", "order"],
            },
        ),
        migrations.CreateModel(
            name="EngravingBatch",
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
                ("body", models.TextField()),
                ("sha256", models.CharField(max_length=64)),
                ("made_by_name", models.CharField(max_length=200)),
                ("made_at", models.DateTimeField()),
            ],
            options={
                "verbose_name_plural": "engraving batches",
                "ordering": ["-number"],
            },
        ),
        migrations.CreateModel(
            name="FraudWarning",
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
                ("warning_id", models.CharField(max_length=255)),
                ("charge_id", models.CharField(blank=True, max_length=255)),
                ("fraud_type", models.CharField(blank=True, max_length=100)),
                ("is_actionable", models.BooleanField(default=True)),
                ("warned_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField(blank=True, null=True)),
                ("seen_words", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "ordering": ["-warned_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="ManualGift",
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
                        choices=[("cash", "Cash"), ("cheque", "Check")], max_length=6
                    ),
                ),
                ("cheque_number", models.CharField(blank=True, max_length=40)),
                ("note", models.CharField(blank=True, max_length=300)),
                ("photo", models.BinaryField()),
                ("nonce", models.CharField(max_length=90, unique=True)),
                ("received_at", models.DateTimeField()),
                ("received_by_name", models.CharField(max_length=200)),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                ("confirmed_by_name", models.CharField(blank=True, max_length=200)),
                ("void_at", models.DateTimeField(blank=True, null=True)),
                ("void_by_name", models.CharField(blank=True, max_length=200)),
                ("void_reason", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="Payout",
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
                ("payout_id", models.CharField(max_length=255)),
                ("currency", models.CharField(max_length=3)),
                ("amount_cents", models.BigIntegerField()),
                ("status", models.CharField(max_length=60)),
                ("is_automatic", models.BooleanField(default=True)),
                ("reconciliation_status", models.CharField(blank=True, max_length=60)),
                ("failure_code", models.CharField(blank=True, max_length=100)),
                ("created_at", models.DateTimeField()),
                ("arrives_at", models.DateTimeField()),
                ("itemised_at", models.DateTimeField(blank=True, null=True)),
                ("items", models.PositiveIntegerField(default=0)),
                ("items_net_cents", models.BigIntegerField(default=0)),
                ("checked_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["-created_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Pledge",
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
                ("donor_email", models.EmailField(blank=True, max_length=254)),
                ("credit_name", models.CharField(blank=True, max_length=200)),
                ("amount_cents", models.PositiveIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("stripe_account", models.CharField(blank=True, max_length=255)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("offered", "Card not saved yet"),
                            ("card_saved", "Card saved"),
                            ("charging", "Being charged"),
                            ("paid", "Paid"),
                            ("needs_action", "The bank asks the donor"),
                            ("declined", "Card declined"),
                            ("released", "Released"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="offered",
                        max_length=12,
                    ),
                ),
                ("mandate_version", models.CharField(max_length=20)),
                ("mandate_text", models.TextField()),
                ("last_charge_at", models.DateTimeField()),
                ("agreed_at", models.DateTimeField()),
                ("agreed_ip", models.GenericIPAddressField(blank=True, null=True)),
                ("setup_number", models.PositiveSmallIntegerField(default=0)),
                ("setup_session_id", models.CharField(blank=True, max_length=255)),
                ("setup_url", models.URLField(blank=True, max_length=2000)),
                ("setup_expires_at", models.DateTimeField(blank=True, null=True)),
                ("customer_id", models.CharField(blank=True, max_length=255)),
                ("payment_method_id", models.CharField(blank=True, max_length=255)),
                ("card_brand", models.CharField(blank=True, max_length=30)),
                ("card_last4", models.CharField(blank=True, max_length=4)),
                ("approved_at", models.DateTimeField(blank=True, null=True)),
                ("approved_by_name", models.CharField(blank=True, max_length=200)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("next_try_at", models.DateTimeField(blank=True, null=True)),
                ("checked_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("detached_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="ReconciledDay",
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
                ("day", models.DateField()),
                ("currency", models.CharField(max_length=3)),
                ("stripe_entries", models.PositiveIntegerField()),
                ("stripe_gross_cents", models.BigIntegerField()),
                ("stripe_fee_cents", models.BigIntegerField()),
                ("stripe_net_cents", models.BigIntegerField()),
                ("ledger_entries", models.PositiveIntegerField()),
                ("ledger_gross_cents", models.BigIntegerField()),
                ("ledger_fee_cents", models.BigIntegerField()),
                ("ledger_net_cents", models.BigIntegerField()),
                ("compared_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["-day"],
            },
        ),
        migrations.CreateModel(
            name="Refund",
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
                (
                    "origin",
                    models.CharField(
                        choices=[("here", "Here"), ("stripe", "Stripe's dashboard")],
                        default="here",
                        max_length=6,
                    ),
                ),
                ("amount_cents", models.PositiveIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("wished", "Asked for by the donor"),
                            ("requested", "Asking Stripe"),
                            ("unknown", "No answer from Stripe"),
                            ("pending", "On its way"),
                            ("succeeded", "Given back"),
                            ("failed", "Came back to the charity"),
                            ("refused", "Refused by Stripe"),
                            ("dropped", "Not carried out"),
                        ],
                        default="requested",
                        max_length=9,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("by_name", models.CharField(blank=True, max_length=200)),
                (
                    "nonce",
                    models.CharField(blank=True, max_length=90, null=True, unique=True),
                ),
                ("account", models.CharField(blank=True, max_length=255)),
                ("refund_id", models.CharField(blank=True, max_length=255)),
                ("error", models.CharField(blank=True, max_length=300)),
                ("created_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("seen_at", models.DateTimeField(blank=True, null=True)),
                ("seen_by_name", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="Statement",
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
                            ("closing", "Closing statement"),
                            ("press", "Press sheet"),
                        ],
                        max_length=7,
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("as_of", models.DateTimeField()),
                ("raised_cents", models.BigIntegerField()),
                ("net_cents", models.BigIntegerField()),
                ("entries", models.PositiveIntegerField()),
                ("body", models.TextField()),
                ("sha256", models.CharField(max_length=64)),
                ("made_by_name", models.CharField(max_length=200)),
                ("made_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["-pk"],
            },
        ),
        migrations.AddField(
            model_name="discrepancy",
            name="assigned_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="discrepancy",
            name="assigned_to",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="discrepancy",
            name="found_in",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="discrepancies",
                to="donations.reconciliation",
            ),
        ),
        migrations.AddField(
            model_name="discrepancy",
            name="closed_by_name",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name="donation",
            name="charged_back_cents",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="donation",
            name="declines_reward",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="donation",
            name="fee_cover_cents",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="donation",
            name="link_version",
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name="donation",
            name="source",
            field=models.CharField(
                choices=[("stripe", "Stripe"), ("manual", "By hand")],
                default="stripe",
                editable=False,
                max_length=6,
            ),
        ),
        migrations.AddField(
            model_name="donationattempt",
            name="decline_code",
            field=models.CharField(blank=True, max_length=100),
        ),
        migrations.AddField(
            model_name="donationattempt",
            name="kind",
            field=models.CharField(
                choices=[("checkout", "Payment page"), ("off_session", "Saved card")],
                default="checkout",
                max_length=11,
            ),
        ),
        migrations.AddField(
            model_name="donationattempt",
            name="payment_intent_id",
            field=models.CharField(blank=True, max_length=255),
        ),
        migrations.AddField(
            model_name="ledgerentry",
            name="payout_id",
            field=models.CharField(blank=True, max_length=255),
        ),
        migrations.AddField(
            model_name="ledgerentry",
            name="reporting_category",
            field=models.CharField(blank=True, max_length=100),
        ),
        migrations.AddField(
            model_name="receipt",
            name="benefit_declined",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="receipt",
            name="lines",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="receipt",
            name="void_reason",
            field=models.CharField(blank=True, max_length=100),
        ),
        migrations.AddField(
            model_name="reconciliation",
            name="checks",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="reward",
            name="approved_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="reward",
            name="checked_by_name",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name="reward",
            name="for_name",
            field=models.CharField(default="", max_length=200),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="reward",
            name="handed_over_by_name",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name="reward",
            name="handed_over_to",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name="reward",
            name="held_from",
            field=models.CharField(blank=True, max_length=11),
        ),
        migrations.AddField(
            model_name="reward",
            name="is_of_age",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="reward",
            name="order",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="reward",
            name="proof",
            field=models.BinaryField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="reward",
            name="proof_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="reward",
            name="public_id",
            field=models.CharField(
                default=losers_lounge.links.make_lookup, editable=False, max_length=16
            ),
        ),
        migrations.RunPython(tell_rewards_apart, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="reward",
            name="public_id",
            field=models.CharField(
                default=losers_lounge.links.make_lookup,
                editable=False,
                max_length=16,
                unique=True,
            ),
        ),
        migrations.AddField(
            model_name="reward",
            name="remark",
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name="reward",
            name="ship_to",
            field=models.CharField(blank=True, max_length=400),
        ),
        migrations.AddField(
            model_name="reward",
            name="shipped_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="reward",
            name="stop_order_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="discrepancy",
            name="kind",
            field=models.CharField(
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
                    ("dispute_differs", "Disputes differ from the donation's"),
                    ("fee_differs", "Fees differ"),
                    ("refunded_outside", "Refunded in Stripe's dashboard"),
                    ("disputed", "Disputed by the donor's bank"),
                    ("balance_differs", "Stripe's balance differs"),
                    ("payout_unexplained", "A payout whose items do not add up"),
                    ("payout_manual", "A manual payout, which has no items"),
                    ("payout_failed", "A payout that the bank sent back"),
                    ("wrong_mode", "From the wrong mode, test or live"),
                    ("wrong_currency", "In a currency other than the event's"),
                    ("wrong_account", "On an account other than the charity's"),
                    ("account_fee", "A fee that no payment explains"),
                    ("unmatched_money", "Money that nobody here asked for"),
                ],
                max_length=25,
            ),
        ),
        migrations.AlterField(
            model_name="donationattempt",
            name="cancel_url",
            field=models.URLField(blank=True, max_length=500),
        ),
        migrations.AlterField(
            model_name="donationattempt",
            name="success_url",
            field=models.URLField(blank=True, max_length=500),
        ),
        migrations.AlterField(
            model_name="reward",
            name="donation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="rewards",
                to="donations.donation",
            ),
        ),
        migrations.AlterField(
            model_name="reward",
            name="state",
            field=models.CharField(
                choices=[
                    ("requested", "Text to be set"),
                    ("proof", "Proof with the donor"),
                    ("approved", "Approved by the donor"),
                    ("engraving", "At the engraver's"),
                    ("ready", "Checked and ready"),
                    ("shipped", "On its way"),
                    ("handed_over", "Handed over"),
                    ("on_hold", "On hold"),
                    ("stopped", "Stopped"),
                    ("declined", "Declined by the donor"),
                ],
                default="requested",
                max_length=11,
            ),
        ),
        migrations.AddIndex(
            model_name="ledgerentry",
            index=models.Index(
                condition=models.Q(("payout_id", ""), _negated=True),
                fields=["account", "payout_id"],
                name="entry_by_payout",
            ),
        ),
        migrations.AddConstraint(
            model_name="donation",
            constraint=models.CheckConstraint(
                condition=models.Q(("fee_cover_cents__lt", models.F("amount_cents"))),
                name="donation_fee_cover_within_amount",
            ),
        ),
        migrations.AddField(
            model_name="dispute",
            name="donation",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="disputes",
                to="donations.donation",
            ),
        ),
        migrations.AddField(
            model_name="donationpart",
            name="donation",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="parts",
                to="donations.donation",
            ),
        ),
        migrations.AddField(
            model_name="engravingbatch",
            name="event",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="engraving_batches",
                to="events.event",
            ),
        ),
        migrations.AddField(
            model_name="reward",
            name="batch",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="rewards",
                to="donations.engravingbatch",
            ),
        ),
        migrations.AddConstraint(
            model_name="reward",
            constraint=models.UniqueConstraint(
                fields=("donation", "order"), name="reward_once_per_part"
            ),
        ),
        migrations.AddConstraint(
            model_name="reward",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("state__in", ["approved", "engraving", "ready", "shipped"]),
                        _negated=True,
                    ),
                    ("approved_at__isnull", False),
                    _connector="OR",
                ),
                name="reward_engraved_only_when_approved",
            ),
        ),
        migrations.AddField(
            model_name="fraudwarning",
            name="donation",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="fraud_warnings",
                to="donations.donation",
            ),
        ),
        migrations.AddField(
            model_name="fraudwarning",
            name="seen_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="manualgift",
            name="confirmed_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="manualgift",
            name="donation",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="manual_gift",
                to="donations.donation",
            ),
        ),
        migrations.AddField(
            model_name="manualgift",
            name="received_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.UniqueConstraint(
                fields=("account", "payout_id"), name="payout_known_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("itemised_at__isnull", False),
                    models.Q(("items", 0), ("items_net_cents", 0)),
                    _connector="OR",
                ),
                name="payout_items_only_when_asked",
            ),
        ),
        migrations.AddField(
            model_name="pledge",
            name="donation",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="pledge",
                to="donations.donation",
            ),
        ),
        migrations.AddField(
            model_name="pledge",
            name="event",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="pledges",
                to="events.event",
            ),
        ),
        migrations.AddConstraint(
            model_name="reconciledday",
            constraint=models.UniqueConstraint(
                fields=("account", "day", "currency"), name="reconciled_day_once"
            ),
        ),
        migrations.AddField(
            model_name="refund",
            name="donation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="refunds",
                to="donations.donation",
            ),
        ),
        migrations.AddField(
            model_name="statement",
            name="event",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="statements",
                to="events.event",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.UniqueConstraint(
                fields=("account", "dispute_id"), name="dispute_known_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="donationpart",
            constraint=models.UniqueConstraint(
                fields=("donation", "order"), name="donation_part_order_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="donationpart",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_cents__gt", 0)),
                name="donation_part_positive",
            ),
        ),
        migrations.AddConstraint(
            model_name="engravingbatch",
            constraint=models.UniqueConstraint(
                fields=("event", "number"), name="engraving_batch_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="fraudwarning",
            constraint=models.UniqueConstraint(
                fields=("account", "warning_id"), name="fraud_warning_known_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="manualgift",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("confirmed_at", None),
                    models.Q(
                        models.Q(("confirmed_by_name", ""), _negated=True),
                        models.Q(
                            ("confirmed_by", None),
                            ("received_by", None),
                            models.Q(
                                ("confirmed_by", models.F("received_by")), _negated=True
                            ),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="manual_gift_signed_by_two",
            ),
        ),
        migrations.AddConstraint(
            model_name="manualgift",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("void_at", None),
                    models.Q(("void_reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="manual_gift_void_with_a_reason",
            ),
        ),
        migrations.AddIndex(
            model_name="pledge",
            index=models.Index(fields=["event", "state"], name="pledge_by_state"),
        ),
        migrations.AddIndex(
            model_name="pledge",
            index=models.Index(
                condition=models.Q(
                    models.Q(("payment_method_id", ""), _negated=True),
                    ("detached_at", None),
                ),
                fields=["ended_at"],
                name="pledge_card_kept",
            ),
        ),
        migrations.AddConstraint(
            model_name="pledge",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_cents__gt", 0)),
                name="pledge_amount_positive",
            ),
        ),
        migrations.AddConstraint(
            model_name="pledge",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("state__in", ["card_saved", "charging", "needs_action"]),
                        _negated=True,
                    ),
                    models.Q(("payment_method_id", ""), _negated=True),
                    _connector="OR",
                ),
                name="pledge_charged_has_a_card",
            ),
        ),
        migrations.AddConstraint(
            model_name="pledge",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("state__in", ["paid", "released", "withdrawn"]), _negated=True
                    ),
                    ("ended_at__isnull", False),
                    _connector="OR",
                ),
                name="pledge_over_has_a_time",
            ),
        ),
        migrations.AddIndex(
            model_name="refund",
            index=models.Index(
                condition=models.Q(("state__in", ["requested", "unknown"])),
                fields=["created_at"],
                name="refund_owed",
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_cents__gt", 0)),
                name="refund_amount_positive",
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.UniqueConstraint(
                condition=models.Q(("refund_id", ""), _negated=True),
                fields=("account", "refund_id"),
                name="refund_known_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="statement",
            constraint=models.UniqueConstraint(
                fields=("event", "kind", "number"), name="statement_number_once"
            ),
        ),
    ]
