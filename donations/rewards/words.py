"""What may be engraved: the engraver's plate as data, and words checked against it."""

import re
import textwrap
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from losers_lounge.names import clean, fold


@dataclass(frozen=True)
class Plate:
    """What fits on a label, and which characters the engraver's machine can cut."""

    lines: int
    line_length: int
    characters: frozenset[str]


PLATE = Plate(
    lines=4,
    line_length=30,
    characters=frozenset(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
        "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿŒœŠšŽžŸŁł"
        " .,;:!?&'’\"“”()-–·/*+#"
    ),
)
# Typed in one way, cut in another.
LOOKALIKES = str.maketrans({"‘": "’", "—": "–", "\u00a0": " ", "„": "“", "`": "'"})
LINK = re.compile(r"://|www\.|@|\w\.(?:com|net|org|info|biz|tv|io|co|xxx)\b", re.I)
# What no charity hands over on a bottle; found as whole words, whatever their accents.
# Names that are rude in some mouths are names: Dick Van Dyke may be engraved.
RUDE_WORDS = """
    arsehole asshole bastard bitch bollocks bullshit cunt dickhead faggot fuck fucked
    fucker fucking motherfucker nazi nigger piss pussy shit shitty slut twat wank
    wanker whore
"""
RUDE = frozenset(RUDE_WORDS.split())
NOT_A_LETTER = re.compile(r"[^\w]+")


class NotEngravable(Exception):
    """These words do not go on a bottle; `problems` say why, one by one."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


def tidy(text: str) -> str:
    """Lines without odd spaces, and without empty ones."""
    # Bounded before it is looked at closely; the check then says that it is too long.
    plain = unicodedata.normalize("NFC", text[:2_000]).translate(LOOKALIKES)
    lines = (clean(line) for line in plain.splitlines())
    return "\n".join(line for line in lines if line)


def checked(text: str) -> str:
    """The words as they will be engraved. Raises NotEngravable."""
    tidied = tidy(text)
    problems = list(_problems(tidied))
    if problems:
        raise NotEngravable(problems)
    return tidied


def propose(*thoughts: str) -> str:
    """A text that fits, from thoughts in the order of their weight; "" if none does.

    Each begins a line of its own; what does not fit is left out from the end.
    """
    lines: list[str] = []
    for thought in thoughts:
        tidied = " ".join(tidy(thought).split())
        wrapped = textwrap.wrap(tidied, PLATE.line_length, break_long_words=False)
        more = [*lines, *wrapped]
        if wrapped and not list(_problems("\n".join(more))):
            lines = more
    return "\n".join(lines)


def _problems(text: str) -> Iterable[str]:
    lines = text.split("\n") if text else []
    if not lines:
        yield _("Write at least a name.")
    if len(lines) > PLATE.lines:
        yield _("At most %(n)d lines fit.") % {"n": PLATE.lines}
    long = [line for line in lines if len(line) > PLATE.line_length]
    if long:
        words = {"n": PLATE.line_length, "line": long[0][:60]}
        yield _("A line holds %(n)d characters; “%(line)s” is longer.") % words
    odd = sorted(set(text) - PLATE.characters - {"\n"})
    if odd:
        words = {"characters": " ".join(odd[:10])}
        yield _("The engraver cannot cut: %(characters)s") % words
    if LINK.search(text):
        yield _("No links and no addresses, please.")
    if RUDE & set(fold(NOT_A_LETTER.sub(" ", text)).split()):
        yield _("Not these words, not on a charity's bottle.")
