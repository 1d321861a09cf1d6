"""What the database's planner knows of the tables."""

from django.db import connection
from django.db.models import Model


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
