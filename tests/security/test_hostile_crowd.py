"""A crowd of hostile requests, drawn by chance: an answer each, and nothing half done.

HOSTILE_REQUESTS=5000 makes the crowd larger; HOSTILE_SEED=7 draws the same one again.
What failed names its seed and its number.
"""

import json
import os
import random
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client

from guests.door import lookups
from tests.security.hostile import FORMS, HOSTILE
from tests.security.policy import POLICY
from tests.security.scene import Scene

pytestmark = pytest.mark.django_db

REQUESTS = int(os.environ.get("HOSTILE_REQUESTS", "120"))
SEED = int(os.environ.get("HOSTILE_SEED", "0")) or random.SystemRandom().randrange(
    10**6
)
TEXTS = [text for text in HOSTILE.values() if len(text) < 10_000]
KINDS = (
    *("application/x-www-form-urlencoded", "multipart", "application/json"),
    *("text/plain", "application/octet-stream"),
)
# A refusal may leave these: a wrong try is written down, whatever comes of it, and
# that a link was used by a press.
WRITTEN_DOWN = {"events_activity", "events_accountactivity", "django_session"}
WRITTEN_DOWN |= {"guests_linkuse"}
UNESCAPED = (b"<script>alert(1)", b"<img src=x onerror")
# Pages that lead to Stripe commit before they call it, and refuse to be inside.
PAYS = {"guests:donate", "guests:pay_give", "guests:contact_give", "guests:pledge"}
PAYS |= {"guests:contact_pledge", "donations:gift_refund", "donations:gift_evidence"}
PAYS |= {"guests:door_waive", "guests:door_pin_decide", "guests:trophy_outcome"}


def counts() -> dict[str, int]:
    """How many rows each table has, in one statement."""
    tables = sorted(
        model._meta.db_table
        for model in apps.get_models()
        if model._meta.db_table not in WRITTEN_DOWN
    )
    asked = ", ".join(f'(SELECT count(*) FROM "{table}")' for table in tables)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {asked}")
        return dict(zip(tables, cursor.fetchone(), strict=True))


def nested(chance: random.Random, depth: int = 0) -> Any:
    """JSON of any shape, with a hostile text wherever one fits."""
    kind = chance.randrange(7 if depth < 3 else 5)
    if kind == 5:
        return [nested(chance, depth + 1) for _ in range(chance.randrange(4))]
    if kind == 6:
        names = ("scans", "nonce", "guest", "sent_at", "key", "queued", "type", "id")
        return {name: nested(chance, depth + 1) for name in chance.sample(names, 4)}
    plain = (None, True, -1, 10**30, chance.choice(TEXTS))
    return plain[kind]


def typed(chance: random.Random, name: str) -> dict[str, Any]:
    """Some fields as they should be, some hostile, some twice, some not at all."""
    _, fields, right = FORMS[name]
    said: dict[str, Any] = {}
    for field in fields:
        how = chance.randrange(5)
        if how == 0 and field in right:
            said[field] = right[field]
        elif how == 1:
            said[field] = [chance.choice(TEXTS), chance.choice(TEXTS)]
        elif how == 2:
            said[field] = SimpleUploadedFile("x.csv", chance.choice(TEXTS).encode())
        elif how > 2:
            said[field] = chance.choice(TEXTS)
    return {**right, **said} if chance.random() < 0.5 else said


def knock(client: Client, url: str, name: str, chance: random.Random) -> HttpResponse:
    kind = chance.choice(KINDS)
    if chance.random() < 0.2:
        query = {field: chance.choice(TEXTS) for field in FORMS[name][1]}
        return client.get(url, query)
    if kind == "multipart":
        return client.post(url, typed(chance, name))
    if kind == "application/json":
        body = json.dumps(nested(chance)).encode()
    else:
        body = "&".join(
            f"{field}={chance.choice(TEXTS)}" for field in FORMS[name][1]
        ).encode(errors="replace")
    return client.post(url, body, content_type=kind)


def crowd() -> Iterator[tuple[int, random.Random, str]]:
    """Each request has a chance of its own, so that any one can be drawn again."""
    names = sorted(set(FORMS) - PAYS)
    for number in range(REQUESTS):
        chance = random.Random(f"{SEED}/{number}")
        yield number, chance, chance.choice(names)


def test_a_crowd_of_hostile_requests_is_answered_and_leaves_no_half(
    scene: Scene,
) -> None:
    people, seen, refused = scene.people(), set(), 0
    before = counts()
    for number, chance, name in crowd():
        cache.clear()  # A throttle would hide what comes behind it.
        lookups.forget()
        where = f"HOSTILE_SEED={SEED}, request {number}, {name}"
        with transaction.atomic():
            cookies = people[FORMS[name][0]].cookies.copy()
            answer = knock(people[FORMS[name][0]], scene.url(name), name, chance)
            assert answer.status_code < 500, where
            told = b"" if answer.streaming else answer.content
            assert not any(text in told for text in UNESCAPED), where
            if answer.status_code >= 400:
                assert counts() == before, where
                refused += 1
            transaction.set_rollback(True)
        people[FORMS[name][0]].cookies = cookies
        seen.add(answer.status_code)
    assert refused > REQUESTS / 10
    assert len(seen) > 3


def test_every_form_is_in_the_crowd() -> None:
    """But those that commit before they call others: test_bad_input has them."""
    pressed = {name for name, policy in POLICY.items() if "post" in policy.methods}
    assert set(FORMS) <= pressed
    assert set(FORMS) >= PAYS
