"""Mail scanners open every link in a real browser, run its scripts and prefetch on.

Nothing they do is a person's press: the whole database is as it was before
(ASVS 5.0, 3.5.3; DESIGN.md rule 9). No worker runs beside, who would have work of
its own to write down.
"""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from playwright.sync_api import BrowserContext, Page

from tests.browser import PHONE
from tests.security.scene import Scene, make_scene
from tests.test_routes import rows

# What stands in a mail, on a card or on a screen, and the pages that it opens.
WAYS_IN = {
    "guests:link": (
        *("guests:invitation", "guests:pass", "guests:donate", "guests:pledge"),
        *("guests:thanks", "guests:own_address"),
    ),
    "guests:contact_link": (
        *("guests:contact", "guests:contact_passes", "guests:contact_give"),
        *("guests:contact_thanks", "guests:contact_pledge"),
    ),
    "guests:pay_link": ("guests:pay", "guests:pay_thanks"),
    "donations:donor_link": (
        *("donations:donor", "donations:donor_receipt", "donations:donor_pdf"),
        "guests:surplus",
    ),
    "events:unsubscribe": ("guests:lost_link",),
    "guests:pair": ("donations:total", "account_login", "account_reset_password"),
    "guests:door_pass": ("events:home",),
}
# As programs do it that look ahead: every link of a page, by HEAD and by GET.
LOOK_AHEAD = """async (known) => {
  const links = [...document.querySelectorAll("a[href]")].map((a) => a.href);
  const ours = new Set(links.filter((href) => href.startsWith(location.origin)));
  known.forEach((href) => ours.delete(href));
  for (const href of ours) {
    for (const method of ["HEAD", "GET"]) {
      await fetch(href, { method, headers: { "Sec-Purpose": "prefetch" } });
    }
  }
  for (const type of ["mousemove", "scroll", "focus", "visibilitychange", "pagehide"]) {
    document.dispatchEvent(new Event(type, { bubbles: true }));
    window.dispatchEvent(new Event(type));
  }
  return [...ours];
}"""
PRESS = "document.querySelector('form[action*=rsvp] button[value=no]').click()"


@pytest.mark.django_db(transaction=True)
def test_a_scanner_that_runs_scripts_changes_no_row(
    live_server: Any, new_context: Callable[..., BrowserContext]
) -> None:
    with transaction.atomic():
        scene = make_scene()
    scene.event.total_is_public = True
    scene.event.save()
    before, pages, links = rows(), 0, 0
    for way, behind in WAYS_IN.items():
        context = new_context(viewport=PHONE, base_url=live_server.url)
        page, known = context.new_page(), []
        for name in (way, *behind):
            known += scan(page, scene, name, known)
            pages += 1
        links += len(known)
        context.close()
        after = rows()
        changed = [name for name in after if after[name] != before[name]]
        assert changed == [], way
    assert pages > 20 and links > 30
    a_press_would_be_seen(new_context(base_url=live_server.url).new_page(), scene)


def scan(page: Page, scene: Scene, name: str, known: list[str]) -> list[str]:
    """Open it, let its scripts run, look ahead; which new links it had."""
    if name == "donations:donor_pdf":
        # A browser keeps a file, and shows no page.
        page.request.get(scene.url(name))
        return []
    page.goto(scene.url(name), wait_until="load")
    # What a page does by itself, it does within a second or two.
    page.wait_for_load_state("networkidle")
    return list(page.evaluate(LOOK_AHEAD, known))


def a_press_would_be_seen(page: Page, scene: Scene) -> None:
    """A script that pressed for somebody is what this test is there to find."""
    before = rows()
    page.goto(scene.url("guests:link"))
    with page.expect_navigation():
        page.evaluate(PRESS)
    assert rows() != before
