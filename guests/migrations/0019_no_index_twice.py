"""Indexes that another begins with, or that find what nobody looks for, are dropped."""

import django.db.models.deletion
from django.db import migrations, models

from losers_lounge.migrating import DropKeyIndex, drop_prefix_indexes


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0018_no_index_twice"),
        ("guests", "0018_why_as_facts"),
    ]

    operations = [
        DropKeyIndex(
            model_name="importchange",
            name="run",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="changes",
                to="guests.importrun",
            ),
        ),
        DropKeyIndex(
            model_name="knownapart",
            name="first",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="guests.guest",
            ),
        ),
        DropKeyIndex(
            model_name="linkuse",
            name="invitation",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="link_uses",
                to="guests.invitation",
            ),
        ),
        DropKeyIndex(
            model_name="savedview",
            name="event",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="saved_views",
                to="events.event",
            ),
        ),
        DropKeyIndex(
            model_name="settlement",
            name="obligation",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="settlements",
                to="guests.obligation",
            ),
        ),
        drop_prefix_indexes(
            guests_admission="nonce",
            guests_device="public_id",
            guests_doorrequest="nonce",
            guests_listchange="nonce",
            guests_mailing="nonce",
        ),
    ]
