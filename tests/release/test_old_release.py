"""Processes of the release before, which still run while the schema is the new one.

Their models are those of its last migrations: what they read is there, and each row
that they would write is taken. So a deploy may go on for as long as it likes, and the
release before may be brought back without touching the database.
"""

from typing import Any

import pytest
from django.db import (
    IntegrityError,
    OperationalError,
    ProgrammingError,
    connection,
    models,
    transaction,
)
from django.db.migrations.loader import MigrationLoader

from losers_lounge import settings as production
from tests.guests.factories import make_guest
from tests.release.databases import contents, in_a_copy
from tests.release.released import MIGRATIONS
from tests.security.scene import make_scene

pytestmark = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="PostgreSQL's own"
)
RELEASED = [*MIGRATIONS.items()]
# Without triggers and foreign keys, so that a row can leave and come back.
UNGUARDED = "SET LOCAL session_replication_role = replica"

ALTER = "ALTER TABLE guests_guest"
NEEDED = f"ADD size int NOT NULL DEFAULT 1; {ALTER} ALTER size DROP DEFAULT"


def models_of_the_release_before() -> list[type[models.Model]]:
    state = MigrationLoader(connection).project_state(RELEASED)
    return [
        model
        for app in MIGRATIONS
        for model in state.apps.get_app_config(app).get_models()
    ]


def columns(old: list[type[models.Model]]) -> dict[str, list[str]]:
    return {
        model._meta.db_table: [field.column for field in model._meta.local_fields]
        for model in old
    }


def write_again(old: list[type[models.Model]]) -> int:
    """Take a row of each table out, and insert it as the release before would."""
    written = 0
    with connection.cursor() as cursor:
        cursor.execute(UNGUARDED)
    for model in old:
        row: Any = model._base_manager.order_by("pk").first()
        if row is not None:
            model._base_manager.filter(pk=row.pk)._raw_delete("default")
            row.save_base(raw=True, force_insert=True)
            row.save()
            written += 1
    return written


@pytest.mark.django_db(transaction=True)
def test_the_release_before_reads_and_writes_on_the_new_schema() -> None:
    with transaction.atomic():
        make_scene()
    with in_a_copy():
        old = models_of_the_release_before()
        before = contents(columns(old))
        with transaction.atomic():
            written = write_again(old)
        assert written > len(old) * 0.6, "the scene has too few kinds of rows"
        assert contents(columns(old)) == before


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        (NEEDED, IntegrityError),
        ("DROP COLUMN notes", ProgrammingError),
        ("RENAME COLUMN notes TO remarks", ProgrammingError),
        ("RENAME TO guests_person", ProgrammingError),
    ],
)
def test_a_schema_that_it_cannot_bear_is_seen(
    change: str, refusal: type[Exception]
) -> None:
    make_guest()
    (old,) = [it for it in models_of_the_release_before() if it.__name__ == "Guest"]
    with pytest.raises(refusal), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET CONSTRAINTS ALL IMMEDIATE; {ALTER} {change}")
        write_again([old])


@pytest.mark.django_db(transaction=True)
def test_a_migration_that_waits_for_a_lock_gives_way() -> None:
    """Behind it everybody would wait: three seconds, and it is tried again later."""
    reader = connection.copy()
    reader.settings_dict["OPTIONS"] = production.DATABASES["default"]["OPTIONS"]
    with reader.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("3s",)
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '50ms'")
    try:
        reader.set_autocommit(False)
        with reader.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM guests_guest")
        with (
            pytest.raises(OperationalError, match="lock timeout"),
            connection.schema_editor() as editor,
        ):
            editor.execute("ALTER TABLE guests_guest ADD COLUMN shoe_size integer")
    finally:
        reader.close()
        connection.close()
