"""The choices of a select in one go: there are some six hundred time zones.

Django draws each by a template of its own, of which another draws the attributes.
"""

from typing import Any

from django import template
from django.forms.utils import flatatt
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()
OPTION = '\n  <option value="{}"{}>{}</option>'
GROUP = '\n  <optgroup label="{}">{}\n  </optgroup>'


@register.filter
def options(groups: list[tuple[str | None, list[dict[str, Any]], int]]) -> SafeString:
    """A widget's `optgroups`, as Django's own template draws them."""
    pieces = []
    for name, choices, _number in groups:
        rows = [_option(row) for row in choices]
        if name:
            rows = [format_html(GROUP, name, mark_safe("".join(rows)))]  # noqa: S308
        pieces += rows
    # Each piece has come out of format_html.
    return mark_safe("".join(pieces))  # noqa: S308


def _option(row: dict[str, Any]) -> SafeString:
    # All but the one that is chosen have no attributes.
    attributes = flatatt(row["attrs"]) if row["attrs"] else ""
    return format_html(OPTION, str(row["value"]), attributes, row["label"])
