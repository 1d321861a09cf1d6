"""The three statements that every mail costs, compiled once and not for each of them.

Django writes them, for whatever database this is. Where a mail's own values belong,
the compiled text has values that no row has; `filled` puts the mail's in their place.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection, transaction
from django.db.models import QuerySet
from django.db.models.sql import UpdateQuery

from events.models import Message

NO_ROW = -1
NO_CODE = -2
NO_CLAIM = UUID(int=0)

Statement = tuple[str, tuple[Any, ...]]


@dataclass(frozen=True)
class Returning:
    """A statement that gives mails back, and how what it gives is to be read."""

    statement: Statement
    columns: tuple[str, ...]
    annotations: tuple[str, ...]
    converters: dict[int, Any]

    def first(self, **values: Any) -> Message | None:
        """Run it with a mail's own values; the mail, as a queryset would give it."""
        with connection.cursor() as cursor:
            cursor.execute(*filled(self.statement, **values))
            found = cursor.fetchone()
        if found is None:
            return None
        row = list(found)
        for place, (converters, expression) in self.converters.items():
            for convert in converters:
                row[place] = convert(row[place], expression, connection)
        message = Message.from_db(DEFAULT_DB_ALIAS, self.columns, row)
        for name, value in zip(self.annotations, row[len(self.columns) :], strict=True):
            setattr(message, name, value)
        return message


def update(rows: QuerySet[Message], changes: dict[str, Any]) -> Statement:
    """The UPDATE of these rows."""
    query = rows.order_by().query.chain(UpdateQuery)
    query.add_update_values(changes)
    sql, params = query.get_compiler(connection=connection).as_sql()
    return sql, tuple(params)


def update_returning(
    first: QuerySet[Message], changes: dict[str, Any], told: QuerySet[Message]
) -> Returning:
    """UPDATE ... RETURNING, which the ORM does not know, of the first row of some.

    `told` has the annotations that are wanted beside the columns.
    """
    table = connection.ops.quote_name(Message._meta.db_table)
    sql, params = update(Message.objects.filter(pk=NO_ROW), changes)
    with transaction.atomic():  # or FOR UPDATE is not compiled
        chosen, chosen_by = first.only("pk")[:1].query.sql_with_params()
    compiler = told.order_by().query.get_compiler(connection=connection)
    columns, column_params = compiler.as_sql()
    wanted = columns.removeprefix("SELECT ").removesuffix(f" FROM {table}")
    whole = f"{sql.removesuffix('%s')}({chosen}) RETURNING {wanted}"
    return Returning(
        (whole, (*params[:-1], *chosen_by, *column_params)),
        tuple(field.attname for field in Message._meta.concrete_fields),
        tuple(told.query.annotation_select),
        compiler.get_converters([expression for expression, *_ in compiler.select]),
    )


def filled(statement: Statement, **values: Any) -> Statement:
    """With a mail's `pk`, `claim_id` and `code` in place of nobody's."""
    claim = stored(values["claim_id"])
    own = {
        NO_ROW: values.get("pk"),
        NO_CODE: values.get("code"),
        stored(NO_CLAIM): claim,
    }
    sql, params = statement
    return sql, tuple(own.get(value, value) for value in params)


def run(statement: Statement) -> int:
    """How many rows it changed."""
    with connection.cursor() as cursor:
        cursor.execute(*statement)
        return cursor.rowcount


def stored(claim_id: UUID | None) -> Any:
    """A claim as this database's parameter."""
    field = Message._meta.get_field("claim_id")
    return field.get_db_prep_value(claim_id, connection)
