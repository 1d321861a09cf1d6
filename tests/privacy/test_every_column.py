"""Every column that could hold a name has a line in the table, and no line is stale."""

import pytest
from django.apps import apps
from django.db import models

from donations import personal as of_donations
from events import personal as of_events
from guests import personal as of_guests
from losers_lounge.personal import Sort, Table, needs_a_line

TABLES = {
    "events": of_events.TABLE,
    "donations": of_donations.TABLE,
    "guests": of_guests.TABLE,
}


def unlisted(model: type[models.Model], table: Table) -> set[str]:
    """Columns of text, JSON or bytes that nobody has said the sort of."""
    fields = model._meta.concrete_fields
    listed = table.get(model.__name__, {})
    return {field.name for field in fields if needs_a_line(field)} - set(listed)


@pytest.mark.parametrize("app", TABLES)
def test_every_column_that_could_name_somebody_has_a_sort(app: str) -> None:
    rows = apps.get_app_config(app).get_models()
    missing = {row.__name__: unlisted(row, TABLES[app]) for row in rows}
    assert {name: found for name, found in missing.items() if found} == {}


@pytest.mark.parametrize("app", TABLES)
def test_no_line_is_about_a_column_that_is_gone(app: str) -> None:
    known = {row.__name__: row for row in apps.get_app_config(app).get_models()}
    stale = {
        f"{name}.{column}"
        for name, columns in TABLES[app].items()
        for column in columns
        if name not in known
        or column not in {field.name for field in known[name]._meta.concrete_fields}
    }
    assert stale == set()


def test_a_new_column_is_heard_of() -> None:
    table = {name: dict(row) for name, row in of_guests.TABLE.items()}
    del table["Guest"]["notes"]
    guest = apps.get_model("guests", "Guest")
    assert unlisted(guest, table) == {"notes"}


def test_what_opens_a_door_is_a_secret() -> None:
    sorts = {**of_events.TABLE, **of_guests.TABLE}
    for name, column in (("Guest", "public_id"), ("User", "password")):
        assert sorts[name][column] == Sort.SECRET
