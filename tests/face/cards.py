"""Draw what a link shows when it is passed on: `python -m tests.face.cards`.

One card for each cover, the head of its letters, and the icon that a phone puts on its
home screen, from the SVGs and typefaces that the pages themselves show. Each says
inside what it was drawn from; tests/test_covers.py holds that, so that none can go
stale.
"""

import base64
import hashlib
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from PIL import Image, PngImagePlugin
from playwright.sync_api import sync_playwright

from tests.browser import QUIET, find_chromium

STATIC = Path(__file__).resolve().parents[2] / "static"
IMAGES = STATIC / "img"
SHEET = STATIC / "css" / "site.css"
GROUND = re.compile(r"\.cover-(\w+) {\s+--ground: (#\w+);")
SOURCE = "Drawn from"
# A mail carries its drawing inside: a few colours are a third of the bytes.
SHARED_COLOURS, MAILED_COLOURS = 256, 64

CARD = """<!doctype html><meta charset="utf-8"><style>
@font-face {{ font-family: Fraunces; src: url({fraunces}); font-weight: 100 900 }}
@font-face {{ font-family: Figtree; src: url({figtree}); font-weight: 300 900 }}
body {{ box-sizing: border-box; width: 1200px; height: 630px; margin: 0;
  padding: 148px 80px 0; color: #fff4e2;
  background: {ground} url({art}) right -14px bottom / auto 112% no-repeat }}
h1 {{ margin: 0; font: 500 116px/.97 Fraunces; letter-spacing: -.035em }}
p {{ margin: 34px 0 0; color: #f0b23e; font: 500 35px/1.3 Figtree }}
div {{ display: flex; gap: 20px; align-items: center; margin-top: 52px;
  font: 600 34px/1 Fraunces }}
img {{ width: 76px; height: 76px; margin: -12px -10px -12px -14px }}
</style><h1>You are<br>invited.</h1><p>Lose, and it’s on us.</p>
<div><img src="{mark}" alt="">Losers Lounge</div>"""
# Twice as wide as it is shown; its left edge is the ground of the letter's head.
HEAD = """<!doctype html><meta charset="utf-8"><style>
body {{ width: 288px; height: 216px; margin: 0;
  background: {ground} url({art}) right -8px bottom / auto 112% no-repeat }}
</style>"""
# The corners are the phone's own.
ICON = """<!doctype html><meta charset="utf-8"><style>
body {{ width: 180px; height: 180px; margin: 0; background: #2b1226 }}
img {{ width: 180px; height: 180px }}
</style><img src="{mark}" alt="">"""


class Drawing(NamedTuple):
    file: Path
    page: str
    size: dict[str, int]
    colours: int = SHARED_COLOURS

    def name(self) -> str:
        """share/plinth, letter/plinth: what of a cover it is."""
        return str(self.file.relative_to(IMAGES).with_suffix(""))

    @property
    def source(self) -> str:
        """A name for all that it is drawn from; another page has another one."""
        return hashlib.sha256(self.page.encode()).hexdigest()


def main() -> None:
    with sync_playwright() as playwright:
        path = find_chromium()
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        for drawing in drawings():
            page = browser.new_page(viewport=drawing.size)
            page.set_content(drawing.page)
            page.evaluate("document.fonts.ready")
            drawing.file.write_bytes(signed(page.screenshot(), drawing))
            page.close()
            size = drawing.file.stat().st_size
            print(f"{drawing.name()} {size:,} bytes", flush=True)
        browser.close()


def drawings() -> Iterator[Drawing]:
    """All of them, as the pages that are looked at to draw them."""
    gold = (IMAGES / "favicon.svg").read_text().replace('rx="7"', 'rx="0"')
    on_nothing = gold.replace('fill="#2b1226"', 'fill="none"')
    fonts = STATIC / "vendor"
    figtree = data(fonts / "figtree" / "figtree-latin-wght-normal.woff2", "font/woff2")
    fraunces = "fraunces-latin-opsz-normal.woff2"
    for cover, ground in GROUND.findall(SHEET.read_text()):
        art = data(IMAGES / "covers" / f"{cover}.svg", "image/svg+xml")
        page = CARD.format(
            figtree=figtree,
            fraunces=data(fonts / "fraunces" / fraunces, "font/woff2"),
            ground=ground,
            art=art,
            mark=svg(on_nothing),
        )
        file = IMAGES / "share" / f"{cover}.png"
        yield Drawing(file, page, {"width": 1200, "height": 630})
        head = HEAD.format(ground=ground, art=art)
        file = IMAGES / "letter" / f"{cover}.png"
        yield Drawing(file, head, {"width": 288, "height": 216}, MAILED_COLOURS)
    icon = ICON.format(mark=svg(gold))
    yield Drawing(IMAGES / "touch-icon.png", icon, {"width": 180, "height": 180})


def drawn_from(file: Path) -> str | None:
    """What a picture says of itself."""
    with Image.open(file) as image:
        image.load()
        return image.info.get(SOURCE)


def signed(png: bytes, drawing: Drawing) -> bytes:
    """The same picture from a palette, with the name of what it was drawn from."""
    told = PngImagePlugin.PngInfo()
    told.add_text(SOURCE, drawing.source)
    with Image.open(io.BytesIO(png)) as image:
        flat = image.convert("RGB").quantize(drawing.colours, dither=Image.Dither.NONE)
    written = io.BytesIO()
    flat.save(written, "PNG", optimize=True, pnginfo=told)
    return written.getvalue()


def data(file: Path, kind: str) -> str:
    return f"data:{kind};base64,{base64.b64encode(file.read_bytes()).decode()}"


def svg(text: str) -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode(text.encode()).decode()}"


if __name__ == "__main__":
    main()
