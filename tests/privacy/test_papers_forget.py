"""What is frozen may forget a name, with a mark that says when, and nothing else."""

from typing import Any

import pytest
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from donations.models import EngravingBatch, Receipt
from events.models import Activity
from guests.models import TrophyMove
from tests.security.scene import Scene, make_scene

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(db: None) -> Scene:
    return make_scene("Canary")


def receipt(scene: Scene) -> Receipt:
    return Receipt.objects.get(donation=scene.donation)


def batch(scene: Scene) -> EngravingBatch:
    return scene.event.engraving_batches.get()


def line(scene: Scene) -> Activity:
    return scene.event.activities.exclude(object_name="").latest("pk")


def move(scene: Scene) -> TrophyMove:
    trophy = scene.event.trophies.get()
    words = {"by_name": "Canary", "second_name": "Canary", "words": "Canary"}
    return trophy.moves.create(action="received", at=timezone.now(), **words)


PAPERS = {"receipt": receipt, "batch": batch, "activity": line, "move": move}
NAMES = {
    "receipt": {"donor_name": "", "donor_email": ""},
    "batch": {"body": ""},
    "activity": {"actor_name": "", "object_name": ""},
    "move": {"by_name": "", "second_name": "", "words": ""},
}


def is_let_through(row: models.Model, **values: Any) -> bool:
    try:
        with transaction.atomic():
            type(row).objects.filter(pk=row.pk).update(**values)
    except IntegrityError:
        return False
    return True


@pytest.mark.parametrize("kind", PAPERS)
def test_a_name_is_forgotten_only_with_its_mark(scene: Scene, kind: str) -> None:
    row, names = PAPERS[kind](scene), NAMES[kind]
    assert not is_let_through(row, **names)
    assert is_let_through(row, **names, erased_at=timezone.now())
    row.refresh_from_db()
    assert {name: getattr(row, name) for name in names} == names


@pytest.mark.parametrize("kind", PAPERS)
def test_a_name_never_becomes_another(scene: Scene, kind: str) -> None:
    row = PAPERS[kind](scene)
    for name in NAMES[kind]:
        assert not is_let_through(row, **{name: "Else"}, erased_at=timezone.now())


@pytest.mark.parametrize("kind", PAPERS)
def test_nothing_but_names_is_let_go(scene: Scene, kind: str) -> None:
    """Each column by itself, hidden beside a name that is rightly forgotten."""
    row, now = PAPERS[kind](scene), timezone.now()
    free = {*NAMES[kind], "erased_at", "lines", "void_at", "void_reason"}
    # An account that was deleted leaves its lines by a rule of its own.
    free |= {"actor"}
    for field in row._meta.concrete_fields:
        if field.name in free:
            continue
        other = another(field, getattr(row, field.attname))
        values = {**NAMES[kind], "erased_at": now, field.attname: other}
        assert not is_let_through(row, **values), field.name


@pytest.mark.parametrize("kind", PAPERS)
def test_the_mark_is_set_once_and_no_row_is_deleted(scene: Scene, kind: str) -> None:
    row, now = PAPERS[kind](scene), timezone.now()
    assert is_let_through(row, **NAMES[kind], erased_at=now)
    assert is_let_through(row, **NAMES[kind], erased_at=now)
    assert not is_let_through(row, erased_at=None)
    assert not is_let_through(row, erased_at=timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        type(row).objects.filter(pk=row.pk)._raw_delete("default")


CHANGES = {
    "every name": (lambda lines: [["", *line[1:]] for line in lines], True),
    "one name": (lambda lines: [["", *lines[0][1:]], *lines[1:]], True),
    "another name": (lambda lines: [["Else", *line[1:]] for line in lines], False),
    "a cent": (lambda lines: [["", line[1], line[2] + 1] for line in lines], False),
    "what for": (lambda lines: [["", "gift", line[2]] for line in lines], False),
    "a cell more": (lambda lines: [[*line, "more"] for line in lines], False),
    "a line less": (lambda lines: lines[:-1], False),
    "a line more": (lambda lines: [*lines, lines[0]], False),
    "no lines": (lambda lines: [], False),
    "no list": (lambda lines: {}, False),
}


@pytest.mark.parametrize("change", CHANGES)
def test_the_lines_of_a_receipt_forget_names_alone(scene: Scene, change: str) -> None:
    row = receipt(scene)
    assert row.lines[0][0] == "Canary Donor"
    changed, is_fine = CHANGES[change]
    new = changed(row.lines)
    assert not is_let_through(row, lines=new)
    assert is_let_through(row, lines=new, erased_at=timezone.now()) == is_fine


def another(field: models.Field, value: Any) -> Any:
    """A value of this column that is not its own."""
    if isinstance(field, models.DateTimeField):
        return timezone.now()
    if isinstance(field, models.BooleanField):
        return not value
    if isinstance(field, models.JSONField):
        return {"else": 1}
    if isinstance(field, models.IntegerField | models.ForeignKey | models.AutoField):
        return (value or 0) + 1
    return f"x{value[1:]}" if value else "x"
