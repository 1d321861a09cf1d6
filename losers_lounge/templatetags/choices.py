"""The choices of a select in one go: there are some six hundred time zones.

Django draws each by a template of its own, of which another draws the attributes.
"""

from typing import Any

from django import template
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()
OPTION = '\n  <option value="{}"{}>{}</option>'
GROUP = '\n  <optgroup label="{}">{}\n  </optgroup>'


@register.filter
def options(groups: list[tuple[str | None, list[dict[str, Any]], int]]) -> SafeString:
    """A widget's `optgroups`, as Django's own template draws them."""
    return format_html_join("", "{}", ([_group(*group)] for group in groups))


def _group(name: str | None, choices: list[dict[str, Any]], _number: int) -> SafeString:
    rows = format_html_join("", OPTION, map(_option, choices))
    return format_html(GROUP, name, rows) if name else rows


def _option(row: dict[str, Any]) -> tuple[str, str, str]:
    # All but the one that is chosen have no attributes.
    attributes = flatatt(row["attrs"]) if row["attrs"] else ""
    return str(row["value"]), attributes, row["label"]
