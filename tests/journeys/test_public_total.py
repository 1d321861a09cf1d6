"""The total on the wall of the room: it moves while everybody looks at it."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.donations.factories import make_donation, pay
from tests.factories import make_event, make_member
from tests.journeys import people
from tests.journeys.phones import SMALL, fits
from tests.stack import Stack

WALL = {"width": 1280, "height": 720}


def test_a_payment_appears_on_the_wall_without_a_press(
    stack: Stack, open_browser: Callable[..., Page]
) -> None:
    event = make_event(total_is_public=True)
    wall = open_browser(WALL)
    wall.goto(f"/total/{event.slug}/?screen=1")
    expect(wall.get_by_text("$0.00").first).to_be_visible()
    fits(wall)

    pay(stack.stripe, make_donation(event, credit_name="Tina Fey"))
    second = make_donation(event, credit_name="Jon Hamm")
    pay(stack.stripe, second)
    expect(wall.get_by_text("$2,000.00").first).to_be_visible()
    second.refresh_from_db()
    stack.stripe.refund(second.payment_intent_id, 25_000)

    expect(wall.get_by_text("$1,750.00").first).to_be_visible()
    expect(wall.get_by_text("corrected: −\u2060$250.00, a refund")).to_be_visible()
    expect(wall.get_by_text("Jon Hamm")).to_be_visible()

    finance = people.sign_in(open_browser(SMALL), make_member(event, "finance").user)
    finance.goto(f"/donations/{event.slug}/")
    expect(finance.get_by_text("$1,750.00").first).to_be_visible()
    fits(finance)
    finance.get_by_role("link", name="Statements").click()
    finance.get_by_role("button", name="Freeze the closing statement").click()
    expect(finance.get_by_text("Frozen as version 1.")).to_be_visible()
    fits(finance)
