"""The database itself refuses to change or to delete a line of the activity log.

A line may only forget the account of who acted, when that account is deleted; the
name stays.
"""

from django.db import migrations

from losers_lounge.migrating import AppendOnly

log = AppendOnly(
    table="events_activity",
    triggers="activity",
    function="events_activity_refuses",
    refusal="The activity log is append-only",
    columns=("id", "event_id", "actor_name", "verb", "object_name", "about", "at"),
    besides=("NEW.actor_id IS NOT NULL AND OLD.actor_id {differs} NEW.actor_id",),
)


class Migration(migrations.Migration):
    dependencies = [("events", "0007_creation_nonce")]

    operations = [migrations.RunPython(log.guard, log.unguard)]
