"""What every template may say without loading: money, times, a QR code."""

import io
from collections.abc import Hashable
from functools import lru_cache

import segno
from django import template
from django.contrib.messages import ERROR
from django.forms import BaseForm
from django.template import Context
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from losers_lounge import moments, names, navigation, stored, telling

register = template.Library()
register.filter(moments.in_zone)
register.filter(moments.whole_day)
register.filter(moments.short_time)
register.filter(moments.in_list)


@register.filter
def dollars(cents: int | None) -> str:
    """100000 -> "$1,000.00"; nothing known, nothing said."""
    return "" if cents is None else telling.told_cents(cents)


# Names that were joined are escaped by then: no second time.
@register.filter(is_safe=True)
def at_end(name: str) -> str:
    """A name as the last word of a sentence: of two full stops one is said."""
    return names.at_end(name)


@register.filter
def told(words: str) -> str:
    """What a row keeps, in its reader's language where the sentence is ours."""
    return stored.told(words)


@register.filter
def whole_dollars(cents: int) -> str:
    """100000 -> "$1,000", for an axis whose steps are round dollars."""
    return telling.told_cents(cents).removesuffix(".00")


@register.filter
def day_and_clock(moment: str) -> SafeString:
    """A moment spelled out, which a mail's narrow column breaks at its last comma."""
    day, comma, clock = moment.rpartition(", ")
    if not comma:
        return format_html("{}", moment)
    piece = '<span class="whole">{},</span> <span class="whole">{}</span>'
    return format_html(piece, day, clock)


@register.simple_tag(takes_context=True)
def refused_forms(context: Context) -> list[BaseForm]:
    """The forms of a page that were sent and have errors, whatever they are called."""
    values = context.flatten().values()
    forms = {id(it): it for it in values if isinstance(it, BaseForm) and it.is_bound}
    return [form for form in forms.values() if form.errors]


@register.simple_tag(takes_context=True)
def is_refused(context: Context) -> bool:
    """Whether the page says that something was not done: its title says so first."""
    if context.get("forms_refused") or context.get("problem"):
        return True
    said = context.get("messages") or ()
    return any(message.level >= ERROR for message in said)


@register.simple_tag
def drawn(name: str, **values: Hashable) -> SafeString:
    """A template that says plain values and nothing else: drawn once for all of them.

    It sees no request and no reader, so nobody is shown what is another one's.
    """
    return _drawn(get_language(), name, **values)


# By type as well: what is marked as safe equals what is not.
@lru_cache(maxsize=512, typed=True)
def _drawn(language: str | None, name: str, /, **values: Hashable) -> SafeString:
    return render_to_string(name, values)


@register.simple_tag
def qr_svg(text: str, label: str = "") -> SafeString:
    """A QR code as inline SVG: sized and coloured by the style sheet alone.

    It carries no style attribute, which the content security policy would refuse.
    """
    drawn = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        drawn,
        kind="svg",
        border=4,
        xmldecl=False,
        svgns=True,
        nl=False,
        omitsize=True,
        svgclass="qr-code",
        lineclass="qr-modules",
        title=label or _("QR code"),
    )
    svg = drawn.getvalue().decode().replace("<svg ", '<svg role="img" ', 1)
    # Made here from modules and an escaped title: no markup of anybody else's.
    return mark_safe(svg)  # noqa: S308


@register.simple_tag(takes_context=True)
def event_rooms(context: Context) -> navigation.Shown:
    """The rooms of the page's event that its reader may open: the tabs of a page."""
    path = getattr(context.get("request"), "path", "")
    roles = context.get("roles") or ()
    return navigation.rooms_of(context["event"].slug, roles, path)
