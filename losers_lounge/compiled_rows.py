"""One row is written: Django writes each INSERT and UPDATE only once.

For a single row that costs more than to have it done. What is written is kept with its
blanks, as in `losers_lounge.compiled`; many rows at once are left to Django.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache, update_wrapper
from types import SimpleNamespace
from typing import Any, TypeVar

from django.db import DatabaseError, connection
from django.db.models import Field, Model, QuerySet
from django.db.models.constants import OnConflict
from django.db.models.sql import InsertQuery, UpdateQuery

from losers_lounge.compiled import Blank, filled

Row = TypeVar("Row", bound=Model)
Statement = tuple[str, tuple[Any, ...]]
Changes = tuple[QuerySet[Any], dict[str, Any]]


def insert(row: Model) -> None:
    """As `row.save(force_insert=True)`, without signals: it has its key afterwards."""
    _insert(row)


def insert_once(row: Model) -> bool:
    """Insert it unless a unique constraint forbids; whether it was new, with its key.

    As bulk_create with ignore_conflicts, which does not say.
    """
    return _insert(row, OnConflict.IGNORE)


def insert_or_touch(row: Model, unique: Sequence[str], touched: Sequence[str]) -> None:
    """Insert it; where the columns `unique` stand already, `touched` are written."""
    _insert(row, OnConflict.UPDATE, unique, touched)


def insert_all(rows: list[Row]) -> list[Row]:
    """Insert them: the one that it mostly is by `insert`, more in one statement."""
    if len(rows) == 1:
        insert(rows[0])
    elif rows:
        type(rows[0])._base_manager.bulk_create(rows)
    return rows


def save(row: Model, *names: str) -> None:
    """As `row.save(update_fields=names)`, without signals.

    Raises DatabaseError, as that does, where there is no such row.
    """
    fields = [row._meta.get_field(name) for name in names]
    values = [*_values(row, fields, is_new=False), row.pk]
    statement = _update(type(row), names, connection.vendor)
    if not _run(statement, values):
        raise DatabaseError("Save with update_fields did not affect any rows.")


class CompiledUpdate:
    """An UPDATE in the same words each time, of plain values: see compiled_update."""

    def __init__(self, ask: Callable[..., Changes], told: Sequence[str]) -> None:
        self.ask, self.told = ask, told
        self.written = cache(self._written)
        update_wrapper(self, ask)

    def __call__(self, *values: Any) -> list[tuple[Any, ...]]:
        sql, params = self.written(len(values), connection.vendor)
        with connection.cursor() as cursor:
            cursor.execute(sql, filled(params, list(map(stored, values))))
            return cursor.fetchall()

    def _written(self, count: int, vendor: str) -> Statement:
        rows, changes = self.ask(*map(Blank, range(count)))
        query = rows.order_by().query.chain(UpdateQuery)
        query.add_update_values(changes)
        sql, params = query.get_compiler(connection=connection).as_sql()
        columns = [rows.model._meta.get_field(name).column for name in self.told]
        told = ", ".join(map(connection.ops.quote_name, columns))
        return f"{sql} RETURNING {told}", tuple(params)


def compiled_update(*told: str) -> Callable[[Callable[..., Changes]], CompiledUpdate]:
    """Of a function that gives rows and what to change: an UPDATE, written once.

    Asked with plain values it changes what it finds, and gives the columns `told` of
    each row as they stand now:

        @compiled_update("last_number")
        def count_on(series: int) -> Changes:
            rows = ReceiptSeries.objects.filter(pk=series)
            return rows, {"last_number": F("last_number") + 1}

        count_on(7)  # [(12,)]
    """
    return lambda ask: CompiledUpdate(ask, told)


def _insert(
    row: Model,
    conflict: OnConflict | None = None,
    unique: Sequence[str] = (),
    touched: Sequence[str] = (),
) -> bool:
    meta = row._meta
    fields = tuple(
        field
        for field in meta.local_concrete_fields
        if not field.generated and (field is not meta.pk or row.pk is not None)
    )
    values = _values(row, fields, is_new=True)
    # An expression (the database's own clock, say) is part of the words.
    said = tuple(
        (place, value) for place, value in enumerate(values) if hasattr(value, "as_sql")
    )
    names = tuple(unique), tuple(touched)
    statement = _insertion(fields, said, conflict, names, connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(statement[0], filled(statement[1], values))
        found = cursor.fetchone()
    if found is not None:
        row.pk = found[0]
        row._state.adding, row._state.db = False, connection.alias
    return found is not None


@cache
def _insertion(
    fields: tuple[Field, ...],
    said: tuple[tuple[int, Any], ...],
    conflict: OnConflict | None,
    names: tuple[tuple[str, ...], ...],
    vendor: str,
) -> Statement:
    meta = fields[0].model._meta
    unique, touched = (list(map(meta.get_field, some)) for some in names)
    query = InsertQuery(
        fields[0].model,
        on_conflict=conflict,
        update_fields=touched,
        unique_fields=unique,
    )
    blanks = {field.attname: Blank(place) for place, field in enumerate(fields)}
    blanks |= {fields[place].attname: value for place, value in said}
    query.insert_values(fields, [SimpleNamespace(**blanks)], raw=True)
    compiler = query.get_compiler(connection=connection)
    compiler.returning_fields = [meta.pk]
    [(sql, params)] = compiler.as_sql()
    return sql, params


@cache
def _update(model: type[Model], names: tuple[str, ...], vendor: str) -> Statement:
    query = model._base_manager.filter(pk=Blank(len(names))).query.chain(UpdateQuery)
    query.add_update_values({name: Blank(at) for at, name in enumerate(names)})
    sql, params = query.get_compiler(connection=connection).as_sql()
    return sql, tuple(params)


def _values(row: Model, fields: Sequence[Field], *, is_new: bool) -> list[Any]:
    given = [(field, field.pre_save(row, is_new)) for field in fields]
    # A third of a letter's columns are empty: what is NULL needs no preparing.
    return [
        None if value is None else field.get_db_prep_save(value, connection)
        for field, value in given
    ]


def _run(statement: Statement, values: Sequence[Any]) -> int:
    sql, params = statement
    with connection.cursor() as cursor:
        cursor.execute(sql, filled(params, values))
        return cursor.rowcount


def stored(value: Any) -> Any:
    """A value as this database's parameter."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return value
