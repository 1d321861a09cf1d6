"""Count no further than anybody reads: a figure that costs the same for any crowd."""

from dataclasses import dataclass

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Count:
    """So many, or more than `number` where counting stopped."""

    number: int
    is_more: bool = False

    def __str__(self) -> str:
        words = f"{self.number:,}"
        return _("more than %(n)s") % {"n": words} if self.is_more else words

    def __bool__(self) -> bool:
        return self.number > 0


def up_to(*asked: tuple[QuerySet, int]) -> list[Count]:
    """How many rows each finds, each counted to its own end, all in one query."""
    parts, params = [], []
    for rows, most in asked:
        few = rows.order_by().values("pk")[: most + 1]
        try:
            sql, given = few.query.sql_with_params()
        except EmptyResultSet:
            sql, given = "SELECT 1 WHERE 1 = 0", ()
        parts.append(f"(SELECT COUNT(*) FROM ({sql}) found)")  # noqa: S608 (compiled)
        params += given
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", params)  # noqa: S608 (compiled)
        numbers = cursor.fetchone()
    return [
        Count(min(number, most), number > most)
        for number, (_rows, most) in zip(numbers, asked, strict=True)
    ]
