"""The smallest phone people carry, and what has to hold on it."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

SMALL = {"width": 360, "height": 740}
# Seconds are a promise of a machine that does nothing else.
IS_ALONE = "PYTEST_XDIST_WORKER" not in os.environ
# A colour half-way to another is nobody's colour.
STANDS_STILL = """() => Promise.all(document.getAnimations()
  .filter((found) => Number.isFinite(found.effect.getComputedTiming().endTime))
  .map((found) => found.finished.catch(() => null)))"""


def fits(page: Page) -> None:
    """Nothing is wider than the screen, and axe finds nothing."""
    # The whole page, and at rest: of half a page axe misses the other half.
    page.wait_for_load_state()
    page.evaluate(STANDS_STILL)
    width = page.evaluate("document.documentElement.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def follow_link(page: Page, name: str) -> None:
    """Press it, and be where it leads: a press alone may still be on its way."""
    with page.expect_navigation():
        page.get_by_role("link", name=name).click()


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """It took no longer; beside other tests the figure is printed and nothing else."""
    began = time.monotonic()
    yield
    took = time.monotonic() - began
    print(f"took {took:.1f} s of {seconds}")
    assert took < seconds or not IS_ALONE
