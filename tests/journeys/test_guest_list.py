"""A host works through the guest list: by mouse, by keys, and back again."""

import re
from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from events.models import Event
from guests.models import Guest
from tests.browser import LAPTOP
from tests.factories import make_event, make_member
from tests.guests.factories import make_guest
from tests.journeys import people
from tests.journeys.phones import fits
from tests.stack import Stack

NARROW = {"width": 360, "height": 740}
OpenBrowser = Callable[..., Page]


@pytest.fixture
def event(stack: Stack) -> Event:
    event = make_event()
    for number in range(60):
        tags = ["press"] if number % 20 == 0 else []
        make_guest(event, name=f"Guest {number:02d}", tags=tags, is_vip=number < 5)
    return event


def arrive(page: Page, event: Event) -> Page:
    people.sign_in(page, make_member(event, "host").user)
    page.goto(f"/events/{event.slug}/guests/")
    return page


def sheets(page: Page) -> list[bytes]:
    """The page as a browser prints it: each sheet's own entry in the PDF."""
    return re.findall(rb"<</Type /Page\b(?!s).*?endobj", page.pdf(), re.DOTALL)


def tagged(event: Event, tag: str) -> int:
    return sum(tag in words for words in event.guests.values_list("tags", flat=True))


def test_many_are_tagged_at_one_press_and_put_back(
    event: Event, open_browser: OpenBrowser
) -> None:
    page = arrive(open_browser(LAPTOP), event)
    people.press(page.locator("summary").filter(has_text="Filters and order"))
    people.press(page.get_by_label("VIP"), "Space")
    people.press(page.get_by_role("button", name="Show these"))
    expect(page.get_by_text("5 of 60")).to_be_visible()
    expect(page.locator(".bulk")).to_be_hidden()
    people.press(page.get_by_role("checkbox", name="Guest 01"), "Space")
    people.press(page.locator("summary").filter(has_text="1 chosen"))
    people.press(page.get_by_label("All 5 that match"), "Space")
    page.get_by_label("Tag", exact=True).last.fill("table 4")
    people.press(page.get_by_role("button", name="Put on"))
    expect(page.get_by_text("5 guests tagged “table 4”.")).to_be_visible()
    assert tagged(event, "table 4") == 5
    people.press(page.get_by_role("button", name="Undo"))
    expect(page.get_by_text("Undone: 5 as before.")).to_be_visible()
    assert tagged(event, "table 4") == 0


def test_the_list_is_walked_by_keys_unless_they_are_switched_off(
    event: Event, open_browser: OpenBrowser
) -> None:
    page = arrive(open_browser(LAPTOP), event)
    for key in ("j", "x", "j", "x", "k"):
        page.keyboard.press(key)
    expect(page.get_by_text("2 chosen")).to_be_visible()
    expect(page.get_by_role("link", name="Guest 00", exact=True)).to_be_focused()
    page.keyboard.press("/")
    page.keyboard.type("j/x")
    expect(page.get_by_role("searchbox")).to_have_value("j/x")
    page.locator("h1").click()
    page.keyboard.press("?")
    page.get_by_label("Listen for these keys").uncheck()
    page.reload()
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).not_to_be_focused()


def test_without_a_script_ticks_and_buttons_do_the_same(
    event: Event, open_browser: OpenBrowser
) -> None:
    page = arrive(open_browser(NARROW, java_script_enabled=False), event)
    page.get_by_role("checkbox", name="Guest 01").check()
    page.get_by_text("With those ticked").click()
    page.get_by_role("button", name="Take off the list").click()
    expect(page.get_by_text("1 guest taken off the list.")).to_be_visible()
    assert Guest.objects.get(name="Guest 01").removed_at is not None


def test_on_paper_a_list_begins_below_its_heading(
    event: Event, open_browser: OpenBrowser
) -> None:
    """The names are links of the first sheet, and a short list is one sheet."""
    page = arrive(open_browser(LAPTOP), event)
    first, *others = sheets(page)
    assert b"/Annots" in first and others
    page.emulate_media(media="print")
    expect(page.get_by_text("This is a part of the list: 50 of 60.")).to_be_visible()
    page.emulate_media(media="screen")
    Guest.objects.filter(name__gte="Guest 03").delete()
    Guest.objects.update(answer=Guest.Answer.YES, answered_at=timezone.now())
    page.goto(f"/events/{event.slug}/guests/door-list/")
    assert len(sheets(page)) == 1


def test_every_page_of_the_list_is_for_everybody(
    event: Event, open_browser: OpenBrowser
) -> None:
    """Whatever folds is opened; small and large, by day and by night."""
    page = arrive(open_browser(NARROW), event)
    for place in ("", "?tag=press&sort=wave", "?q=nobody", "venue/", "door-list/"):
        page.goto(f"/events/{event.slug}/guests/{place}")
        for size in (NARROW, LAPTOP):
            page.set_viewport_size(size)
            for summary in page.locator("main details:not([open]) > summary").all():
                if summary.is_visible():
                    summary.click()
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                fits(page)


def test_a_guest_is_added_by_keys(event: Event, open_browser: OpenBrowser) -> None:
    page = arrive(open_browser(LAPTOP), event)
    people.skip_to_content(page)
    with page.expect_navigation():
        people.press(page.get_by_role("link", name="Add a guest"))
    people.press(page.get_by_role("button", name="Put on the list"))
    # Refused: its summary leads into the field.
    people.press(page.get_by_role("link", name="“Name” is empty"))
    expect(page.get_by_label("Name")).to_be_focused()
    page.keyboard.type("Bill Hader")
    people.write(page.get_by_label("E-mail"), "bill.hader@example.com")
    people.press(page.get_by_role("button", name="Put on the list"))
    expect(page.get_by_text("Bill Hader is on the list.")).to_be_visible()
