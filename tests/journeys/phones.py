"""The smallest phone people carry, and what has to hold on it."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

SMALL = {"width": 360, "height": 740}


def fits(page: Page) -> None:
    """Nothing is wider than the screen, and axe finds nothing."""
    width = page.evaluate("document.documentElement.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
