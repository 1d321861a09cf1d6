"""A letter's subject, text and HTML, written from its three templates.

The letters of a wave differ in names and links alone. What is the same in them is
written once, with a mark wherever a value of the reader's own belongs; for each letter
only the marks are filled in. Equal values have the same mark, so a template may still
ask whether two of them are one.
"""

import json
import re
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from django.conf import settings
from django.template import Context, Template
from django.template.loader import get_template
from django.utils.html import escape
from django.utils.translation import get_language

from losers_lounge.lazy import lazy_module

css_inline = lazy_module("css_inline")
ENDS = (".subject.txt", ".txt", ".html")
# What only parts of the mail are made from; no template of a wave asks for it.
NOT_WRITTEN = frozenset({"calendar", "papers", "mailing", "invitations", "message"})
# Nobody can know it, and so nobody's words hold a mark.
_SECRET = f"own{secrets.token_hex(8)}n"
_MARK = re.compile(rf"{_SECRET}(\d+)z")
# A wave has a handful: nominees and others, alone and with company, for one language.
MOST_KEPT = 64

# What stands between the marks, and each mark's number: text, number, text ...
Pieces = tuple[str, ...]


@dataclass(frozen=True)
class Texts:
    """What a letter says, three times."""

    subject: str
    plain: str
    html: str


def write(stem: str, context: dict[str, Any], *, is_of_a_wave: bool) -> Texts:
    """The letter whose templates begin with this stem, in the language that is set."""
    templates = [get_template(f"{stem}{end}").template for end in ENDS]
    if not is_of_a_wave:
        return Texts(*_written(*templates, context))
    shared, own = _parted(context)
    kept = _kept(*templates, get_language(), json.dumps(shared, sort_keys=True))
    escaped = [escape(value) for value in own]
    subject, plain, html = kept
    return Texts(_filled(subject, own), _filled(plain, own), _filled(html, escaped))


def _written(
    subject: Template, plain: Template, html: Template, context: dict[str, Any]
) -> Iterator[str]:
    """Text is not escaped: "Amy & Jon" is to be read, not shown by a browser."""
    for text in (subject, plain):
        yield str(text.render(Context(context, autoescape=False)))
    yield _inliner().inline(str(html.render(Context(context))))


@lru_cache(maxsize=MOST_KEPT)
def _kept(
    subject: Template, plain: Template, html: Template, language: str, shared: str
) -> tuple[Pieces, ...]:
    """What a wave's letters have in common, by all that it depends on."""
    context = {**json.loads(shared), "message": {"is_bulk": True}}
    written = _written(subject, plain, html, context)
    return tuple(tuple(_MARK.split(text)) for text in written)


def _filled(pieces: Pieces, own: list[str]) -> str:
    filled = list(pieces)
    filled[1::2] = [own[int(number)] for number in pieces[1::2]]
    return "".join(filled)


def _parted(context: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """What all letters of the wave say, with marks, and what each mark stands for."""
    marks = {name: _mark(place) for place, name in enumerate(_names(context))}
    shared = {
        key: _marked(value, marks)
        for key, value in context.items()
        if key not in NOT_WRITTEN
    }
    # A host's own words greet by name, as plain text: any place of it is as good.
    if (words := context.get("words")) and (greeting := context.get("greeting")):
        mark = marks[greeting]
        shared["words"] = {k: text.replace(greeting, mark) for k, text in words.items()}
    return shared, list(marks)


def _names(context: dict[str, Any]) -> Iterable[str]:
    """The names in a letter, once each; links are found by how they begin."""
    guest, code = context.get("guest") or {}, context.get("qr") or {}
    named = [context.get("greeting"), guest.get("name"), code.get("code")]
    named += context.get("guest_names") or []
    return dict.fromkeys(name for name in named if name)


def _marked(value: Any, marks: dict[str, str]) -> Any:
    """The value with a mark instead of each string that is the reader's own."""
    if isinstance(value, str):
        if value.startswith(f"{settings.SITE_URL}/"):
            return marks.setdefault(value, _mark(len(marks)))
        return marks.get(value, value)
    if isinstance(value, dict):
        return {key: _marked(inner, marks) for key, inner in value.items()}
    return (
        [_marked(inner, marks) for inner in value] if isinstance(value, list) else value
    )


def _mark(place: int) -> str:
    return f"{_SECRET}{place}z"


@cache
def _inliner() -> Any:
    return css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)
