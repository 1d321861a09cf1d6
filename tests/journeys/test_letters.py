"""Every letter as an eye and a screen reader have it, and the mailbox around it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page
from pytest_django import Settings

from events.letter_texts import Words
from events.models import Event
from guests.post_room import personas
from tests.factories import make_event
from tests.guests.test_every_letter import kinds, letter
from tests.journeys.test_every_page import axe
from tests.mail_lint import parsed

# What makes a page out of a document: a letter is read inside of one.
OF_PAGES = ("landmark-one-main", "region")


def letters(event: Event) -> Iterator[tuple[str, str]]:
    """One of each kind that there is, as HTML."""
    for kind in personas.KINDS:
        who = personas.GETS.get(kind, ("nominee",))[0]
        drawn = personas.preview(event, kind, who, Words(), timezone.now())
        yield kind, drawn.html
    for stem in kinds():
        yield stem, parsed(letter(event, stem)).get_body(["html"]).get_content()


@pytest.mark.django_db
def test_letters_and_their_mailbox_are_for_everybody(
    client: Client,
    shown: Callable[[str], Page],
    settings: Settings,
    tmp_path: Path,
) -> None:
    settings.ROOT_URLCONF = "tests.journeys.places"
    settings.DEMO_MAIL_FOLDER = tmp_path
    event = make_event()
    pages = dict(letters(event))
    sent = parsed(letter(event, kinds()[0]))
    (tmp_path / "000001.eml").write_bytes(bytes(sent))
    for path in ("/mailbox/", "/mailbox/1/", "/mailbox/1/?look=plain"):
        pages[path] = client.get(path).text
    for name, body in pages.items():
        found = list(axe(shown(body)))
        assert [one for one in found if one[2] not in OF_PAGES] == [], name
