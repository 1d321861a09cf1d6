"""What kind of thing each column holds: the table that export and erasure go by.

Every app lists the columns of its models that hold text, JSON or bytes; a test fails
for one that is listed nowhere. Numbers, times, choices and keys need no line.
"""

import base64
from collections.abc import Iterator
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.db import models


class Sort(StrEnum):
    """Whose a column is, and so what becomes of it."""

    # A secret: told to nobody, not even to whom it is about. S105: it is none itself.
    SECRET = "opens"  # noqa: S105 (a word of the table)
    # Of guests and donors: told to them, forgotten on its clock.
    PERSONAL = "personal"
    # Who of the team did something, or vouched for it.
    TEAM = "team"
    # The books, and Stripe's names for them: kept.
    MONEY = "money"
    # The evening's own words, states, versions.
    PUBLIC = "public"


Table = dict[str, dict[str, Sort]]

LISTED = (
    models.CharField,
    models.TextField,
    models.JSONField,
    models.BinaryField,
    models.GenericIPAddressField,
    models.UUIDField,
)


def columns(**names: str) -> dict[str, Sort]:
    """`personal="name email"` and so on, as one column's sort each."""
    return {
        column: Sort(sort) for sort, those in names.items() for column in those.split()
    }


def needs_a_line(field: models.Field) -> bool:
    """Whether the column could hold somebody's name, address or words."""
    return isinstance(field, LISTED) and not field.choices


def told(row: models.Model, table: Table) -> dict[str, Any]:
    """The row as its person is told of it: no secrets, and nobody of the team."""
    sorts = table[type(row).__name__]
    return {
        field.name: _plain(field.value_from_object(row))
        for field in row._meta.concrete_fields
        if sorts.get(field.name) not in (Sort.SECRET, Sort.TEAM)
        and not _is_of_the_team(field)
    }


def withheld(table: Table) -> Iterator[str]:
    """The names of the columns that `told` leaves out as secrets."""
    for model, sorts in table.items():
        for column, sort in sorts.items():
            if sort == Sort.SECRET:
                yield f"{model}.{column}"


def _is_of_the_team(field: models.Field) -> bool:
    """An account behind a press; the account itself is told as a row of its own."""
    return field.is_relation and field.related_model._meta.label == "events.User"


def _plain(value: Any) -> Any:
    """As JSON has it; bytes in base64 (RFC 4648)."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    if value is None or isinstance(value, bool | int | str | list | dict):
        return value
    return str(value)
