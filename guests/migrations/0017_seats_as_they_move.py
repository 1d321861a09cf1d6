"""Heads are the sum of a few rows, which triggers write as seats are taken and freed."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

COLUMNS = "answer, removed_at, gone_at, event_id"
SEATED = "{0}.answer = 'yes' AND {0}.removed_at IS NULL AND {0}.gone_at IS NULL"
OLD, NEW = f"({SEATED.format('OLD')})", f"({SEATED.format('NEW')})"
MOVED = "OLD.event_id <> NEW.event_id"
TAKEN = "INSERT INTO guests_seatmove (event_id, heads) VALUES (NEW.event_id, 1);"
FREED = "INSERT INTO guests_seatmove (event_id, heads) VALUES (OLD.event_id, -1);"
# On SQLite a later migration that alters the guests' table makes it anew, and has to
# put these back.
TRIGGERS = (
    ("guest_seat_added", "INSERT", NEW, "taken"),
    (
        "guest_seat_taken",
        f"UPDATE OF {COLUMNS}",
        f"{NEW} AND (NOT {OLD} OR {MOVED})",
        "taken",
    ),
    (
        "guest_seat_freed",
        f"UPDATE OF {COLUMNS}",
        f"{OLD} AND (NOT {NEW} OR {MOVED})",
        "freed",
    ),
    ("guest_seat_deleted", "DELETE", OLD, "freed"),
)
BODIES = {"taken": TAKEN, "freed": FREED}
# After the triggers, which nobody's answer gets past: none is counted twice.
FILL = """
INSERT INTO guests_seatmove (event_id, heads)
SELECT event_id, count(*) FROM guests_guest
WHERE answer = 'yes' AND removed_at IS NULL AND gone_at IS NULL
GROUP BY event_id
"""


def count(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    if is_postgresql:
        for name, body in BODIES.items():
            schema_editor.execute(
                f"CREATE FUNCTION guests_seat_{name}() RETURNS trigger "
                f"LANGUAGE plpgsql AS $$ BEGIN {body} RETURN NULL; END $$"
            )
    for trigger, act, when, name in TRIGGERS:
        called = f"EXECUTE FUNCTION guests_seat_{name}()"
        done = called if is_postgresql else f"BEGIN {BODIES[name]} END"
        schema_editor.execute(
            f"CREATE TRIGGER {trigger} AFTER {act} ON guests_guest "
            f"FOR EACH ROW WHEN ({when}) {done}"
        )
    schema_editor.execute(FILL)


def uncount(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    place = " ON guests_guest" if is_postgresql else ""
    for trigger, *_rest in TRIGGERS:
        schema_editor.execute(f"DROP TRIGGER {trigger}{place}")
    if is_postgresql:
        for name in BODIES:
            schema_editor.execute(f"DROP FUNCTION guests_seat_{name}()")


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0017_language_of_letters"),
        ("guests", "0016_custody_may_forget"),
    ]

    operations = [
        migrations.CreateModel(
            name="SeatMove",
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
                    "event",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="seat_moves",
                        to="events.event",
                    ),
                ),
                ("heads", models.IntegerField()),
            ],
        ),
        migrations.RunPython(count, uncount),
        migrations.RemoveIndex(model_name="guest", name="guest_gone"),
    ]
