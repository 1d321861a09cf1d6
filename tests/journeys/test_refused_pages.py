"""Every form, refused: the page says so first, and leads to what is to be mended."""

from collections.abc import Callable, Iterator

import pytest
from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponse
from playwright.sync_api import Page

from tests.journeys.places import is_document
from tests.journeys.test_every_page import axe
from tests.security.hostile import FORMS, MARKUP
from tests.security.scene import Scene, make_scene

pytestmark = pytest.mark.django_db

# A wider form is tried as a whole alone: each field would draw all of it again.
WIDE = 4
# Nothing said beside what is owed leads to Stripe.
NEVER_EMPTY = "guests:pay_give"
# GOV.UK's pattern: the title, the summary in focus, and from each of its links to a
# field that says the same beside itself. A button says it is wrong by its description.
PATTERN = """() => {
  const told = [], summary = document.querySelector(".error-summary");
  if (!document.title.startsWith("Error:")) told.push(["the title", document.title]);
  if (summary && document.activeElement !== summary) told.push(["no focus"]);
  const words = (found) => found.textContent.replace(/\\s+/g, " ").trim();
  for (const link of summary?.querySelectorAll("a") ?? []) {
    const field = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    const kinds = "input:not([type=hidden]), select, textarea, button";
    const control = field?.matches(kinds) ? field : field?.querySelector(kinds);
    const says = (...what) => told.push([...what, link.hash, words(link)]);
    if (!control) { says("leads nowhere"); continue; }
    const told_by = [control, control.closest("fieldset")].filter(Boolean);
    const ids = told_by.map((one) => one.getAttribute("aria-describedby") ?? "");
    const beside = ids.join(" ").split(" ").map((id) => document.getElementById(id));
    if (!beside.some((one) => one && words(one).includes(words(link))))
      says("not beside it");
    if (!control.matches("button, [aria-invalid=true]")) says("not marked");
  }
  return told;
}"""


def forms(name: str) -> Iterator[dict[str, str]]:
    """Empty, nonsense, and each field wrong alone."""
    _, fields, right = FORMS[name]
    texts = (MARKUP,) if name == NEVER_EMPTY else ("", MARKUP)
    yield from (dict.fromkeys(fields, text) for text in texts)
    if 1 < len(fields) < WIDE:
        yield from (right | {field: MARKUP} for field in fields)


def refused(scene: Scene, name: str) -> Iterator[str]:
    """The pages that a form comes back on: one for each set of its faults."""
    client, url = scene.person(FORMS[name][0]), scene.url(name)
    seen = set()
    for form in forms(name):
        cache.clear()  # A throttle would hide what comes behind it.
        with transaction.atomic():
            response = client.post(url, form)
            transaction.set_rollback(True)
        faults = faults_of(response)
        if faults and faults not in seen:
            seen.add(faults)
            yield response.text


def faults_of(response: HttpResponse) -> str:
    """What a whole page's summary says; empty where nothing was refused."""
    if not is_document(response):
        return ""
    _, _, summary = response.text.partition('class="error-summary"')
    return summary.partition("</ul>")[0]


def test_a_refused_form_leads_to_each_fault(shown: Callable[[str], Page]) -> None:
    scene = make_scene()
    found, count = {}, 0
    for name in sorted(FORMS):
        for number, body in enumerate(refused(scene, name)):
            page = shown(body)
            wrong = page.evaluate(PATTERN) + ([] if number else list(axe(page)))
            count += 1
            if wrong:
                found[name, number] = wrong
    assert not found, "\n".join(f"{form}: {wrong}" for form, wrong in found.items())
    assert count > 90
