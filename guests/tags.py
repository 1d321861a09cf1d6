"""The words a host sorts people by."""

import json

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, F, Func
from django.db.models.sql.compiler import SQLCompiler


class HasTag(Func):
    """Whether the list of words a column holds has one, letter by letter.

    PostgreSQL finds it by an index of words, SQLite reads each list.
    """

    output_field = BooleanField()
    conditional = True
    arity = 1

    def __init__(self, column: F, tag: str) -> None:
        super().__init__(column)
        self.tag = tag

    def as_sql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, list[str]]:
        column, params = compiler.compile(self.source_expressions[0])
        words = f"(SELECT value FROM json_each({column}))"  # noqa: S608 (compiled)
        return f"%s IN {words}", [self.tag, *params]

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, list[str]]:
        column, params = compiler.compile(self.source_expressions[0])
        return f"({column} @> %s::jsonb)", [*params, json.dumps([self.tag])]


def has_tag(tag: str) -> HasTag:
    """A condition on guests: tagged with exactly this word."""
    return HasTag(F("tags"), tag)
