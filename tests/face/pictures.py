"""Draw the README's pictures: `python -m tests.face.pictures [names ...]`.

Each is a real screen of the demo's night, as a browser shows it at this moment: what
the pages say they say by the night's own clock, so only codes and times of payments
differ from one run to the next.
"""

import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from tests.browser import LAPTOP, PHONE, QUIET, find_chromium
from tests.face.night import BEFORE_A_SECOND_PERSON, DOORS_OPEN, playing

FOLDER = Path(__file__).resolve().parent / "pictures"
EACH, ALL = 200_000, 1_000_000
COLOURS = 192
TALL = {"width": 1280, "height": 1240}


class Picture(NamedTuple):
    name: str
    path: str
    cookies: dict[str, str]
    size: dict[str, int]
    # What has to be on the page; else the picture shows something else.
    words: str


def main() -> None:
    wanted = sys.argv[1:]
    with playing() as evening, sync_playwright() as playwright:
        path = find_chromium()
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        FOLDER.mkdir(exist_ok=True)
        for picture in pictures(evening):
            if picture.name in wanted or not wanted:
                data = drawn(browser, picture, evening.settings.SITE_URL)
                (FOLDER / f"{picture.name}.png").write_bytes(data)
                print(f"{picture.name:12} {len(data):7,} bytes", flush=True)
        browser.close()
    if (size := sum(file.stat().st_size for file in FOLDER.glob("*.png"))) > ALL:
        sys.exit(f"The pictures weigh {size:,} bytes together, over {ALL:,}.")


def pictures(evening: Any) -> Iterator[Picture]:
    """All of them, the night's moments one after the other."""
    amy, rosa, dot, finn = (
        evening.member(f"{name}@example.com") for name in ("amy", "ravi", "dot", "finn")
    )
    night = evening.the_night()
    tina = evening.guest(night, "Tina Fey")
    here = f"/invitation/{tina.invitation.public_id}/"
    words = "Are you coming, Tina Fey?"
    yield Picture("invitation", here, evening.invited(tina), PHONE, words)
    yield Picture("money", f"/donations/{night.slug}/", finn, TALL, "Worldwide Orphans")
    yield Picture("total", f"/total/{night.slug}/", {}, LAPTOP, "Worldwide Orphans")
    waiting = evening.stopped_at(BEFORE_A_SECOND_PERSON)
    here = f"/events/{waiting.slug}/results/"
    yield Picture("results", here, rosa, LAPTOP, "Lead Actress in a Comedy Series")
    event = evening.stopped_at(DOORS_OPEN)
    loser = evening.guest(event, "Will Forte")
    here = f"/invitation/{loser.invitation.public_id}/"
    cookies = evening.invited(loser)
    yield Picture("lost", here, cookies, PHONE, "You lost. Come on in.")
    yield Picture("pass", f"{here}pass/", cookies, PHONE, "Will Forte")
    for colour, name in (("green", "Will Forte"), ("gold", "Tina Fey")):
        here = f"/events/{event.slug}/door/{evening.guest(event, name).pk}/"
        yield Picture(f"door-{colour}", here, dot, PHONE, name)
    yield Picture("guests", f"/events/{event.slug}/guests/", amy, LAPTOP, "Adam Driver")


def drawn(browser: Browser, picture: Picture, site: str) -> bytes:
    """The first screen of the page, as a PNG of few colours."""
    context = browser.new_context(
        base_url=site,
        viewport=picture.size,
        device_scale_factor=2 if picture.size == PHONE else 1.25,
        locale="en-US",
        timezone_id="America/Los_Angeles",
        reduced_motion="reduce",
    )
    context.add_cookies(
        [{"name": name, "value": v, "url": site} for name, v in picture.cookies.items()]
    )
    page = context.new_page()
    page.goto(picture.path, wait_until="load")
    page.get_by_text(picture.words).first.wait_for()
    page.evaluate("document.fonts.ready")
    data = fewer_colours(page.screenshot())
    context.close()
    if len(data) > EACH:
        sys.exit(f"{picture.name}: {len(data):,} bytes, over {EACH:,}.")
    return data


def fewer_colours(png: bytes) -> bytes:
    """The same picture from a palette: text keeps its edges, a page a third of it."""
    with Image.open(io.BytesIO(png)) as image:
        flat = image.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    written = io.BytesIO()
    flat.save(written, "PNG", optimize=True)
    return written.getvalue()


if __name__ == "__main__":
    main()
