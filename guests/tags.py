"""The words a host sorts people by: asked for by an index, and listed in a menu."""

import json

from django.core.cache import cache
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, F, Func
from django.db.models.sql.compiler import SQLCompiler

from events.models import Event

MAX_LENGTH = 40
MOST_IN_A_MENU = 200
MENU_SECONDS = 60


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


def menu(event: Event) -> list[str]:
    """The words in use, in order; up to a minute old, and kept for all pages."""
    key = f"tags/{event.pk}"
    words = cache.get(key)
    if words is None:
        lists = event.guests.on_the_list().exclude(tags=[]).order_by()
        lists = lists.values_list("tags", flat=True).distinct()
        used = {word for row in lists for word in row}
        words = sorted(used, key=str.casefold)[:MOST_IN_A_MENU]
        cache.set(key, words, MENU_SECONDS)
    return words


def forget_menu(event: Event) -> None:
    """The words have just changed: read them anew."""
    cache.delete(f"tags/{event.pk}")
