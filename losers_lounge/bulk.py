"""Many new rows at once: COPY on PostgreSQL, one prepared statement elsewhere.

The numbers of the rows are drawn beforehand, so that rows of one table may name rows
of another before either is written. No row becomes an object of its model: that alone
would cost as much as writing it.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import connection
from django.db.models import (
    DateTimeField,
    Field,
    Func,
    JSONField,
    Lookup,
    Model,
    Value,
)
from django.db.models.sql.compiler import SQLCompiler
from django.utils import timezone


class Among(Func):
    """For `column__in`: many texts as one parameter, not as thousands."""

    template = "(SELECT jsonb_array_elements_text(%(expressions)s::jsonb))"

    def __init__(self, values: Iterable[str | int]) -> None:
        super().__init__(Value(json.dumps(list(values))))

    def as_sqlite(
        self, compiler: SQLCompiler, connection: Any, **context: Any
    ) -> tuple[str, list[Any]]:
        template = "(SELECT value FROM json_each(%(expressions)s))"
        return self.as_sql(compiler, connection, template=template, **context)


class AmongIds(Among):
    """The same for whole numbers."""

    template = "(SELECT jsonb_array_elements_text(%(expressions)s::jsonb)::bigint)"


class AnyOf(Lookup):
    """Whether a column holds one of the texts that are told as a list in JSON.

    A page's worth of keys as one value: the question is written once and read by an
    index, while each of fifty would be a value of its own.
    """

    kind = "text"

    def as_sql(
        self, compiler: SQLCompiler, connection: Any
    ) -> tuple[str, tuple[Any, ...]]:
        column, params = self.process_lhs(compiler, connection)
        told, values = self.process_rhs(compiler, connection)
        if connection.vendor == "postgresql":
            each = f"SELECT jsonb_array_elements_text({told}::jsonb)::{self.kind}"
            words = f"{column} = ANY(ARRAY({each}))"
        else:
            words = f"{column} IN (SELECT value FROM json_each({told}))"  # noqa: S608 (compiled)
        return words, (*params, *values)


class AnyId(AnyOf):
    """The same for whole numbers."""

    kind = "bigint"


def batches(ids: Sequence[int], size: int = 2_000) -> Iterator[Sequence[int]]:
    """These ids in order, so many at a time: no query names a hundred thousand."""
    for start in range(0, len(ids), size):
        yield ids[start : start + size]


def draw_ids(model: type[Model], count: int) -> list[int]:
    """So many primary keys that nobody else will be given, inside a transaction."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # In a query of its own, or the sequence is looked up for each number.
            cursor.execute(
                "SELECT nextval((SELECT pg_get_serial_sequence(%s, %s)::regclass)) "
                "FROM generate_series(1, %s)",
                [table, model._meta.pk.column, count],
            )
            return [number for (number,) in cursor.fetchall()]
        # SQLite has one writer, which this transaction is; an inserted number is
        # never given again.
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        (last,) = cursor.fetchone() or (0,)
    return list(range(last + 1, last + 1 + count))


def insert(
    model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Write rows of these columns; JSON is given as text.

    Columns that are not named get what the model says, the same for every row.
    """
    constant = _constants(model, columns)
    quoted = connection.ops.quote_name
    names = ", ".join(map(quoted, (*columns, *constant)))
    table, same = quoted(model._meta.db_table), tuple(constant.values())
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row((*row, *same))
        else:
            places = ", ".join(["%s"] * (len(columns) + len(constant)))
            words = f"INSERT INTO {table} ({names}) VALUES ({places})"  # noqa: S608 (the model's)
            cursor.executemany(words, [(*row, *same) for row in rows])


def _constants(model: type[Model], columns: Sequence[str]) -> dict[str, Any]:
    """The values of all other columns that may not be left empty, by column."""
    left = [
        field
        for field in model._meta.concrete_fields
        if field.column not in columns and not field.primary_key and not field.null
    ]
    return {field.column: _default(field) for field in left}


def _default(field: Field) -> Any:
    if isinstance(field, JSONField):
        return json.dumps(field.get_default())
    if isinstance(field, DateTimeField) and field.auto_now_add:
        return field.get_db_prep_save(timezone.now(), connection)
    return field.get_db_prep_save(field.get_default(), connection)
