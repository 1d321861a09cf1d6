"""A host puts a letter in her own words, tries it on herself and plans a mailing."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.factories import make_event, make_member, make_user
from tests.guests.factories import make_guest
from tests.journeys import people
from tests.journeys.phones import SMALL, fits
from tests.stack import Stack


def test_own_words_are_seen_tried_and_sent(
    stack: Stack, open_browser: Callable[..., Page]
) -> None:
    event = make_event()
    host = make_user("Amy", email="amy@example.com")
    make_member(event, user=host)
    ann = make_guest(event, "Ann Walsh")
    page = people.sign_in(open_browser(SMALL), host)
    page.goto(f"/events/{event.slug}/messages/letters/save_the_date/")
    page.get_by_label("Subject").fill("Keep it free, [name]")
    page.get_by_label("Your words").fill("Dear [name],\n\nkeep the evening free.")
    # Enter there puts nobody else's words in the place of these.
    page.get_by_label("Subject").press("Enter")
    expect(page.get_by_role("heading", name="Keep it free, Robin Vale")).to_be_visible()
    frame = page.frame_locator("iframe").first
    expect(frame.get_by_text("keep the evening free.", exact=True)).to_be_visible()
    fits(page)
    page.get_by_role("button", name="Send it to myself").click()
    expect(page.get_by_text("A test is on its way to amy@example.com.")).to_be_visible()
    assert "Keep it free" in stack.mail_to("amy@example.com")["Subject"]
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("These are your words.")).to_be_visible()

    page.goto(f"/events/{event.slug}/messages/")
    fits(page)
    page.get_by_role("link", name="Plan a mailing").click()
    page.get_by_role("link", name="Save the date").click()
    expect(page.get_by_text("1 letter", exact=True)).to_be_visible()
    fits(page)
    page.get_by_role("button", name="Send 1 letter").click()
    letter = stack.mail_to(ann.invitation.contact.email)
    assert letter["Subject"] == "Keep it free, Ann Walsh"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
