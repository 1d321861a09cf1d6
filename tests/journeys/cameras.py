"""A camera that looks at QR codes: Chromium's own pretended one, fed with a film."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import segno
from playwright.sync_api import BrowserType, Page

from tests.browser import PHONE, QUIET, Watch, find_chromium

SIDE = 480
PICTURES_A_SECOND = 10
SECONDS_EACH = 2


def film(path: Path, codes: Sequence[str]) -> Path:
    """A YUV4MPEG2 file in which each code is held up for a while, over and over."""
    head = f"YUV4MPEG2 W{SIDE} H{SIDE} F{PICTURES_A_SECOND}:1 Ip A1:1 C420mpeg2\n"
    grey = b"\x80" * (SIDE * SIDE // 2)
    with path.open("wb") as file:
        file.write(head.encode())
        for code in codes:
            picture = b"FRAME\n" + luma(code) + grey
            file.write(picture * (PICTURES_A_SECOND * SECONDS_EACH))
    return path


def luma(code: str) -> bytes:
    """One picture's brightness: the code, as large as fits, on white."""
    rows = list(segno.make(code, error="m").matrix_iter(border=6))
    scale = SIDE // len(rows)
    edge = (SIDE - scale * len(rows)) // 2
    picture = bytearray(b"\xff" * (SIDE * SIDE))
    for y, row in enumerate(rows):
        line = b"".join((b"\x10" if dark else b"\xff") * scale for dark in row)
        for step in range(scale):
            start = (edge + y * scale + step) * SIDE + edge
            picture[start : start + len(line)] = line
    return bytes(picture)


@contextmanager
def phone_with_camera(
    chromium: BrowserType, url: str, film: Path, cookies: Sequence[dict[str, Any]] = ()
) -> Iterator[Page]:
    """A phone's page whose rear camera shows this film; it may not complain."""
    pretend = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    args = [*QUIET, *pretend, f"--use-file-for-fake-video-capture={film}"]
    browser = chromium.launch(executable_path=find_chromium(), args=args)
    try:
        watch = Watch()
        watch.forgives = (*watch.forgives, 404)  # a code that opens nothing
        context = browser.new_context(
            viewport=PHONE, base_url=url, locale="en-US", permissions=["camera"]
        )
        context.add_cookies(list(cookies))
        yield watch.over(context).new_page()
        assert watch.complaints == []
    finally:
        browser.close()
