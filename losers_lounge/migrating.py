"""What several migrations do alike, and no other code: big tables, sealed tables.

`tests/release/test_migration_lint.py` says when an index is to be built beside writers.
"""

from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import AddIndex, AlterField, RunPython
from django.db.migrations.state import StateApps


class AddIndexBesideWriters(AddIndexConcurrently):
    """An index that PostgreSQL builds while others write; elsewhere a plain one.

    Its migration says `atomic = False`. It may be run again after it gave up: the
    invalid index that PostgreSQL then leaves is dropped first.
    """

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: Any,
        to_state: Any,
    ) -> None:
        states = (from_state, to_state)
        if schema_editor.connection.vendor != "postgresql":
            AddIndex.database_forwards(self, app_label, schema_editor, *states)
            return
        name = schema_editor.quote_name(self.index.name)
        schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
        super().database_forwards(app_label, schema_editor, *states)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: Any,
        to_state: Any,
    ) -> None:
        states = (from_state, to_state)
        if schema_editor.connection.vendor != "postgresql":
            AddIndex.database_backwards(self, app_label, schema_editor, *states)
            return
        super().database_backwards(app_label, schema_editor, *states)


@dataclass(frozen=True)
class MadeByDjango:
    """An index of one column that Django makes by itself: of a key, or with the suffix
    "_like" the second one of a text, by which PostgreSQL finds how it begins.
    """

    table: str
    column: str
    suffix: str = ""

    def drop(self, schema_editor: BaseDatabaseSchemaEditor) -> None:
        """At once, and on SQLite without making the table anew."""
        schema_editor.execute(f"DROP INDEX IF EXISTS {self._name(schema_editor)}")

    def make(self, schema_editor: BaseDatabaseSchemaEditor) -> None:
        """As it was."""
        if self.suffix and schema_editor.connection.vendor != "postgresql":
            return
        kind = "varchar_pattern_ops" if self.suffix else ""
        schema_editor.execute(
            f"CREATE INDEX IF NOT EXISTS {self._name(schema_editor)} "
            f"ON {self.table} ({self.column} {kind})"
        )

    def _name(self, schema_editor: BaseDatabaseSchemaEditor) -> str:
        columns, table = [self.column], self.table
        return str(schema_editor._create_index_name(table, columns, self.suffix))


class DropKeyIndex(AlterField):
    """A foreign key whose index is the beginning of another one: db_index=False.

    Nothing but the index goes: AlterField would make the table anew on SQLite, and
    lose the triggers that seal it.
    """

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: Any,
        to_state: Any,
    ) -> None:
        self._index(app_label, to_state).drop(schema_editor)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: Any,
        to_state: Any,
    ) -> None:
        self._index(app_label, to_state).make(schema_editor)

    def _index(self, app_label: str, state: Any) -> MadeByDjango:
        model = state.apps.get_model(app_label, self.model_name)
        column = model._meta.get_field(self.name).column
        return MadeByDjango(model._meta.db_table, column)


def drop_prefix_indexes(**columns: str) -> RunPython:
    """For each table the columns, in one text, that nobody looks in by a beginning."""
    twins = [
        MadeByDjango(table, column, "_like")
        for table, names in columns.items()
        for column in names.split()
    ]

    def drop(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
        for twin in twins:
            twin.drop(schema_editor)

    def make(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
        for twin in twins:
            twin.make(schema_editor)

    return RunPython(drop, make)


@dataclass(frozen=True)
class AppendOnly:
    """Triggers by which the database itself refuses to delete or to change a row.

    For `RunPython(sealed.guard, sealed.unguard)`. Migrations of a release go by this
    text as by their own: another rule is another migration. On SQLite a later
    migration that alters the table makes it anew, and has to put the triggers back.
    """

    table: str
    # What the two triggers' names begin with, and the function that refuses.
    triggers: str
    function: str
    refusal: str
    # None of these changes; `besides` are more conditions, with {differs} in them.
    columns: tuple[str, ...]
    besides: tuple[str, ...] = ()
    # So many days after its `at` a row may be deleted; None: never.
    days: int | None = None

    def guard(self, apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
        """Make the triggers."""
        is_postgresql = schema_editor.connection.vendor == "postgresql"
        if is_postgresql:
            refuse = f"EXECUTE FUNCTION {self.function}()"
            schema_editor.execute(
                f"CREATE FUNCTION {self.function}() RETURNS trigger LANGUAGE plpgsql "
                f"AS $$ BEGIN RAISE EXCEPTION '{self.refusal}' "
                "USING ERRCODE = 'integrity_constraint_violation'; END $$"
            )
        else:
            refuse = f"BEGIN SELECT RAISE(ABORT, '{self.refusal}'); END"
        changed = self._changed("IS DISTINCT FROM" if is_postgresql else "IS NOT")
        for name, verb, when in (
            ("deleted", "DELETE", self._too_young(is_postgresql)),
            ("changed", "UPDATE", f"WHEN ({changed})"),
        ):
            schema_editor.execute(
                f"CREATE TRIGGER {self.triggers}_never_{name} BEFORE {verb} "
                f"ON {self.table} FOR EACH ROW {when} {refuse}"
            )

    def unguard(self, apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
        """Take them away."""
        is_postgresql = schema_editor.connection.vendor == "postgresql"
        place = f" ON {self.table}" if is_postgresql else ""
        for name in ("deleted", "changed"):
            schema_editor.execute(f"DROP TRIGGER {self.triggers}_never_{name}{place}")
        if is_postgresql:
            schema_editor.execute(f"DROP FUNCTION {self.function}()")

    def _changed(self, differs: str) -> str:
        parts = [f"OLD.{name} {differs} NEW.{name}" for name in self.columns]
        more = [f"({condition.format(differs=differs)})" for condition in self.besides]
        return " OR ".join([*parts, *more])

    def _too_young(self, is_postgresql: bool) -> str:
        if self.days is None:
            return ""
        if is_postgresql:
            since = f"CURRENT_TIMESTAMP - INTERVAL '{self.days} days'"
        else:
            since = f"datetime('now', '-{self.days} days')"
        return f"WHEN (OLD.at > {since})"
