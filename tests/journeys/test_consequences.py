"""A host looks at the rules as they type; a guest wins inside and is asked quietly."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from events.models import Member
from tests.browser import LAPTOP, PHONE
from tests.factories import make_category, make_event, make_member
from tests.guests.doorstep import admit
from tests.guests.night import make_nominated_guest, win
from tests.journeys import people, phones
from tests.stack import Stack

OpenBrowser = Callable[..., Page]
DRAMA = "Outstanding Drama Series"


def test_rules_speak_while_they_are_typed_and_a_win_inside_is_settled_quietly(
    stack: Stack, open_browser: OpenBrowser
) -> None:
    event = make_event()
    category = make_category(event, DRAMA)
    vince = make_nominated_guest(event, category, name="Vince Gilligan")
    admit(vince)
    amy = people.sign_in(open_browser(LAPTOP), make_member(event).user)

    amy.goto(f"/events/{event.slug}/settings/")
    table = amy.get_by_role("region", name="What these rules come to")
    expect(table).to_contain_text("$1,000.00 once")
    amy.get_by_label("A winner gives*", exact=True).fill("250")
    expect(table).to_contain_text("$250.00 once")
    phones.fits(amy)

    door = make_member(event, Member.Role.DOOR).user
    dot = people.sign_in(open_browser(PHONE), door)
    dot.set_viewport_size(phones.SMALL)
    dot.goto(f"/events/{event.slug}/door/undecided/")
    expect(dot.locator("main").get_by_text("Vince Gilligan")).to_be_visible()
    phones.fits(dot)
    amy.goto(f"/events/{event.slug}/door/settle/")
    expect(amy.locator("main").get_by_text("All settled.")).to_be_visible()

    win(category, vince)

    expect(dot.locator("main").get_by_text("All decided.")).to_be_visible()
    expect(amy.locator("main").get_by_text(f"Won {DRAMA}")).to_be_visible()
    amy.get_by_role("button", name="Send the link again").click()
    expect(amy.get_by_text("Vince Gilligan is written to")).to_be_visible()
    phones.fits(amy)
    letter = stack.mail_to(vince.invitation.contact.email, 2)
    assert letter["Subject"] == "About that win of yours"
    amy.goto(f"/events/{event.slug}/obligations/")
    amy.get_by_text("Decide: Vince Gilligan").click()
    phones.fits(amy)
    amy.get_by_label("Why they are let off").fill("It was his night")
    amy.get_by_role("button", name="Waive it").click()
    expect(amy.get_by_text("Vince Gilligan is let off.")).to_be_visible()
