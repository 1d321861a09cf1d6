"""Questions that are asked all day in the same words: Django writes each only once.

To write a query takes several times longer than to answer it, and a page asks the same
few for everybody. What is written is kept with its blanks; each asking fills them in:

    @compiled
    def party(guest: int) -> QuerySet[Guest]:
        return Guest.objects.on_the_list().filter(plus_one_of=guest)

    party(12)  # a list of guests
"""

from collections.abc import Callable, Iterable, Sequence
from functools import update_wrapper
from threading import local
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import BigIntegerField, Expression, Model, QuerySet
from django.db.models.sql import Query
from django.db.models.sql.compiler import SQLCompiler
from django.db.transaction import TransactionManagementError

Row = TypeVar("Row")
# A longer list of keys is hardly ever as long again: it is asked as ever.
MOST_VALUES = 60
# Django knows that no row has a greater number; SQLite refuses to be asked for one.
LARGEST = BigIntegerField.MAX_BIGINT


class Compiled(Generic[Row]):
    """A question, asked with plain values: keys, numbers and words, never None.

    All else in it is settled when it is first asked, so it may not look at the clock.
    Its rows come as a list; it does not know prefetch_related, but see `give`.
    """

    def __init__(self, ask: Callable[..., QuerySet[Any, Row]]) -> None:
        self.ask = ask
        # One for each thread, as connections are.
        self.mine = local()
        update_wrapper(self, ask)

    def __call__(self, *values: str | int) -> list[Row]:
        if None in values:
            raise ValueError("NULL equals nothing: ask for isnull instead")
        if len(values) > MOST_VALUES or any(map(_is_too_large, values)):
            return list(self.ask(*values))
        rows = self._written(len(values))
        rows.query.values_given = values
        # What a queryset does of itself, but that the rows are not kept.
        return list(rows._iterable_class(rows))

    def _written(self, count: int) -> QuerySet[Model, Row]:
        key = (connections[DEFAULT_DB_ALIAS], count)
        known = self.mine.__dict__
        if key not in known:
            rows = self.ask(*map(Blank, range(count)))
            shape = rows._iterable_class
            rows.query = rows.query.chain(Question)
            # A queryset that is given another query forgets which shape rows have.
            rows._iterable_class = shape
            known[key] = rows
        return known[key]


compiled = Compiled


def _is_too_large(value: str | int) -> bool:
    return isinstance(value, int) and abs(value) > LARGEST


def give(row: Model, name: str, rows: list[Any]) -> None:
    """Have `row.<name>.all()` answer with these rows, as prefetch_related would."""
    manager = getattr(row, name)
    for one in rows:
        setattr(one, manager.field.name, row)
    known = manager.get_queryset()
    known._result_cache, known._prefetch_done = rows, True
    row.__dict__.setdefault("_prefetched_objects_cache", {})[name] = known


class Blank(Expression):
    """The place of a value that is given when the question is asked."""

    def __init__(self, place: int) -> None:
        super().__init__()
        self.place = place

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        return "%s", [self]


def filled(params: Iterable[Any], values: Sequence[str | int]) -> tuple[Any, ...]:
    """The parameters of a query, with values in place of its blanks."""
    return tuple(
        values[param.place] if isinstance(param, Blank) else param for param in params
    )


class Question(Query):
    """A query whose compiler is kept."""

    kept: "Compiler | None" = None
    values_given: tuple[str | int, ...] = ()

    def get_compiler(
        self, using: str | None = None, connection: Any = None, elide_empty: bool = True
    ) -> "Compiler":
        if self.kept is None:
            self.kept = Compiler(self, connections[using], using, elide_empty)
        return self.kept


class Compiler(SQLCompiler):
    """Django's own, which writes at the first asking and fills in at every other."""

    text: tuple[str, tuple[Any, ...]] | None = None
    converters: dict[int, Any] | None = None

    def as_sql(self, *args: Any, **options: Any) -> tuple[str, tuple[Any, ...]]:
        if self.text is None:
            self.text = super().as_sql(*args, **options)
        elif self.query.select_for_update and self.connection.get_autocommit():
            # Django's own words, where it looks at this: as it writes.
            raise TransactionManagementError(
                "select_for_update cannot be used outside of a transaction."
            )
        sql, params = self.text
        return sql, filled(params, self.query.values_given)

    def get_converters(self, expressions: Any) -> dict[int, Any]:
        if self.converters is None:
            self.converters = super().get_converters(expressions)
        return self.converters
