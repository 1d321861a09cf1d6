"""Expand, fill, contract: what the release before cannot bear is refused."""

import pytest
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.db.models import CheckConstraint, Index, Q

from losers_lounge.migrating import AddIndexBesideWriters
from tests.release.lint import findings
from tests.release.released import MIGRATIONS

TRIGGER = "CREATE TRIGGER"
Text, Number = models.CharField, models.IntegerField
NEEDED = {"default": 0}
REFUSED = {
    "still reads and writes it": [
        migrations.RemoveField("guest", "name"),
        migrations.RenameField("guest", "name", "full_name"),
        migrations.DeleteModel("Guest"),
        migrations.RenameModel("Guest", "Person"),
        migrations.AlterModelTable("Guest", "people"),
    ],
    "leaves it out": [migrations.AddField("guest", "heads", Number(default=1))],
    "still writes NULL": [
        migrations.AlterField("guest", "email", Text(max_length=50, default=""))
    ],
    "written anew": [migrations.AlterField("guest", "name", Number(default=1))],
    "writes longer ones": [migrations.AlterField("guest", "name", Text(max_length=20))],
    "nobody writes while it is built": [
        migrations.AddIndex("guest", Index(fields=["name"], name="by_name"))
    ],
    "nobody writes while its index": [
        migrations.AddField(
            "guest", "code", Text(max_length=9, null=True, unique=True)
        ),
        migrations.AlterField("guest", "name", Text(max_length=50, db_index=True)),
    ],
    "under a lock": [
        migrations.AddConstraint(
            "guest", CheckConstraint(condition=~Q(name=""), name="named")
        )
    ],
    "no way back": [
        migrations.RunSQL(TRIGGER),
        migrations.RunPython(lambda apps, editor: None),
    ],
}
ALLOWED = [
    migrations.AddField("guest", "heads", Number(null=True)),
    migrations.AddField("guest", "heads", Number(default=1, db_default=1)),
    migrations.AddField("guest", "friends", models.ManyToManyField("guests.Guest")),
    migrations.AlterField("guest", "name", Text(max_length=80)),
    migrations.AlterField("guest", "email", Text(max_length=50, null=True, blank=True)),
    AddIndexBesideWriters("guest", Index(fields=["name"], name="by_name")),
    migrations.RemoveIndex("guest", "by_name"),
    migrations.RunSQL(TRIGGER, "DROP TRIGGER"),
    migrations.RunPython(lambda apps, editor: None, migrations.RunPython.noop),
]
TABLE = migrations.CreateModel(
    "Guest",
    [
        ("id", models.BigAutoField(primary_key=True)),
        ("name", Text(max_length=50)),
        ("email", Text(max_length=50, null=True)),
    ],
)


def linted(*operations: object, **attributes: object) -> list[str]:
    """The findings of one migration, whose table the release before has."""
    state = ProjectState()
    TABLE.state_forwards("guests", state)
    named = type("Migration", (migrations.Migration,), attributes)
    migration = named("0002_next", "guests")
    migration.operations = list(operations)
    return findings(migration, state)


def test_no_migration_since_the_release_breaks_the_release() -> None:
    loader = MigrationLoader(None)
    found = []
    for node, migration in sorted(loader.disk_migrations.items()):
        if node[0] in MIGRATIONS and node[1] > MIGRATIONS[node[0]]:
            state = loader.project_state(node, at_end=False)
            found += findings(migration, state)
    assert set(MIGRATIONS.items()) <= set(loader.disk_migrations)
    assert found == [], "expand first, or say in `deliberate` why it may be"


@pytest.mark.parametrize(
    ("why", "operation"),
    [(why, operation) for why, listed in REFUSED.items() for operation in listed],
)
def test_what_breaks_it_is_refused_and_a_reason_lets_it_pass(
    why: str, operation: object
) -> None:
    (finding,) = linted(operation)
    assert finding.startswith("guests.0002_next: ") and why in finding
    name = finding.split(": ")[1]
    assert linted(operation, deliberate={name: "nobody has run it yet"}) == []
    assert linted(operation, deliberate={name: "so"}) == [finding], "no reason"


@pytest.mark.parametrize("operation", ALLOWED)
def test_what_the_release_before_does_not_notice_is_allowed(operation: object) -> None:
    assert linted(operation) == []


def test_a_table_that_is_new_may_be_made_as_it_likes() -> None:
    table = migrations.CreateModel("Coat", [("id", models.BigAutoField(primary_key=1))])
    hung = migrations.AddField("coat", "peg", Number(default=1, unique=True))
    assert linted(table, hung) == []


def test_what_hides_in_another_operation_is_found() -> None:
    (going,) = REFUSED["still reads and writes it"][:1]
    apart = migrations.SeparateDatabaseAndState([going], [going])
    assert len(linted(apart)) == 1


def test_a_mark_that_excuses_nothing_is_refused() -> None:
    (finding,) = linted(deliberate={"RemoveField guest.name": "it is long gone"})
    assert finding.endswith("is marked, but not found")
