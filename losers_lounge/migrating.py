"""What several migrations do alike, and no other code: big tables, sealed tables.

`tests/release/test_migration_lint.py` says when an index is to be built beside writers.
"""

from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import AddIndex
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
