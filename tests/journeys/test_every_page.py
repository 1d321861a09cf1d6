"""Every page, in both themes and at four widths: axe is content, nothing is cut off."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import transaction
from playwright.sync_api import BrowserContext, Page
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from losers_lounge.stand_in.server import StandIn
from tests.journeys.places import people, places
from tests.security.scene import Scene, make_scene

ROOMS = ("for guests and accounts", "money and accounts", "door", "team")
# WCAG 2.2: 1.4.10 reflow; 1.4.4 text at 200 % on a laptop.
NO_SIDEWAYS_SCROLL = (320, 640)
LOOKS = ((360, "light"), (1280, "dark"))
# EVERY_LOOK=1 takes a minute more: each theme at each width.
if os.environ.get("EVERY_LOOK"):
    LOOKS += ((1280, "light"), (360, "dark"))
# Of the second look at a page only that counts which a theme or a width can change.
OF_LOOKS = ["color-contrast", "target-size", "link-in-text-block"]
OF_LOOKS += ["scrollable-region-focusable"]
RUN = """async (rules) => {
  const only = rules.length ? { runOnly: { type: "rule", values: rules } } : {};
  const target = { rules: { "target-size": { enabled: true } } };
  const options = { resultTypes: ["violations"], iframes: false, ...target, ...only };
  const { violations } = await axe.run(document, options);
  return violations.map((found) =>
    [found.id, ...found.nodes.slice(0, 4).map((node) => node.target.join(" "))]);
}"""
# WCAG 2.2: 2.4.7 and 2.4.11: what has the focus shows it, on itself or around it, and
# is not wholly covered.
FOCUS = """() => {
  const wanted = "a[href], button, input, select, textarea, summary, [tabindex]";
  const told = [];
  for (const found of document.querySelectorAll(wanted)) {
    if (found.disabled || found.tabIndex < 0 || !found.checkVisibility()) continue;
    found.focus({ focusVisible: true });
    if (document.activeElement !== found) continue;
    const name = found.outerHTML.slice(0, 90);
    const near = [found, found.parentElement, found.parentElement.parentElement];
    const drawn = [...near, found.nextElementSibling].some((part) => {
      const ring = part && getComputedStyle(part);
      return ring && ring.outlineStyle !== "none" && parseFloat(ring.outlineWidth) >= 2;
    });
    if (!drawn) told.push(["no focus ring", name]);
    const box = found.getClientRects()[0];
    if (!box || box.width < 2 || box.height < 2) continue;
    const points = [box.y + box.height / 2, box.y + 2, box.bottom - 2];
    const x = box.x + box.width / 2;
    const tops = points.map((y) => document.elementFromPoint(x, y)).filter(Boolean);
    const is = (top) => found.contains(top) || top.contains(found);
    const label = (top) => top.closest("label")?.control === found;
    if (!tops.some(is) && !tops.some(label)) told.push(["hidden focus", name]);
  }
  return told;
}"""
# A table stays in its frame, and a sum on its line.
WHOLE = """() => {
  const lines = (found) => {
    const words = document.createRange();
    words.selectNodeContents(found);
    return new Set([...words.getClientRects()].map(({ top }) => Math.round(top))).size;
  };
  const frames = [...document.querySelectorAll(".table-wrap")].filter((found) =>
    getComputedStyle(found).overflowX === "visible"
    && found.scrollWidth > found.clientWidth + 1);
  const sums = [...document.querySelectorAll(".figure-value")]
    .filter((found) => found.checkVisibility() && lines(found) > 1);
  const told = (why) => (found) => [why, found.outerHTML.slice(0, 90)];
  return [...frames.map(told("out of its frame")), ...sums.map(told("a broken sum"))];
}"""
# Nothing moves for whoever asked for that (WCAG 2.3.3).
MOVING = """() => [...document.querySelectorAll("*")].filter((found) => {
  const { transitionDuration, animationName } = getComputedStyle(found);
  return animationName !== "none" || transitionDuration.split(", ").some(parseFloat);
}).map((found) => ["moves", found.outerHTML.slice(0, 90)])"""
# Where people wait, or press in a hurry. With a network's delay scripts, and what they
# ask for, come after the page was drawn; what a typeface moves is not counted.
STILL = ("guests:invitation", "guests:pass", "guests:guest_list", "guests:door")
STILL += ("guests:results", "donations:dashboard", "donations:total")
DELAY = {"offline": False, "latency": 100}
DELAY |= {"downloadThroughput": -1, "uploadThroughput": -1}
SHIFTS = """() => new Promise((done) => {
  const seen = [];
  const keep = (entries) => seen.push(...entries.flatMap(({ value, sources }) =>
    sources.map(({ node }) => ["shifts", value, node?.outerHTML?.slice(0, 90)])));
  const watch = new PerformanceObserver((list) => keep(list.getEntries()));
  watch.observe({ type: "layout-shift", buffered: true });
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => {
    keep(watch.takeRecords());
    done(seen);
  }, 500)));
})"""
WIDTH = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"


@pytest.fixture
def scene(
    transactional_db: None,
    stand_in: StandIn,
    settings: Settings,
    live_server: LiveServer,
) -> Scene:
    settings.ROOT_URLCONF = "tests.journeys.places"
    settings.SITE_URL = live_server.url
    settings.BOUNCES_PROVIDER, settings.BOUNCES_SECRET = "postmark", "a:b"
    with transaction.atomic():
        scene = make_scene()
    scene.event.total_is_public = True
    scene.event.save()
    return scene


def looked_at(page: Page) -> Iterator[Any]:
    """What is wrong with an open page."""
    page.emulate_media(reduced_motion="reduce")
    for width in NO_SIDEWAYS_SCROLL:
        page.set_viewport_size({"width": width, "height": 740})
        needed, there = page.evaluate(WIDTH)
        if needed > there:
            yield f"{needed} wide at {width}"
    yield from page.evaluate(MOVING)
    yield from axe(page, FOCUS, WHOLE)


def axe(page: Page, *others: str) -> Iterator[Any]:
    """What axe and others find, on a phone by day and on a laptop by night."""
    page.evaluate(Axe().axe_script)
    for number, (width, theme) in enumerate(LOOKS):
        page.set_viewport_size({"width": width, "height": 740})
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        for found in page.evaluate(RUN, OF_LOOKS if number else []):
            yield (width, theme, *found)
        for other in others:
            for found in page.evaluate(other):
                yield (width, theme, *found)


def shifted(page: Page, url: str) -> list[Any]:
    """What moved of itself while a page came, slowly."""
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    network.send("Network.setBlockedURLs", {"urls": ["*.woff2"]})
    network.send("Network.emulateNetworkConditions", DELAY)
    page.goto(url)
    moved: list[Any] = page.evaluate(SHIFTS)
    network.detach()
    return moved


@pytest.mark.parametrize("room", ROOMS)
def test_pages_fit_and_axe_finds_nothing(
    room: str, scene: Scene, live_server: LiveServer, new_context: Any
) -> None:
    visitors = people(scene)
    pages: dict[str, Page] = {}
    found, seen = {}, []
    for place in places(scene, visitors):
        if place.room == room:
            page = pages.get(place.person)
            if page is None:
                context = new_context(base_url=live_server.url, reduced_motion="reduce")
                let_in(context, visitors[place.person], live_server.url)
                page = pages[place.person] = context.new_page()
            wrong = shifted(page, place.url) if place.name in STILL else []
            page.goto(place.url)
            seen.append(place)
            if wrong := [*wrong, *looked_at(page)]:
                found[place.name, place.person] = wrong
    assert not found, "\n".join(f"{place}: {wrong}" for place, wrong in found.items())


def test_faults_are_seen(page: Page) -> None:
    """As many as are planted: grey on white, a button for a pin, what is too wide."""
    page.set_content(
        "<!doctype html><html lang=en><title>T</title><main><h1>T</h1>"
        "<p style='color:#bbb'>Pale</p><p style='width:400px;transition:1s'>Wide</p>"
        "<a href=#a style='font-size:6px'>a</a><a href=#b style='font-size:6px'>b</a>"
        "<div class=table-wrap style='width:9px'><p style='width:20px'>W</p></div>"
        "<p class=figure-value style='width:9px;word-break:break-all'>$9.00</p>"
    )
    told = str(list(looked_at(page)))
    assert "color-contrast" in told and "target-size" in told, told
    assert "moves" in told, told
    assert "out of its frame" in told and "a broken sum" in told, told
    assert "wide at 320" in told and "wide at 640" not in told, told


def let_in(context: BrowserContext, client: Any, url: str) -> None:
    """The browser holds what the client was given."""
    cookies = [
        {"name": name, "value": morsel.value, "url": url}
        for name, morsel in client.cookies.items()
    ]
    context.add_cookies(cookies)
