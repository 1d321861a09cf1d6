"""Who comes by a wrong way is told where to go on, and finds nothing lying about."""

from datetime import datetime, timedelta
from http import HTTPStatus

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from losers_lounge import not_allowed
from tests.security.policy import POLICY
from tests.security.scene import Scene
from tests.test_routes import ROUTES

pytestmark = pytest.mark.django_db

HTML = {"Accept": "text/html,application/xhtml+xml"}
# Machines press there; nobody comes back to it by a reload.
FOR_MACHINES = {"donations:stripe_webhook", "events:bounces", "guests:door_sync"}
FOR_MACHINES |= {"guests:door_beat", "guests:door_key", "guests:here"}
STRAYS = (
    *(".git/HEAD", ".git/config", ".env", "var/demo.env", "manage.py", ".hg/", ".svn/"),
    *("losers_lounge/settings.py", "db.sqlite3", "backup.sql", "requirements.txt"),
    *("static/", "static/js/", "static/../manage.py", "static/%2e%2e/manage.py"),
    *("media/", "admin/", "__debug__/", "server-status", "phpinfo.php", "wp-login.php"),
    *("swagger.json", "openapi.json", "graphql", ".well-known/openid-configuration"),
)


def test_a_press_that_is_opened_as_a_page_says_so_and_leads_on(scene: Scene) -> None:
    """After a reload, or where a log-in led back to a button's address."""
    people, looked_at = scene.people(), 0
    for name, policy in POLICY.items():
        if policy.methods != ("post",) or name in FOR_MACHINES:
            continue
        client = people[min(policy.people & {"host", *policy.people})]
        answer = client.get(scene.url(name), headers=HTML)
        assert answer.status_code == HTTPStatus.METHOD_NOT_ALLOWED, name
        assert answer["Allow"] == "POST"
        place = answer.context["place"]
        assert f'href="{place}"' in answer.content.decode(), name
        onward = client.get(place, headers=HTML).status_code
        assert onward in (HTTPStatus.OK, HTTPStatus.FOUND), (name, place)
        looked_at += 1
    assert looked_at > 50


def test_a_program_is_told_in_a_number_alone(scene: Scene) -> None:
    answer = scene.guest().get(scene.url("guests:rsvp"), headers={"Accept": "*/json"})
    assert answer.status_code == HTTPStatus.METHOD_NOT_ALLOWED
    assert answer.content == b""


def test_every_view_s_methods_can_be_told() -> None:
    wrong = {
        route.name
        for route in ROUTES
        if route.is_ours
        and ("GET" in not_allowed.methods_of(route.view))
        != ("get" in POLICY[route.name].methods)
    }
    assert wrong == set()


@pytest.mark.parametrize("path", STRAYS)
def test_nothing_lies_about(path: str) -> None:
    """No source, no backup, no listing, no tool of developers (ASVS 13.4)."""
    answer = Client().get(f"/{path}")
    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert b"Traceback" not in answer.content and b"Index of" not in answer.content


def test_who_finds_a_hole_reads_whom_to_tell(settings: Settings) -> None:
    """RFC 9116: who, until when that is good, and where this file is at home."""
    path = "/.well-known/security.txt"
    settings.SECURITY_CONTACT = ""
    assert Client().get(path).status_code == HTTPStatus.NOT_FOUND
    settings.SECURITY_CONTACT = "mailto:security@example.com"
    answer = Client().get(path)
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    told = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert told["Contact"] == "mailto:security@example.com"
    assert told["Canonical"] == f"{settings.SITE_URL}{path}"
    ends = datetime.fromisoformat(told["Expires"]) - timezone.now()
    assert timedelta(days=30) < ends < timedelta(days=365)


def test_no_search_engine_is_let_in() -> None:
    robots = Client().get("/robots.txt")
    assert robots.content.decode().split("\n")[:2] == ["User-agent: *", "Disallow: /"]
    for path in ("/", "/lost-link/", "/accounts/login/", "/nowhere/"):
        assert Client().get(path)["X-Robots-Tag"] == "noindex, nofollow"
