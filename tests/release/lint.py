"""What a migration may not do while the release before it still runs.

Expand first, fill in batches, contract a release later. What has to break the rule all
the same says why, beside the operation's name as the finding prints it:

    class Migration(migrations.Migration):
        deliberate = {"AddIndex guest.guest_by_name": "0.2 s at 100,000 guests"}
"""

from collections.abc import Iterator

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ModelState, ProjectState

LEAST_REASON = 10
GOES = (
    migrations.RemoveField,
    migrations.RenameField,
    migrations.DeleteModel,
    migrations.RenameModel,
    migrations.AlterModelTable,
)
NO_COLUMN = (models.ManyToManyField,)


def findings(migration: migrations.Migration, before: ProjectState) -> list[str]:
    """What is refused of it, and each mark that excuses nothing."""
    marks = dict(getattr(migration, "deliberate", {}))
    reasoned = {name for name, why in marks.items() if len(why) >= LEAST_REASON}
    found = dict(_all(migration, before.clone()))
    refused = [
        f"{migration.app_label}.{migration.name}: {name}: {why}"
        for name, why in found.items()
        if name not in reasoned
    ]
    return refused + [
        f"{migration.app_label}.{migration.name}: {name} is marked, but not found"
        for name in marks
        if name not in found
    ]


def _all(
    migration: migrations.Migration, state: ProjectState
) -> Iterator[tuple[str, str]]:
    app, fresh = migration.app_label, set()
    for outer in migration.operations:
        for operation in getattr(outer, "database_operations", [outer]):
            if isinstance(operation, migrations.CreateModel):
                fresh.add(operation.name_lower)
            elif _table(operation) not in fresh:
                why = _why_not(operation, state.models.get((app, _table(operation))))
                if why:
                    yield _name(operation), why
        outer.state_forwards(app, state)


def _table(operation: Operation) -> str:
    """The model it is about, in lower letters; "" when it names none."""
    named = getattr(operation, "model_name", "") or getattr(operation, "name", "")
    return str(named).lower()


def _name(operation: Operation) -> str:
    about = getattr(operation, "index", None) or getattr(operation, "constraint", None)
    part = about.name if about else getattr(operation, "name", "")
    names = dict.fromkeys((_table(operation), str(part or "")))
    return f"{type(operation).__name__} {'.'.join(filter(None, names))}".strip()


def _why_not(operation: Operation, table: ModelState | None) -> str:
    match operation:
        case _ if isinstance(operation, GOES):
            return "the release before still reads and writes it"
        case migrations.AddField():
            return _why_not_added(operation.field)
        case migrations.AlterField():
            return _why_not_altered(table, operation)
        case migrations.AddIndex() if not isinstance(operation, AddIndexConcurrently):
            return "nobody writes while it is built: use AddIndexBesideWriters"
        case migrations.AddConstraint():
            return "it reads the whole table under a lock, and binds the release before"
        case migrations.RunPython() | migrations.RunSQL() if not operation.reversible:
            return "there is no way back"
    return ""


def _why_not_added(field: models.Field) -> str:
    if isinstance(field, NO_COLUMN):
        return ""
    if isinstance(field, models.GeneratedField):
        return "the whole table is written anew"
    if not field.null and not field.has_db_default():
        return "the release before leaves it out: null=True, or db_default"
    if field.unique or field.db_index:
        return "nobody writes while its index is built"
    return ""


def _why_not_altered(table: ModelState | None, operation: migrations.AlterField) -> str:
    old, new = table.fields[operation.name], operation.field
    if old.null and not new.null:
        return "the release before still writes NULL"
    if old.get_internal_type() != new.get_internal_type():
        return "the whole table is written anew"
    if old.max_length and (not new.max_length or new.max_length < old.max_length):
        return "the release before writes longer ones"
    if (new.unique or new.db_index) and not (old.unique or old.db_index):
        return "nobody writes while its index is built"
    return ""
