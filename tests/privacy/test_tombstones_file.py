"""No tombstone is missing from the file beside the backups for longer than an hour."""

from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from events import tombstones
from guests.privacy import retention

pytestmark = pytest.mark.django_db
PERSON = tombstones.Kind.PERSON


@pytest.fixture
def file(tmp_path: Path, settings: Settings) -> Path:
    settings.TOMBSTONES_FILE = str(tmp_path / "tombstones.jsonl")
    return tmp_path / "tombstones.jsonl"


def test_a_line_lost_between_commit_and_disk_is_written_by_the_clock(
    file: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    """Outside of `execute` nothing that follows a commit runs: a crash, to the file."""
    with django_capture_on_commit_callbacks(execute=True):
        tombstones.set_up(PERSON, "tina@example.com", timezone.now())
    tombstones.set_up(PERSON, "amy@example.com", timezone.now())
    with file.open("a") as half:
        half.write('{"kind": "per')
    assert len(file.read_text().splitlines()) == 2
    retention.forget_due(timezone.now())
    lines = file.read_text().splitlines()
    assert set(tombstones.listed()) < set(lines)
    assert len(lines) == 3
    retention.forget_due(timezone.now())
    assert file.read_text().splitlines() == lines, "twice is once"


def test_where_no_file_is_named_none_is_written(settings: Settings) -> None:
    settings.TOMBSTONES_FILE = ""
    tombstones.set_up(PERSON, "tina@example.com", timezone.now())
    assert tombstones.complete_file() == 0
