"""People who are there already get the keys and links that newcomers are made with."""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.db.models import F

import losers_lounge.links
from losers_lounge.names import match_key

BATCH = 2_000


def fill(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    Guest = apps.get_model("guests", "Guest")
    Guest.objects.update(search_key=F("name_key"))
    people = Guest.objects.only("pk", "name")
    batch = []
    for guest in people.iterator(BATCH):
        guest.match_key = match_key(guest.name)
        batch.append(guest)
    Guest.objects.bulk_update(batch, ["match_key"], batch_size=BATCH)
    Contact = apps.get_model("guests", "Contact")
    contacts = list(Contact.objects.only("pk"))
    for contact in contacts:
        contact.public_id = losers_lounge.links.make_lookup()
    Contact.objects.bulk_update(contacts, ["public_id"], batch_size=BATCH)


class Migration(migrations.Migration):
    dependencies = [("guests", "0003_list_at_full_width")]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
        migrations.AlterField(
            model_name="contact",
            name="public_id",
            field=models.CharField(
                default=losers_lounge.links.make_lookup, max_length=16, unique=True
            ),
        ),
    ]
