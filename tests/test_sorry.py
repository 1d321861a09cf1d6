"""Where a page cannot be shown, one reads what to do next."""

import pytest
from django.template.loader import render_to_string

from tests.test_project import ROOT

TEMPLATES = ROOT / "templates"
SORRY = [
    str(path.relative_to(TEMPLATES))
    for path in sorted(TEMPLATES.rglob("*.html"))
    if 'extends "base_sorry.html"' in path.read_text()
]
FRONT_DOOR, LOST_LINK = 'class="button button-secondary" href="/"', "/lost-link/"
# Who pairs a phone asks the host for a new code, and is not sent elsewhere.
LEADS_NOWHERE = "guests/pair_spent.html"


@pytest.mark.parametrize("name", SORRY)
def test_it_leads_to_the_front_door_and_asks_the_database_nothing(name: str) -> None:
    assert (FRONT_DOOR in render_to_string(name)) is (name != LEADS_NOWHERE)


@pytest.mark.parametrize(
    ("name", "is_led"),
    [
        *((f"guests/link_{cause}.html", True) for cause in ("retired", "forgotten")),
        *((f"{status}.html", True) for status in (403, 404)),
        *((f"{status}.html", False) for status in (400, 405, 429, 500, 503)),
        ("donations/link_retired.html", False),
    ],
)
def test_to_a_new_link_only_where_that_would_help(name: str, is_led: bool) -> None:
    assert (LOST_LINK in render_to_string(name)) is is_led
