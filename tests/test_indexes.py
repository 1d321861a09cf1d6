"""What every write pays for: no index says what another one says already."""

import re
from dataclasses import dataclass

import pytest
from django.apps import apps
from django.db import connection

OURS = ("events", "donations", "guests")
# Written so by PostgreSQL, whoever made it.
SHAPE = re.compile(
    r"CREATE (?P<unique>UNIQUE )?INDEX (?P<name>\w+) ON \S+ USING btree "
    r"\((?P<columns>.+?)\)(?P<only> WHERE .+)?"
)
# Looked for by how it begins: a free one is made from an event's name.
BEGINNINGS = {"events_event_slug_b44b2c04_like"}


@dataclass(frozen=True)
class Found:
    name: str
    columns: tuple[str, ...]
    is_unique: bool
    is_partial: bool

    def begins(self, other: "Found") -> bool:
        """Whether whatever this one finds, the other one finds as well."""
        if self is other or self.is_unique or self.is_partial or other.is_partial:
            return False
        return other.columns[: len(self.columns)] == self.columns


@pytest.fixture
def by_table(db: None) -> dict[str, list[Found]]:
    # Django makes the tables between two others, and their indexes, by itself.
    tables = [
        model._meta.db_table
        for app in OURS
        for model in apps.app_configs[app].get_models()
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename, indexdef FROM pg_indexes WHERE tablename = ANY(%s)",
            [tables],
        )
        found: dict[str, list[Found]] = {table: [] for table in tables}
        for table, words in cursor.fetchall():
            if shape := SHAPE.fullmatch(words):
                columns = tuple(shape["columns"].split(", "))
                kind = bool(shape["unique"]), bool(shape["only"])
                found[table].append(Found(shape["name"], columns, *kind))
    return found


def test_no_index_is_the_beginning_of_another(by_table):
    spare = {
        one.name: other.name
        for indexes in by_table.values()
        for one in indexes
        for other in indexes
        if one.begins(other)
    }

    assert spare == {}, "db_index=False, and DropKeyIndex in a migration"


def test_only_what_is_looked_for_by_its_beginning_has_an_index_for_that(by_table):
    twins = {
        one.name
        for indexes in by_table.values()
        for one in indexes
        if any("pattern_ops" in column for column in one.columns)
    }

    assert twins == BEGINNINGS, "drop_prefix_indexes, in a migration"


def test_every_kind_of_index_is_read(by_table):
    messages = {one.name: one for one in by_table["events_message"]}

    assert messages["message_by_state"].columns == ("event_id", "kind", "state")
    assert messages["message_queue"].is_partial
    assert messages["events_message_lookup_key"].is_unique
