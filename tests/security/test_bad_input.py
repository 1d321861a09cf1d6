"""Whatever is typed into whatever field: an answer, never a 5xx, nothing half done."""

import gzip
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.db.models import Model
from django.http import HttpResponse
from django.utils import timezone

from donations.models import EngravingBatch, Receipt, Statement
from events import activity
from events.models import Activity
from tests.security.hostile import BUTTONS, FORMS, HOSTILE, MARKUP
from tests.security.policy import POLICY
from tests.security.scene import Scene

pytestmark = pytest.mark.django_db

FROZEN = (Receipt, Statement, EngravingBatch)

ROW = b"name,email,plus_ones,tags,notes\n"
FILES = {
    "empty": ("x.csv", b""),
    "nul": ("x.csv", b"name\nA\0B\n"),
    "picture": ("x.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" * 50),
    "zip": ("x.csv", b"PK\x03\x04\x14\0\0\0\x08\0" * 50),
    "gzip": ("x.csv.gz", gzip.compress(b"a" * 10_000_000)),
    "utf-16": ("x.csv", (ROW.decode() + "Zo\u00eb,z@x.example,1,,").encode("utf-16")),
    "half of utf-16": ("x.csv", b"\xff\xfea"),
    "bytes": ("x.csv", bytes(range(256)) * 10),
    "columns": ("x.csv", b"a," * 20_000 + b"\n"),
    "cell": ("x.csv", b"name\n" + b"x" * 200_000),
    "quote": ("x.csv", ROW + b'"Amy,a@x.example\nJon'),
    "markup": ("<script>alert(1)</script>.csv", ROW + MARKUP.encode()),
    "name": ("../../etc/passwd", ROW + b"Amy,a@x.example,1,,"),
    "long name": ("x" * 300 + ".csv", ROW + b"Amy,a@x.example,1,,"),
    "header": ("x.csv", ROW + b'"Amy\r\nBcc: all@x.example",a@x.example,1,,'),
    "numbers": ("x.csv", ROW + b"Amy,a@x.example,999999999999,,\nB,b@x.example,-1,,"),
    "script header": ("x.csv", MARKUP.encode() + b",name\nx,Amy"),
}
OURS = ("events", "donations", "guests")
TYPED = (
    *("name", "hosted_by", "venue", "address", "work", "reason", "tag", "shelf"),
    *("donor_name", "credit_name", "by_name", "actor_name", "object_name", "phone"),
    *("recipient_name", "legal_name", "ein", "why", "subject", "released_to"),
)
WIDE = 10
# A scene takes its time: each of these parts has one for many forms.
PARTS = 12
OF_DJANGO = (
    *("This field is required", "Select a valid choice", "Enter a valid"),
    *("Enter a whole number", "Enter a number", "Ensure this value", "Null characters"),
    *("No file was submitted", "The submitted file", "not one of the available"),
)
# Nothing said beside what is owed leads to Stripe.
EMPTY_PAYS = "guests:pay_give"


def texts() -> str:
    """Every text in every table, as it is stored."""
    models = (model for model in apps.get_models() if model is not Session)
    return "\n".join(str(list(model._base_manager.values_list())) for model in models)


def forms(name: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Each hostile text in all fields at once, and in one beside a right form."""
    _, fields, right = FORMS[name]
    for number, (kind, text) in enumerate(HOSTILE.items()):
        if not text and name == EMPTY_PAYS:
            continue
        # A wide form that is drawn again takes its time: there, one text is enough.
        if len(fields) < WIDE or text == MARKUP:
            yield kind, dict.fromkeys(fields, text)
        if len(fields) > 1:
            alone = fields[number % len(fields)]
            yield f"{kind} in {alone}", right | {alone: text}


@pytest.mark.parametrize("part", range(PARTS))
def test_no_text_in_any_form_is_an_error(scene: Scene, part: int) -> None:
    for name in sorted(FORMS)[part::PARTS]:
        with transaction.atomic():
            takes_every_text(scene, name)
            transaction.set_rollback(True)


def takes_every_text(scene: Scene, name: str) -> None:
    client, url = scene.person(FORMS[name][0]), scene.url(name)
    for kind, form in forms(name):
        what = f"{name}: {kind}"
        cache.clear()  # A throttle would hide what comes behind it.
        with transaction.atomic():
            response = client.post(url, form)
            assert response.status_code < 500, what
            assert b"<script>alert(1)" not in response.content, what
            assert b"<img src=x onerror" not in response.content, what
            assert list(badly_told(response)) == [], what
            if response.status_code >= 400 and MARKUP in form.values():
                assert MARKUP not in texts(), what
            transaction.set_rollback(True)


def badly_told(response: HttpResponse) -> Iterator[str]:
    """What a refusal lacks of GOV.UK's pattern, and whatever of it is Django's own."""
    is_page = "html" in response.get("Content-Type", "") and not response.streaming
    text = response.text if is_page else ""
    is_refused = 'class="error-summary"' in text or response.status_code == 422
    if is_refused and "<title>" in text and "<title>Error:" not in text:
        yield "the title"
    yield from (words for words in OF_DJANGO if words in text)


def test_every_form_is_tried() -> None:
    pressed = {name for name, policy in POLICY.items() if "post" in policy.methods}
    assert pressed - set(FORMS) == BUTTONS


@pytest.mark.parametrize("name", ["guests:import", "guests:nomination_import"])
def test_no_file_is_an_error(scene: Scene, name: str) -> None:
    client, url = scene.member("host"), scene.url(name)
    before, runs = texts(), scene.event.import_runs.count()
    for kind, (file_name, data) in FILES.items():
        cache.clear()
        file = SimpleUploadedFile(file_name, data, content_type="text/csv")
        with transaction.atomic():
            response = client.post(url, {"file": file})
            assert response.status_code in (302, 422), kind
            assert b"<script>alert(1)" not in response.content, kind
            if response.status_code == 422:
                assert scene.event.import_runs.count() == runs, kind
            assert "etc/passwd" not in texts().replace(before, ""), kind
            transaction.set_rollback(True)


def thaw(*tables: type[Model]) -> None:
    """Let a test write where triggers refuse to."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in tables:
            cursor.execute(f"ALTER TABLE {table._meta.db_table} DISABLE TRIGGER USER")


def test_what_was_stored_as_typed_is_shown_as_text(scene: Scene) -> None:
    """Markup in every column that somebody may fill, read on every page."""
    # The log refuses to be rewritten: it gets a line of its own.
    activity.record(scene.event, MARKUP, MARKUP, MARKUP, at=timezone.now())
    ours = [app for app in apps.get_app_configs() if app.label in OURS]
    tables = {table for app in ours for table in app.get_models()} - {Activity}
    thaw(*FROZEN)
    for table in tables:
        for field in table._meta.get_fields():
            is_typed = getattr(field, "max_length", None) and field.name in TYPED
            if is_typed and not field.unique:
                text = MARKUP[: field.max_length]
                table._base_manager.update(**{field.name: text})
    people = scene.people()
    for name, policy in POLICY.items():
        for person in policy.people if "get" in policy.methods else ():
            response = people[person].get(scene.url(name))
            if "html" in response.get("Content-Type", ""):
                body = response.content
                assert b"<img src=x" not in body and b"<script>alert" not in body, name
