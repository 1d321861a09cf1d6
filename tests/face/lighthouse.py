"""What Lighthouse says of five pages: `python -m tests.face.lighthouse [names ...]`.

Its mobile preset with a simulated slow network, in Chromium without a network of its
own, before gunicorn with production's settings and collected static files. It has to be
at hand (`npx lighthouse --version`), and is no part of the project. Exits with an error
where a page is under its bars.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError

from playwright.sync_api import BrowserContext, sync_playwright

from tests.browser import QUIET, find_chromium
from tests.face.night import DOORS_OPEN, playing
from tests.servers import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
CATEGORIES = ("performance", "accessibility", "best-practices")
LEAST, MOST_KILOBYTES, START_SECONDS = 95, 100, 30
TOLD = {
    "FCP": "first-contentful-paint",
    "LCP": "largest-contentful-paint",
    "TBT": "total-blocking-time",
    "CLS": "cumulative-layout-shift",
}
Page = tuple[str, dict[str, str]]


def main() -> None:
    with playing() as evening, served(evening.settings) as url:
        pages = five_pages(evening)
        wanted = sys.argv[1:] or list(pages)
        print(f"{'page':10} perf  a11y  best     FCP      LCP      TBT  CLS    CSS+JS")
        with browser() as (port, context):
            poor = [name for name in wanted if is_poor(name, url, pages, port, context)]
    if poor:
        sys.exit(f"Under {LEAST}, moving, or over {MOST_KILOBYTES} kB: {poor}")


def five_pages(evening: Any) -> dict[str, Page]:
    """Where people wait: address and cookies of each."""
    night, event = evening.the_night(), evening.stopped_at(DOORS_OPEN)
    tina = evening.guest(night, "Tina Fey")
    amy, dot, finn = (
        evening.member(f"{name}@example.com") for name in ("amy", "dot", "finn")
    )
    here = f"/invitation/{tina.invitation.public_id}/"
    return {
        "guest": (here, evening.invited(tina)),
        "list": (f"/events/{event.slug}/guests/", amy),
        "door": (f"/events/{event.slug}/door/", dot),
        "dashboard": (f"/donations/{night.slug}/", finn),
        "total": (f"/total/{night.slug}/", {}),
    }


def is_poor(
    name: str, url: str, pages: dict[str, Page], port: int, context: BrowserContext
) -> bool:
    """Measure one page, print its line; whether it is under a bar."""
    path, cookies = pages[name]
    context.clear_cookies()
    context.add_cookies(
        [{"name": key, "value": value, "url": url} for key, value in cookies.items()]
    )
    report = measured(url + path, port)
    audits = report["audits"]
    if url + path != (landed := report["finalDisplayedUrl"]):
        raise SystemExit(f"{name}: led to {landed}")
    scores = [round(100 * report["categories"][kind]["score"]) for kind in CATEGORIES]
    words = [audits[key]["displayValue"].replace("\xa0", " ") for key in TOLD.values()]
    kilobytes = weight(audits) / 1000
    figures = "".join(f"{score:6}" for score in scores)
    times = "".join(f"{word:>9}" for word in words[:3])
    print(f"{name:9}{figures}{times}  {words[3]:5} {kilobytes:5.1f} kB", flush=True)
    moves = audits[TOLD["CLS"]]["numericValue"] > 0.005
    return min(scores) < LEAST or moves or kilobytes > MOST_KILOBYTES


def weight(audits: dict[str, Any]) -> int:
    """Bytes of style sheets and scripts as they went over the wire."""
    requests = audits["network-requests"]["details"]["items"]
    kinds = ("Stylesheet", "Script")
    return sum(r["transferSize"] for r in requests if r.get("resourceType") in kinds)


def measured(url: str, port: int) -> dict[str, Any]:
    """Lighthouse's own report of this page in the browser on that port."""
    only = f"--only-categories={','.join(CATEGORIES)}"
    words = ["lighthouse", url, "--quiet", "--output=json", only, f"--port={port}"]
    # S603, S607: npx is looked up, every other word is written here.
    done = subprocess.run(
        ["npx", "--no-install", *words],
        capture_output=True,
        text=True,
        cwd=os.environ.get("LIGHTHOUSE_FOLDER", ROOT),
    )
    if done.returncode:
        raise SystemExit(done.stderr or "npx lighthouse failed")
    return dict(json.loads(done.stdout))


@contextmanager
def browser() -> Iterator[tuple[int, BrowserContext]]:
    """One that listens: Lighthouse opens its tabs beside the cookies put there."""
    port = free_port()
    listen = f"--remote-debugging-port={port}"
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as profile:
        context = playwright.chromium.launch_persistent_context(
            profile, executable_path=find_chromium(), args=[*QUIET, listen]
        )
        yield port, context
        context.close()


@contextmanager
def served(settings: Any) -> Iterator[str]:
    """gunicorn as one machine has it, on the night's database."""
    with tempfile.TemporaryDirectory(prefix="lounge-") as folder:
        url = f"http://127.0.0.1:{free_port()}"
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "tests.live_settings",
            "LIVE_STATIC_ROOT": f"{folder}/static",
            "EMBEDDED": "False",
            "REDIS_URL": "redis://127.0.0.1:1/0",
            "SITE_URL": url,
        }
        python = [sys.executable, "-m"]
        collect = [*python, "django", "collectstatic", "--noinput", "-v", "0"]
        subprocess.run(collect, cwd=ROOT, env=environment, check=True)
        bind = ["--bind", url.removeprefix("http://"), "--threads", "4"]
        control = ["--control-socket", f"{folder}/gunicorn.ctl"]
        server = subprocess.Popen(
            [*python, "gunicorn", "losers_lounge.wsgi", *bind, *control],
            cwd=ROOT,
            env=environment,
            stderr=subprocess.DEVNULL,
        )
        try:
            wait_for(f"{url}/healthz")
            yield url
        finally:
            server.terminate()
            server.wait()


def wait_for(url: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            urllib.request.urlopen(url).close()
            return
        except (URLError, ConnectionError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


if __name__ == "__main__":
    main()
