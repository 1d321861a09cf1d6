"""Count no further than anybody reads: a figure that costs the same for any crowd."""

from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from losers_lounge.compiled import filled


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


@dataclass(frozen=True)
class Counting:
    """A question how many there are, counted to `most`; blanks are filled in later."""

    sql: str
    params: tuple[Any, ...]
    most: int

    @classmethod
    def make(cls, rows: QuerySet, most: int) -> "Counting":
        few = rows.order_by().values("pk")[: most + 1]
        try:
            return cls(*few.query.sql_with_params(), most)
        except EmptyResultSet:
            return cls("SELECT 1 WHERE 1 = 0", (), most)

    def of(self, *values: str | int) -> "Counting":
        """The same with these values in place of its blanks."""
        return replace(self, params=filled(self.params, values))


def up_to(*asked: Counting) -> list[Count]:
    """How many rows each finds, each counted to its own end, all in one query."""
    parts = ", ".join(f"(SELECT COUNT(*) FROM ({one.sql}) found)" for one in asked)  # noqa: S608 (compiled)
    params = [value for one in asked for value in one.params]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {parts}", params)
        numbers = cursor.fetchone()
    return [
        Count(min(number, one.most), number > one.most)
        for number, one in zip(numbers, asked, strict=True)
    ]
