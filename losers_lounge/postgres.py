"""How PostgreSQL is asked: the question and its values apart, so that a plan is kept.

The protocol counts the values of one statement in sixteen bits. A wave of letters or
a list of keys may have more, and is never asked twice in the same words: its values
are written into it, as they were before.
"""

from collections.abc import Sequence
from typing import Any, Self

from django.db.backends.postgresql.base import ServerBindingCursor
from psycopg import ClientCursor

MOST_VALUES = 1_000


class Cursor(ServerBindingCursor):
    """Binds values on the server, unless they are very many."""

    def execute(
        self, query: Any, params: Sequence[Any] | None = None, **options: Any
    ) -> Self:
        if params and len(params) > MOST_VALUES:
            written = ClientCursor(self.connection).mogrify(query, params)
            return super().execute(written.encode(), prepare=False)
        return super().execute(query, params, **options)
