"""Every form that says no, and the demo's mailbox: axe is content in both themes."""

from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from events import mail
from events.models import Message
from guests import rsvp
from tests.guests.factories import make_guest
from tests.guests.people import YES
from tests.journeys.test_every_page import LOOKS, OF_LOOKS, RUN
from tests.security.hostile import FORMS
from tests.security.scene import Scene, make_scene

# One of these is wrong in nearly every form.
WRONG = ("", "x" * 300, "9" * 30)
LEAST_PAGES = 40
# A page's name and its HTML.
Told = tuple[str, str]


@pytest.fixture
def scene(db: None, settings: Settings) -> Scene:
    settings.ROOT_URLCONF = "tests.journeys.places"
    with transaction.atomic():
        return make_scene()


def refusals(scene: Scene) -> Iterator[Told]:
    """Each form that can be drawn again with what is wrong in it, as its page."""
    for name in sorted(FORMS):
        person, fields, right = FORMS[name]
        client, url = scene.person(person), scene.url(name)
        for text in WRONG:
            cache.clear()
            with transaction.atomic():
                answer = client.post(url, right | dict.fromkeys(fields, text))
                transaction.set_rollback(True)
            if is_refused(answer):
                yield name, answer.text
                break


def mailbox(
    scene: Scene, folder: Path, settings: Settings
) -> Iterator[tuple[str, str]]:
    """The demo's mailbox with one letter in it, and the letter."""
    settings.DEMO_MAIL_FOLDER = folder
    rsvp.answer(make_guest(scene.event).pk, rsvp.Reply(YES), at=timezone.now())
    letter = mail.render(Message.objects.filter(kind="confirmation").latest("pk"))
    (folder / "000001.eml").write_bytes(letter.message().as_bytes())
    for url in ("/mailbox/", "/mailbox/1/", "/mailbox/1/?look=plain"):
        answer = Client().get(url)
        assert answer.status_code == HTTPStatus.OK, url
        yield url, answer.text


def is_refused(answer: HttpResponse) -> bool:
    return not answer.streaming and b"<title>Error:" in answer.content


def wrong_with(page: Page, html: str) -> Iterator[Any]:
    """What axe finds in the page in each theme; styles come from the server."""
    page.set_content(html, wait_until="load")
    page.evaluate(Axe().axe_script)
    for number, (width, theme) in enumerate(LOOKS):
        page.set_viewport_size({"width": width, "height": 740})
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        for found in page.evaluate(RUN, OF_LOOKS if number else []):
            yield (theme, *found)


def test_axe_finds_nothing_in_a_refused_form(
    scene: Scene,
    live_server: LiveServer,
    page: Page,
    tmp_path: Path,
    settings: Settings,
) -> None:
    found, seen = {}, []
    page.goto(f"{live_server.url}/healthz")
    for name, html in (*refusals(scene), *mailbox(scene, tmp_path, settings)):
        seen.append(name)
        if wrong := list(wrong_with(page, html)):
            found[name] = wrong
    assert not found, "\n".join(f"{name}: {wrong}" for name, wrong in found.items())
    assert len(seen) >= LEAST_PAGES, seen
