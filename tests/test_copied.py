"""What `migrate` wrote once may stand for what it would write now."""

import shutil
from pathlib import Path

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from pytest_django import Settings

from tests.copied import DECISIVE, state
from tests.test_layers import PACKAGES, ROOT, imports, within

MIGRATIONS = sorted(ROOT.glob("*/migrations/*.py"))


@pytest.mark.django_db
def test_nothing_is_left_to_migrate() -> None:
    executor = MigrationExecutor(connection)
    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []


def test_what_migrations_import_of_ours_decides() -> None:
    decisive = {found for pattern in DECISIVE for found in ROOT.glob(pattern)}
    sources = [path.read_text() for path in MIGRATIONS]
    names = {name for source in sources for name in imports(source)}
    named = [ROOT / name.replace(".", "/") for name in names if within(name, PACKAGES)]
    read = {path.with_suffix(".py") for path in named}
    assert MIGRATIONS and read
    assert {*MIGRATIONS, *filter(Path.is_file, read)} <= decisive


def test_another_migration_is_another_state(tmp_path: Path, settings: Settings) -> None:
    before = state()
    for path in MIGRATIONS:
        copy = tmp_path / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)
    settings.BASE_DIR = tmp_path
    assert (same := state()) != before
    copy.write_text(copy.read_text() + "# changed")
    assert state() != same
