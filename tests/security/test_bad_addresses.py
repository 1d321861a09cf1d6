"""Whatever stands in an address: it is there or it is not, and nothing else happens."""

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from tests.security.hostile import HOSTILE
from tests.security.scene import Scene
from tests.test_routes import ROUTES

pytestmark = pytest.mark.django_db

ADDRESSES = (
    ("host", "guests:guest_list", ("q", "answer", "after", "before", "sort", "done")),
    ("host", "guests:guest_list", ("tag", "wave", "letter", "owes", "vip")),
    ("host", "guests:messages", ("before", "state", "kind")),
    ("host", "guests:mailing_new", ("letters", "answer", "wave", "q")),
    ("host", "guests:letter_words", ("as",)),
    ("host", "guests:activity", ("before", "page")),
    ("door", "guests:door", ("q", "page")),
    ("results", "guests:results", ("seen", "q")),
    ("finance", "donations:dashboard", ("before", "after", "order")),
    ("finance", "donations:reconciliation", ("after", "before")),
    ("guest", "guests:thanks", ("cs",)),
    ("anonymous", "account_login", ("next", "login")),
    ("anonymous", "events:home", ("next", "lang")),
    ("anonymous", "donations:total_json", ("callback", "format")),
)
PLACES = (
    *("0", "-1", "9" * 19, "9" * 30, "9" * 5000, "1e3", "1.0", "%31%00", "%ff%fe"),
    *("..%2f..%2fetc%2fpasswd", "..", "%2e%2e", "a" * 5000, "\u0663", "\uff11"),
    *(
        "%3Cscript%3Ealert(1)%3C%2F",
        "{{7*7}}",
        "'%20OR%201=1--",
        "%0d%0aX:%20y",
    ),
)
TEXTS = ("slug", "public_id", "token", "number", "uidb36", "key")
# A wrong reset link has a page that leads to a new one; any tag may be a free one.
ANSWERED = ("account_reset_password_from_key", "guests:trophy_tag")
PATHS = (
    *("%00", "%ff", "%c0%af", "..%2f..%2fetc/passwd", "%2e%2e/%2e%2e/", "a" * 5000),
    *("x/" * 500, ".git/config", ".env", "settings.py", "%0d%0aSet-Cookie:x=y"),
    *("\u202e", "%u0041", "%", "%zz", ";", "//evil.example", "\\\\evil.example"),
)


def short(text: str) -> str:
    return f"{ascii(text)[:30]} {len(text)}"


@pytest.mark.parametrize(
    "address", ADDRESSES, ids=lambda address: "-".join((*address[:2], address[2][0]))
)
def test_no_text_in_an_address_is_an_error(scene: Scene, address: Any) -> None:
    """The searches and pages that live in a query string."""
    person, name, fields = address
    client = scene.person(person)
    for kind, text in HOSTILE.items():
        cache.clear()  # A throttle would hide what comes behind it.
        response = client.get(scene.url(name), dict.fromkeys(fields, text[:6000]))
        assert response.status_code < 500, kind
        assert b"<script>alert(1)" not in response.content, kind


def test_no_text_in_the_door_s_search_is_an_error(scene: Scene) -> None:
    door, htmx = scene.person("door"), {"HX-Request": "true", "HX-Target": "door-found"}
    for kind, text in HOSTILE.items():
        query = {"q": text[:6000]}
        found = door.get(scene.url("guests:door"), query, headers=htmx)
        assert found.status_code < 500, kind


@pytest.mark.parametrize("place", PLACES, ids=short)
def test_no_path_is_an_error(scene: Scene, everyone: Client, place: str) -> None:
    """In place of every slug, id, token and number of every address: not there."""
    for route in ROUTES:
        found = {200} if route.name in ANSWERED else set()
        for argument in route.arguments:
            others = {argument: "PLACE"} if argument in TEXTS else {argument: 987_654}
            address = scene.url(route.name, **others)
            odd = address.replace("PLACE", place).replace("987654", place)
            status = everyone.get(odd).status_code
            assert status in {301, 302, 404, 405, 429} | found, odd[:200]


@pytest.mark.parametrize("person", ["anonymous", "host", "guest"])
def test_an_odd_path_is_not_there(scene: Scene, person: str) -> None:
    client, starts = scene.person(person), ("/", "/events/", "/i/", "/invitation/")
    for path in PATHS:
        for start in (*starts, "/static/", "/accounts/"):
            response = client.get(start + path)
            assert response.status_code in (301, 302, 404), short(start + path)
            assert b"Traceback" not in response.content
