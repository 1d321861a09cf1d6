"""The indexes that PostgreSQL has beyond what models say."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL's own"),
]
migration = import_module("guests.migrations.0010_names_and_tags_found_in_many")
NAMES, TAGS = "guest_by_part_of_name", "guest_by_tag"
# Somebody to whom the table belongs, and who may not make an extension.
POOR = """
DROP EXTENSION IF EXISTS pg_trgm;
CREATE ROLE poor;
GRANT ALL ON SCHEMA public TO poor;
ALTER TABLE guests_guest OWNER TO poor;
SET LOCAL ROLE poor;
"""


def there() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexname FROM pg_indexes")
        return {name for (name,) in cursor.fetchall()} & {NAMES, TAGS}


def test_names_and_tags_are_found_by_an_index() -> None:
    assert there() == {NAMES, TAGS}


def test_who_may_not_make_an_extension_goes_without_its_index() -> None:
    with connection.schema_editor() as editor:
        migration.drop(apps, editor)
        assert there() == set()
        editor.execute(POOR)
        migration.add(apps, editor)
    assert there() == {TAGS}
