"""The room is full; a guest waits for a seat on a phone, and gets the next one."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from guests.models import Guest
from losers_lounge import links
from tests.factories import make_event
from tests.guests.factories import make_guest
from tests.journeys import people
from tests.journeys.phones import SMALL, fits
from tests.stack import Stack, link_in


def link_of(guest: Guest) -> str:
    row = guest.invitation
    return links.absolute_url("invitation", row.public_id, row.link_version)


def test_a_freed_seat_goes_to_who_waits(
    stack: Stack, open_browser: Callable[..., Page]
) -> None:
    event = make_event(capacity=1)
    seated = make_guest(event, "Sasha Quill", answer=Guest.Answer.YES)
    waiting = make_guest(event, "Robin Vale")
    phone = people.follow(open_browser(SMALL), link_of(waiting))
    phone.get_by_role("button", name="Put me on the waiting list").click()
    expect(
        phone.get_by_role("heading", name="You are on the waiting list, Robin Vale.")
    ).to_be_visible()
    fits(phone)

    other = people.follow(open_browser(SMALL), link_of(seated))
    other.get_by_text("Change my answer").click()
    other.get_by_role("button", name="I can't come after all").click()
    expect(other.get_by_role("heading", name="You can't come")).to_be_visible()

    offer = stack.mail_to(waiting.invitation.contact.email, 2)
    assert "A seat is yours until" in offer["Subject"]
    phone.goto(link_in(offer, "/i/"))
    fits(phone)
    phone.get_by_role("button", name="Take the seat").click()
    expect(phone.get_by_role("heading", name="See you there")).to_be_visible()
    waiting.refresh_from_db()
    assert waiting.answer == Guest.Answer.YES
    assert event.guests.attending().count() == 1
