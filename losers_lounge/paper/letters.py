"""The letters of our papers: which face has them, how wide they are, how they break."""

import re
import unicodedata
from functools import cache, lru_cache
from pathlib import Path

from django.conf import settings
from reportlab.lib.colors import Color
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

# A face, and the one for the words it has no letters for.
FACES = {
    "text": ("figtree/figtree-regular.ttf", "dejavu/dejavu-sans.ttf"),
    "bold": ("figtree/figtree-bold.ttf", "dejavu/dejavu-sans-bold.ttf"),
    "title": ("fraunces/fraunces-semibold.ttf", "dejavu/dejavu-sans-bold.ttf"),
}
# Every reader of PDF brings these itself (Adobe-GB1, -Japan1, -Korea1): kana, hangul,
# and all that is left of the East.
ASIAN = (
    (re.compile(r"[\u3040-\u30ff\uff66-\uff9f]"), "HeiseiKakuGo-W5"),
    (re.compile(r"[\u1100-\u11ff\uac00-\ud7af]"), "HYGothic-Medium"),
    (re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]"), "STSong-Light"),
)
WORD = re.compile(r"\S+|\s+")
# What has no width or no letter: a line's end is ours to choose, a tab is a blank.
UNSEEN = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]"
)

Font = TTFont | UnicodeCIDFont


def plain(text: str) -> str:
    """One line of composed letters (NFC), controls and direction marks taken out."""
    if text.isascii() and text.isprintable():
        return text
    return UNSEEN.sub("", unicodedata.normalize("NFC", text.replace("\t", " ")))


def width_of(text: str, face: str, size: float) -> float:
    """In points, as `draw` would set it."""
    return sum(font.stringWidth(run, size) for font, run in _runs(text, face))


def wrapped(text: str, face: str, size: float, measure: float) -> list[str]:
    """The text in lines of at most this measure; a word that is wider is broken."""
    lines = []
    for given in text.splitlines() or [""]:
        line = plain(given)
        if width_of(line, face, size) <= measure:
            lines.append(line)
        else:
            lines += _broken(line, face, size, measure)
    return lines


def draw(
    canvas: Canvas,
    x: float,
    y: float,
    text: str,
    face: str,
    size: float,
    colour: Color,
) -> None:
    """Set one line with its baseline at y."""
    if not text:
        return
    canvas.setFillColor(colour)
    line = canvas.beginText(x, y)
    for font, run in _runs(text, face):
        line.setFont(font.fontName, size)
        line.textOut(run)
    canvas.drawText(line)


def _broken(line: str, face: str, size: float, measure: float) -> list[str]:
    lines, current, width = [], "", 0.0
    for word in WORD.findall(line):
        for piece in _pieces(word, face, size, measure):
            wide = width_of(piece, face, size)
            if current and width + wide > measure:
                lines.append(current.rstrip())
                current, width = "", 0.0
                if piece.isspace():
                    continue
            current += piece
            width += wide
    return [*lines, current.rstrip()] if current.strip() else lines


def _pieces(word: str, face: str, size: float, measure: float) -> list[str]:
    if word.isspace() or width_of(word, face, size) <= measure:
        return [word]
    pieces, current, width = [], "", 0.0
    for letter in word:
        wide = width_of(letter, face, size)
        if current and width + wide > measure:
            pieces.append(current)
            current, width = "", 0.0
        current += letter
        width += wide
    return [*pieces, current]


@lru_cache(maxsize=4096)
def _runs(text: str, face: str) -> tuple[tuple[Font, str], ...]:
    """The text by fonts. A word is set in one of them: half a name looks broken."""
    first, second = (_font(name) for name in FACES[face])
    if text.isascii():
        return ((first, text),) if text else ()
    runs: list[tuple[Font, str]] = []
    for word in WORD.findall(text):
        font = next(
            (_asian_font(name) for letters, name in ASIAN if letters.search(word)),
            first if _has_all(first, word) else second,
        )
        if runs and runs[-1][0] is font:
            runs[-1] = (font, runs[-1][1] + word)
        else:
            runs.append((font, word))
    return tuple(runs)


def _has_all(font: TTFont, word: str) -> bool:
    return all(ord(letter) in font.face.charToGlyph for letter in word)


@cache
def _font(name: str) -> TTFont:
    path = Path(settings.BASE_DIR) / "static" / "vendor" / name
    font = TTFont(path.stem, str(path), shapable=False)
    registerFont(font)
    return font


@cache
def _asian_font(name: str) -> UnicodeCIDFont:
    font = UnicodeCIDFont(name)
    registerFont(font)
    return font
