"""Indexes that another begins with, or that find what nobody looks for, are dropped."""

import django.db.models.deletion
from django.db import migrations, models

from losers_lounge.migrating import DropKeyIndex, drop_prefix_indexes


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0017_language_of_letters"),
    ]

    operations = [
        DropKeyIndex(
            model_name="activity",
            name="event",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="activities",
                to="events.event",
            ),
        ),
        DropKeyIndex(
            model_name="category",
            name="event",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="categories",
                to="events.event",
            ),
        ),
        DropKeyIndex(
            model_name="lettertext",
            name="event",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="letter_texts",
                to="events.event",
            ),
        ),
        DropKeyIndex(
            model_name="member",
            name="event",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="members",
                to="events.event",
            ),
        ),
        DropKeyIndex(
            model_name="nominee",
            name="event",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="nominees",
                to="events.event",
            ),
        ),
        drop_prefix_indexes(
            events_domainpace="domain",
            events_event="creation_nonce",
            events_heartbeat="name",
            events_message="about dedupe_key lookup message_id",
            events_suppression="address_mac",
            events_user="email",
        ),
    ]
