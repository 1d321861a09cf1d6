"""A publicist answers for three on a phone; each of the three keeps the last word."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from guests.models import Guest, Invitation, LinkUse
from guests.realms import link_uses
from losers_lounge import links
from tests.factories import make_event
from tests.guests.assistants import link_of, make_dana, make_principal
from tests.journeys import people
from tests.journeys.phones import SMALL, fits, follow_link
from tests.stack import Stack

OpenBrowser = Callable[..., Page]


def test_one_page_for_three_people(stack: Stack, open_browser: OpenBrowser) -> None:
    dana = make_dana(make_event())
    ann, ben, _cleo = (
        make_principal(dana, name, plus_ones=1) for name in ("Ann", "Ben", "Cleo")
    )
    desk = open_browser(SMALL)
    desk.goto(link_of(dana))
    expect(
        desk.get_by_role("heading", name="Dana, these are your people")
    ).to_be_visible()
    fits(desk)
    row = desk.locator(f"#for_{ben.public_id}")
    row.get_by_label("Not coming").check()
    row.get_by_role("button", name="Send the answer for Ben").click()
    expect(row).to_contain_text("Not coming")
    desk.get_by_text("Everybody is coming").click()
    desk.get_by_role("button", name="Yes for all 2").click()
    expect(desk.get_by_text("2 people are coming.")).to_be_visible()
    fits(desk)
    desk.get_by_role("link", name="Show the passes").click()
    expect(desk.get_by_role("img", name="Cleo")).to_be_visible()
    fits(desk)
    assert Guest.objects.attending().count() == 2

    own = link_of_invitation(ann.invitation)
    phone = people.follow(open_browser(SMALL), own)
    expect(
        phone.get_by_role("heading", name="Dana answers for you too")
    ).to_be_visible()
    fits(phone)
    follow_link(phone, "Dana no longer answers for me")
    fits(phone)
    phone.get_by_label("Your own address").fill("ann@guests.example")
    phone.get_by_role("button", name="Write to me").click()
    expect(phone.get_by_text("this page stays open here")).to_be_visible()
    assert stack.mail_to("ann@guests.example")["Subject"]
    desk.goto(link_of(dana))
    expect(desk.get_by_role("heading", name="Cleo")).to_be_visible()
    expect(desk.get_by_role("heading", name="Ann")).to_have_count(0)


def test_a_touch_counts_and_a_scanner_does_not(
    stack: Stack, open_browser: OpenBrowser
) -> None:
    row = make_principal(make_dana(make_event()), "Ann").invitation
    page = people.follow(open_browser(SMALL), link_of_invitation(row))
    # What a scanner's script can do: press everything without a hand.
    page.evaluate(
        "for (const kind of ['pointerdown', 'keydown', 'click'])"
        " document.body.dispatchEvent(new Event(kind, {bubbles: true}))"
    )
    page.wait_for_load_state("networkidle")
    assert not LinkUse.objects.exists()
    with page.expect_response(lambda response: response.url.endswith("/here/")) as told:
        page.mouse.click(5, 300)
    assert told.value.status == 204
    page.mouse.click(5, 300)
    assert len(link_uses.of(row)) == 1


def link_of_invitation(row: Invitation) -> str:
    return links.absolute_url("invitation", row.public_id, row.link_version)
