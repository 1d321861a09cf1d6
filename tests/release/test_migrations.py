"""Migrations, run on rows: back to the release before, forward again, not for long.

`MIGRATION_GUESTS=100000 python3 manage.py test -s tests/release/test_migrations.py`
does it with an event of that size beside, prints what each migration took, and holds
it to the bar.
"""

import os
import time
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Index
from django.utils import timezone

from events.outbox import epoch
from losers_lounge.demo import seeding
from losers_lounge.migrating import AddIndexBesideWriters
from tests.release.databases import contents, in_a_copy
from tests.release.released import MIGRATIONS
from tests.release.test_old_release import columns
from tests.security.scene import make_scene

pytestmark = pytest.mark.django_db(transaction=True)
GUESTS = int(os.environ.get("MIGRATION_GUESTS", "0"))
BAR_SECONDS = 5
Target = tuple[str, str | None]


def steps(app: str) -> list[Target]:
    """The app's migrations, the first one first."""
    graph = MigrationExecutor(connection).loader.graph
    (leaf,) = graph.leaf_nodes(app)
    return [node for node in graph.forwards_plan(leaf) if node[0] == app]


def migrate(targets: list[Target]) -> dict[str, float]:
    """Go there, one app after the other; the seconds that each migration took."""
    begun, took = {}, {}

    def watch(action: str, migration: Any = None, fake: bool = False) -> None:
        if action in ("apply_start", "unapply_start"):
            begun[migration] = time.monotonic()
        elif action in ("apply_success", "unapply_success"):
            took[f"{action[:-8]} {migration}"] = time.monotonic() - begun[migration]

    for target in targets:
        MigrationExecutor(connection, watch).migrate([target])
    return took


def known_at(targets: list[Target]) -> dict[str, list[str]]:
    """Tables and columns of our apps, as the models of those migrations have them."""
    state = MigrationExecutor(connection).loader.project_state(targets)
    configs = [state.apps.get_app_config(app) for app in MIGRATIONS]
    return columns([model for config in configs for model in config.get_models()])


def of_the_release_before(app: str) -> Target:
    """Where that release ends; where nothing is newer, one step back."""
    listed = steps(app)
    return min((app, MIGRATIONS[app]), listed[-2])


def test_migrations_go_back_and_forward_with_rows_in_their_tables() -> None:
    latest = [steps(app)[-1] for app in MIGRATIONS]
    before = [of_the_release_before(app) for app in reversed(MIGRATIONS)]
    with in_a_copy():
        known = known_at(before)
        fill()
        rows = contents(known)
        took = migrate(before)
        assert contents(known) == rows, "what that release knew is untouched"
        took |= migrate(latest)
        assert contents(known) == rows
        call_command("migrate", check=True, verbosity=0)
    print(
        "", *(f"{seconds:6.2f} s  {name}" for name, seconds in took.items()), sep="\n"
    )
    if GUESTS:
        assert max(took.values()) <= BAR_SECONDS


@transaction.atomic
def fill() -> None:
    # A test before this one may have emptied what migrate wrote.
    epoch.begin_if_first(timezone.now())
    make_scene()
    if GUESTS:
        size = seeding.Size(GUESTS, GUESTS // 20, 50)
        seeding.seed("big", size, timezone.now())


INDEX = AddIndexBesideWriters("guest", Index(fields=["notes"], name="by_notes"))
VALID = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'by_notes'::regclass"
GIVEN_UP = VALID.replace(
    "SELECT indisvalid FROM pg_index", "UPDATE pg_index SET indisvalid = false"
)


def is_valid() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(VALID)
        return cursor.fetchone()[0]


def test_an_index_is_built_beside_writers_and_again_after_it_gave_up() -> None:
    without = MigrationExecutor(connection).loader.project_state()
    having = without.clone()
    INDEX.state_forwards("guests", having)
    with in_a_copy(), connection.schema_editor(atomic=False) as editor:
        INDEX.database_forwards("guests", editor, without, having)
        if connection.vendor == "postgresql":
            editor.execute(GIVEN_UP)
            assert not is_valid()
            INDEX.database_forwards("guests", editor, without, having)
            assert is_valid()
        INDEX.database_backwards("guests", editor, having, without)
        tables = connection.introspection.get_constraints
        with connection.cursor() as cursor:
            assert "by_notes" not in tables(cursor, "guests_guest")
