"""Sentences of ours that rows keep in English, told in their reader's language.

What carries a number or a name when it is written is known again by its shape. What
people typed says nothing that is known here, and stays as they typed it.
"""

import re
from functools import cache, lru_cache

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_noop as noop

from losers_lounge.languages import ENGLISH

SHAPES = (
    noop("merged a scan: %(what)s"),
    noop("changed %(n)d guests at once"),
    noop("undid a change of %(n)d guests"),
    noop("imported %(kind)s"),
    noop("sent %(n)d letter"),
    noop("sent %(n)d letters"),
    noop("sent %(n)d receipt again"),
    noop("sent %(n)d receipts again"),
    noop("offered seats to %(n)d parties"),
    noop("planned a mailing of %(n)d"),
    noop("%(recorded)d recorded, %(proposed)d proposed as corrections"),
    noop("%(removed)d taken off, %(put_back)d put back"),
    noop("%(new)d new, %(changed)d changed"),
    noop("PIN on %(phone)s"),
    noop("Closing statement %d"),
    noop("Press sheet %d"),
    noop("Held by %(name)s"),
    noop("Given to donation %(donation)s"),
)
HOLE = re.compile(r"%(?:\((\w+)\))?([sd])")


def told(said: str) -> str:
    """The same in the language that is spoken now."""
    language = get_language()
    return said if not said or language == ENGLISH else _told(language, said)


@lru_cache(maxsize=2048)
def _told(language: str | None, said: str) -> str:
    """The same for the same words: a page says few verbs, many times."""
    for shape, text in _shapes():
        found = shape.fullmatch(said)
        if found:
            return _said(text, found)
    return gettext(said)


@cache
def _shapes() -> list[tuple[re.Pattern[str], str]]:
    return [(_pattern(text), text) for text in SHAPES]


def _pattern(text: str) -> re.Pattern[str]:
    """A shape with its holes: figures where figures stand, else anything."""
    parts, at = [], 0
    for hole in HOLE.finditer(text):
        name = f"?P<{hole[1]}>" if hole[1] else ""
        parts += [re.escape(text[at : hole.start()])]
        parts += [rf"({name}\d+)" if hole[2] == "d" else f"({name}.+)"]
        at = hole.end()
    return re.compile("".join([*parts, re.escape(text[at:])]))


def _said(text: str, found: re.Match[str]) -> str:
    named = found.groupdict()
    if not named:
        return gettext(text) % int(found[1])
    return gettext(text) % {name: _value(value) for name, value in named.items()}


def _value(value: str) -> int | str:
    return int(value) if value.isdigit() else gettext(value)
