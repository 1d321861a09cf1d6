"""What people of the night do in their browsers, named as they would say it."""

import re
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page, expect

from events.models import Event, User
from tests.factories import PASSWORD

MOST_TABS = 120


def press(control: Locator, key: str = "Enter") -> None:
    """By keys alone: Tab to a control, see the focus ring there, and press the key."""
    keyboard = control.page.keyboard
    for _ in range(MOST_TABS):
        if control.evaluate("found => found === document.activeElement"):
            break
        keyboard.press("Tab")
    expect(control).to_be_focused()
    assert control.evaluate("found => found.matches(':focus-visible')")
    keyboard.press(key)


def skip_to_content(page: Page) -> None:
    """The first thing that Tab finds leads past whatever is on every page."""
    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()
    expect(page.locator(".skip-link")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def write(field: Locator, text: str) -> None:
    """By keys alone: Tab to a field and type."""
    press(field, text[0])
    field.page.keyboard.type(text[1:])


def choose(radio: Locator) -> None:
    """By keys alone: Tab to the one of its group that is chosen, and arrows from it."""
    page, name = radio.page, radio.get_attribute("name")
    press(page.locator(f"input[name='{name}']:checked"), "ArrowDown")
    for _ in range(page.locator(f"input[name='{name}']").count()):
        if radio.is_checked():
            break
        page.keyboard.press("ArrowDown")
    expect(radio).to_be_checked()


def sign_in(page: Page, user: User) -> Page:
    page.goto("/accounts/login/")
    page.get_by_label("E-mail").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("Password").press("Enter")
    expect(page.get_by_role("heading", name="Your events")).to_be_visible()
    return page


def follow(page: Page, link: str) -> Page:
    """Open a mail's link; the secret is gone from the address afterwards."""
    page.goto(urlsplit(link).path)
    expect(page).to_have_url(re.compile(r"/invitation/[\w-]+/$"))
    return page


def say_yes(page: Page, plus_one: str = "") -> None:
    """Without a mouse, as everything here."""
    skip_to_content(page)
    if plus_one:
        write(page.get_by_label("Who is coming with you?"), plus_one)
    press(page.get_by_role("button", name="Yes, I'm coming", exact=True))
    expect(page.get_by_role("heading", name="See you there")).to_be_visible()


def upload(page: Page, path: str, button: str) -> None:
    """Choose a file, look at the dry run, press the button it offers."""
    page.get_by_label("CSV or Excel file").set_input_files(path)
    press(page.get_by_role("button", name="Show me what it would do"))
    press(page.get_by_role("button", name=button))


def announce(page: Page, event: Event, category: str, winner: str) -> None:
    """One press on whoever won."""
    stage = open_category(page, event, category)
    press(stage.get_by_role("button", name=winner))
    expect(page.locator("#live")).to_contain_text(category)


def open_category(page: Page, event: Event, category: str) -> Locator:
    """The category on the desk's stage, from the running order."""
    page.goto(f"/events/{event.slug}/results/")
    press(page.locator("#order").get_by_role("link", name=category))
    expect(page.locator("#stage-name")).to_have_text(category)
    return page.locator("#stage")


def confirm(page: Page, event: Event, category: str) -> None:
    page.goto(f"/events/{event.slug}/results/")
    press(page.get_by_role("button", name=f"Confirm {category}"))
    expect(page.locator("#live")).to_contain_text("Nothing waits")


def find_at_the_door(page: Page, event: Event, name: str) -> Page:
    page.goto(f"/events/{event.slug}/door/")
    expect(page.get_by_label("Name")).to_be_focused()
    page.keyboard.type(name[:5])
    page.get_by_role("link", name=name).wait_for()
    press(page.get_by_role("link", name=name))
    expect(page.get_by_text(name).first).to_be_visible()
    return page


def scan(page: Page, event: Event, code: str) -> Page:
    """What a phone's camera does with a pass: it opens the address."""
    page.goto(urlsplit(code).path)
    expect(page).to_have_url(re.compile(rf"/events/{event.slug}/door/\d+/"))
    return page
