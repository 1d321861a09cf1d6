"""What the database's planner knows: of the tables, and of what is asked."""

from typing import Any

from django.db import connection
from django.db.models import Model, Value


class Written(Value):
    """A word of our own inside a statement, where values stand beside it.

    A plan that is kept fits every value. So it can read the index of those rows alone
    whose state is "queued" only where the statement itself says that word.
    """

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        if not self.value.isidentifier():
            raise ValueError(f"{self.value!r} is no word of ours")
        return f"'{self.value}'", []


def analyze(*models: type[Model]) -> None:
    """After rows came in bulk, count them now and not when autovacuum finds time.

    Until then PostgreSQL takes the tables for empty, and a join of 50,000 rows for
    one that may be done row by row against row by row.
    """
    if connection.vendor == "postgresql":
        tables = ", ".join(
            connection.ops.quote_name(model._meta.db_table) for model in models
        )
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {tables}")
