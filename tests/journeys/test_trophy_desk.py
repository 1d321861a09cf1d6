"""The trophy desk on a phone: a statue comes with a photo and leaves by a code."""

import io
import re
from collections.abc import Callable

import pytest
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Page, expect

from events.models import Event, Member
from guests.models import Guest, TrophyPhoto
from tests.factories import make_event, make_member
from tests.guests.statues import make_winner_of, picture
from tests.journeys import people
from tests.journeys.phones import SMALL, fits
from tests.stack import Stack

OpenBrowser = Callable[..., Page]


@pytest.fixture
def winner(stack: Stack) -> Guest:
    """Tina has won and was let off the money; her statue is in her hands."""
    guest = make_winner_of(make_event(), name="Tina Fey")
    guest.obligations.update(state="waived", waived_at=timezone.now())
    # Written to from here on: what came before went elsewhere.
    contact = guest.invitation.contact
    contact.name, contact.email = "Tina Fey", "tina.fey@example.com"
    contact.save()
    return guest


def test_a_statue_comes_with_a_photo_and_a_driver_fetches_it_by_the_owner_s_code(
    stack: Stack, open_browser: OpenBrowser, winner: Guest
) -> None:
    event = winner.event
    dot = make_member(event, Member.Role.DOOR).user
    desk = people.sign_in(open_browser(SMALL), dot)
    the_statue_comes_in(desk, event)
    letter = stack.mail_to("tina.fey@example.com")
    assert letter["Subject"] == "Your trophy is safe with us: tag 012"

    desk.goto(f"/events/{event.slug}/trophies/tag/012/")
    expect(desk.get_by_role("heading", name="Tag 012")).to_be_visible()
    expect(desk.get_by_role("img", name="Trophy under tag 012")).to_be_visible()
    fits(desk)
    desk.get_by_text("Somebody else fetches it").click()
    desk.get_by_label("Who fetches it?").fill("A driver")
    desk.get_by_role("button", name="Send the owner a code").click()
    expect(desk.get_by_text("5 tries are left.")).to_be_visible()
    fits(desk)
    desk.get_by_label("Code").fill(code_in(stack))
    desk.get_by_role("button", name="Hand it over").click()
    expect(desk.get_by_text("Handed to A driver")).to_be_visible()
    desk.goto(f"/events/{event.slug}/trophies/")
    expect(desk.get_by_text("Tag 012 to A driver")).to_be_visible()
    fits(desk)
    desk.goto(f"/events/{event.slug}/trophies/tags/")
    expect(desk.get_by_role("img", name="Tag 060")).to_be_visible()
    fits(desk)


def the_statue_comes_in(desk: Page, event: Event) -> None:
    desk.goto(f"/events/{event.slug}/trophies/tag/012/")
    expect(desk.get_by_text("No trophy has tag 012.")).to_be_visible()
    fits(desk)
    people.find_at_the_door(desk, event, "Tina Fey")
    desk.get_by_label("Tag").fill("012")
    photo = {"name": "x.jpg", "mimeType": "image/jpeg"}
    desk.get_by_label("Photo").set_input_files(
        [{**photo, "buffer": picture((3000, 2000), "JPEG")}]
    )
    # The phone makes it small before it leaves.
    expect(desk.get_by_label("Photo")).to_have_value(re.compile(r"statue\.jpg$"))
    fits(desk)
    desk.get_by_role("button", name="Take the trophy in").click()
    expect(desk.get_by_text("Trophy of Tina Fey is here")).to_be_visible()
    expect(desk.get_by_role("button", name="Let in", exact=True)).to_be_visible()
    kept = Image.open(io.BytesIO(TrophyPhoto.objects.get().jpeg))
    assert (kept.format, kept.size) == ("JPEG", (1600, 1067))


def code_in(stack: Stack) -> str:
    letter = stack.mail_to("tina.fey@example.com", 2)
    text = letter.get_body(("plain",)).get_content()
    return re.search(r"^Code: (\d{6})\r?$", text, re.MULTILINE)[1]
