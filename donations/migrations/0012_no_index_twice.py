"""Indexes that another begins with, or that find what nobody looks for, are dropped."""

import django.db.models.deletion
from django.db import migrations, models

from losers_lounge.migrating import DropKeyIndex, drop_prefix_indexes


class Migration(migrations.Migration):
    dependencies = [
        ("donations", "0011_statements_print_alike"),
        ("events", "0018_no_index_twice"),
    ]

    operations = [
        DropKeyIndex(
            model_name="donation",
            name="event",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="donations",
                to="events.event",
            ),
        ),
        DropKeyIndex(
            model_name="donationattempt",
            name="donation",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="attempts",
                to="donations.donation",
            ),
        ),
        DropKeyIndex(
            model_name="engravingbatch",
            name="event",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="engraving_batches",
                to="events.event",
            ),
        ),
        DropKeyIndex(
            model_name="ledgerentry",
            name="event",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="ledger_entries",
                to="events.event",
            ),
        ),
        DropKeyIndex(
            model_name="pledge",
            name="event",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="pledges",
                to="events.event",
            ),
        ),
        DropKeyIndex(
            model_name="receipt",
            name="charity",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="receipts",
                to="events.charity",
            ),
        ),
        DropKeyIndex(
            model_name="receiptseries",
            name="charity",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="receipt_series",
                to="events.charity",
            ),
        ),
        DropKeyIndex(
            model_name="reward",
            name="donation",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="rewards",
                to="donations.donation",
            ),
        ),
        DropKeyIndex(
            model_name="statement",
            name="event",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="statements",
                to="events.event",
            ),
        ),
        drop_prefix_indexes(
            donations_donation="public_id",
            donations_eventsread="account",
            donations_manualgift="nonce",
            donations_pledge="public_id",
            donations_refund="nonce public_id",
            donations_reward="public_id",
        ),
    ]
