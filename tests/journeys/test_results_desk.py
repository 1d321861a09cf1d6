"""A night's desk by keyboard alone: announce, confirm, undo, and a wrong envelope."""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from events.models import Category, Member
from tests.browser import LAPTOP, PHONE, OfflineWatch
from tests.factories import make_category, make_event, make_member
from tests.guests.night import make_nominated_guest
from tests.journeys import people
from tests.journeys.phones import fits
from tests.stack import Stack

OpenBrowser = Callable[..., Page]
# A key is not heard until the eye has had a moment to see what it would hit.
A_LOOK = 900


def key(page: Page, *names: str) -> None:
    page.wait_for_timeout(A_LOOK)
    for name in names:
        page.keyboard.press(name)


def test_two_people_run_the_desk_by_keys(
    stack: Stack, open_browser: OpenBrowser
) -> None:
    event = make_event()
    drama, comedy = make_category(event, "Drama"), make_category(event, "Comedy")
    for name in ("Claire Danes", "Robin Wright"):
        make_nominated_guest(event, drama, name=name)
    make_nominated_guest(event, comedy, name="Tina Fey")
    desk = f"/events/{event.slug}/results/"
    rosa, ravi = (
        people.sign_in(open_browser(size), make_member(event, Member.Role.RESULTS).user)
        for size in (LAPTOP, PHONE)
    )
    rosa.goto(desk)
    ravi.goto(desk)
    fits(ravi)

    key(rosa, "1")
    expect(rosa.locator(".stage-winner")).to_have_text("Claire Danes")
    # Ravi's screen hears of it by itself; his key makes it count.
    expect(ravi.locator("#live")).to_contain_text("Claire Danes")
    fits(ravi)
    key(ravi, "c")
    expect(ravi.locator("#held")).to_contain_text("Claire Danes")
    expect(rosa.locator("#stage-name")).to_have_text("Comedy")
    expect(rosa.get_by_text("Now a second person confirms it")).to_have_count(0)

    key(ravi, "u")
    expect(ravi.locator("#live")).to_contain_text("waiting for a second person")
    key(ravi, "c")
    expect(rosa.locator("#held")).to_contain_text("Claire Danes")

    key(rosa, "k")
    expect(rosa.locator("#stage-name")).to_have_text("Drama")
    correct(rosa, ravi, drama)
    fits(ravi)


def correct(rosa: Page, ravi: Page, drama: Category) -> None:
    """It was the other envelope: Rosa proposes it by keys, Ravi reads, and confirms."""
    key(rosa, "x")
    expect(rosa.get_by_role("heading", name="Was it another envelope?")).to_be_visible()
    key(rosa, "1", "2", "Enter")
    expect(rosa.locator("#preview")).to_contain_text("Robin Wright")
    key(rosa, "Enter")
    expect(rosa.get_by_text("A correction is proposed")).to_be_visible()
    expect(ravi.locator("#live")).to_contain_text("instead of Claire Danes")
    key(ravi, "c")
    expect(ravi.get_by_text("1 guest no longer wins it")).to_be_visible()
    fits(ravi)
    key(ravi, "c")
    expect(ravi.locator("#held")).to_contain_text("Robin Wright")
    drama.refresh_from_db()
    assert [change.action for change in drama.changes.order_by("pk")] == [
        "announced",
        "confirmed",
        "undone",
        "confirmed",
        "announced",
        "corrected",
    ]


def test_a_desk_without_network_says_so(
    stack: Stack, new_context: Callable[..., BrowserContext]
) -> None:
    event = make_event()
    make_category(event, "Drama")
    watch = OfflineWatch()
    context = new_context(viewport=LAPTOP, base_url=stack.url, locale="en-US")
    rosa = watch.over(context).new_page()
    people.sign_in(rosa, make_member(event, Member.Role.RESULTS).user)
    rosa.goto(f"/events/{event.slug}/results/")
    alone = rosa.get_by_role("alert").filter(has_text="No network")
    expect(alone).to_be_hidden()
    context.set_offline(True)
    expect(alone).to_be_visible()
    context.set_offline(False)
    expect(alone).to_be_hidden()
    assert watch.complaints == []
