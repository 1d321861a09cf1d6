"""The style guide shows what there is: a page to look at, and a list that is held."""

import re
from collections import Counter

import pytest
from django.template import Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.test.signals import template_rendered

from losers_lounge import styleguide
from tests.test_design import PAGES, STYLE_SHEET, is_email, name_of

EVERYWHERE = 3
CLASSES = re.compile(r'class="([^"]*)"')
TAGS = re.compile(r"\{[{%].*?[%}]\}")


def classes_in(html: str) -> set[str]:
    words = " ".join(TAGS.sub(" ", found) for found in CLASSES.findall(html))
    return set(words.split())


@pytest.fixture
def style_guide() -> tuple[set[str], set[str]]:
    """The classes that it shows, and the templates it is made of."""
    request, shown, made_of = RequestFactory().get("/styleguide/"), set(), set()

    def note(template: Template, **_others: object) -> None:
        made_of.add(template.name)

    template_rendered.connect(note)
    for name in ("team", "guest", "door", "email"):
        page = f"styleguide/{name}.html"
        shown |= classes_in(render_to_string(page, styleguide.context(), request))
    template_rendered.disconnect(note)
    return shown, made_of


def test_style_guide_shows_every_partial(
    style_guide: tuple[set[str], set[str]],
) -> None:
    partials = {name_of(path) for path in PAGES if path.parent.name == "_partials"}
    assert partials - style_guide[1] == set()


def test_style_guide_shows_what_three_templates_use(
    style_guide: tuple[set[str], set[str]],
) -> None:
    """A class of one room is seen in that room; what recurs is seen here too."""
    styled = set(re.findall(r"\.([a-z][\w-]*)", STYLE_SHEET.read_text()))
    used = Counter(
        name
        for path in PAGES
        if not is_email(path) and path.parent.name != "styleguide"
        for name in classes_in(path.read_text()) & styled
    )
    recurring = {name for name, times in used.items() if times >= EVERYWHERE}
    assert "button" in recurring
    assert recurring - style_guide[0] == set()


@pytest.mark.parametrize("name", ["team", "guest", "door"])
def test_style_guide_shows_every_component(name: str) -> None:
    request = RequestFactory().get("/styleguide/")
    html = styleguide.page(request, name).content.decode()
    assert "Losers Lounge" in html
    if name == "team":
        for part in ("error-summary", "undo-bar", "<progress", "figures", "empty"):
            assert part in html
