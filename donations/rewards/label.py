"""The label as it will look, drawn for the donor to say yes to."""

import io
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from PIL import Image, ImageDraw, ImageFont

# Holds every character of the engraver's plate (words.PLATE; a test looks).
FONT = Path(settings.BASE_DIR) / "static/vendor/fraunces/fraunces-semibold.ttf"
WIDTH, HEIGHT = 900, 560
MARGIN, FRAME = 40, 6
PAPER, INK, GOLD = "#fbf7ec", "#2b2118", "#a8802c"
LARGEST, SMALLEST = 58, 30
QUALITY = 88


def draw(text: str, footer: str) -> bytes:
    """A JPEG of the label with these lines, and what it is of below them."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    pen = ImageDraw.Draw(picture)
    inside = (MARGIN, MARGIN, WIDTH - MARGIN, HEIGHT - MARGIN)
    pen.rectangle(inside, outline=GOLD, width=FRAME)
    lines = text.split("\n")
    size = _size(lines)
    step = size * 1.45
    y = (HEIGHT - step * (len(lines) - 1)) / 2 - 20
    for line in lines:
        pen.text((WIDTH / 2, y), line, fill=INK, font=_font(size), anchor="mm")
        y += step
    foot = (WIDTH / 2, HEIGHT - MARGIN - 36)
    pen.text(foot, footer[:60], fill=GOLD, font=_font(22), anchor="mm")
    kept = io.BytesIO()
    picture.save(kept, "JPEG", quality=QUALITY)
    return kept.getvalue()


def _size(lines: list[str]) -> int:
    """The largest type in which the longest line stands within the frame."""
    room = WIDTH - 2 * MARGIN - 60
    for size in range(LARGEST, SMALLEST, -2):
        if max(_font(size).getlength(line) for line in lines) <= room:
            return size
    return SMALLEST


@lru_cache(maxsize=32)
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONT, size)
