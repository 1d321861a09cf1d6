"""A select is drawn as Django draws it, and as quickly for many choices as for few."""

from typing import Any

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates, get_default_renderer
from django.test.signals import template_rendered
from pytest_django.asserts import assertHTMLEqual

MARKUP = "<b>\"'&"
FLAT = [("", "Nobody"), (1, "One & two"), (MARKUP, MARKUP)]
GROUPED = [("Near", [("a", "A"), ("b", "B")]), (MARKUP, [("c", "C")]), ("d", "D")]


@pytest.mark.parametrize("choices", [[], FLAT, GROUPED], ids=["none", "flat", "groups"])
@pytest.mark.parametrize("chosen", [None, "", "1", MARKUP, "c"])
def test_a_select_is_the_one_that_django_draws(choices: Any, chosen: Any) -> None:
    widget = forms.Select({"class": "form-select"}, choices)
    ours, theirs = (
        widget.render("place", chosen, {"id": "id_place", "required": True}, renderer)
        for renderer in (get_default_renderer(), DjangoTemplates())
    )
    assert "<option" in ours or not choices
    assertHTMLEqual(ours, theirs)


def test_many_choices_take_no_more_templates_than_few() -> None:
    drawn = []

    def hear(template: Any, **_: Any) -> None:
        drawn.append(template.name)

    template_rendered.connect(hear)
    for number in (2, 600):
        rows = [(str(row), str(row)) for row in range(number)]
        forms.Select(choices=rows).render("x", "1", renderer=get_default_renderer())
    template_rendered.disconnect(hear)
    half = len(drawn) // 2
    assert drawn and drawn[:half] == drawn[half:]
