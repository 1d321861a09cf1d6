"""A phone without an account: paired by a code, at the door, and shut out again."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from events.models import Member
from guests.door import devices
from tests.browser import LAPTOP, PHONE
from tests.factories import make_event, make_member
from tests.guests.night import make_coming
from tests.journeys import people, phones
from tests.stack import Stack


def test_a_phone_is_paired_lets_somebody_in_and_is_shut_out(
    stack: Stack, open_browser: Callable[..., Page]
) -> None:
    event = make_event()
    guest = make_coming(event, "Pete Campbell")
    amy = make_member(event, Member.Role.HOST).user
    host = people.sign_in(open_browser(LAPTOP), amy)
    host.goto(f"/events/{event.slug}/door/phones/")
    host.get_by_label("Who holds it?").fill("Kim")
    host.get_by_role("button", name="Show the code").click()
    expect(host.get_by_role("img", name="Pairs the phone of Kim")).to_be_visible()
    phones.fits(host)

    kim = open_browser(PHONE)
    kim.goto(urlsplit(devices.code_url(event.devices.get())).path)
    phones.fits(kim)
    kim.get_by_role("button", name="Make this my door phone").click()
    expect(kim).to_have_url(re.compile(rf"/events/{event.slug}/door/$"))
    expect(kim.get_by_text("Kim")).to_be_visible()
    # The host's page notices by itself.
    expect(host.locator("main").get_by_text("Kim is at the door.")).to_be_visible()

    people.find_at_the_door(kim, event, guest.name)
    kim.get_by_role("button", name="Let in").click()
    expect(kim.get_by_text("Inside since").first).to_be_visible()
    row = event.admissions.get()
    assert (row.by_name, row.device.name, row.by) == ("Kim", "Kim", None)

    phones.follow_link(host, "All phones")
    phones.fits(host)
    host.get_by_role("button", name=re.compile("Shut out")).click()
    expect(host.get_by_text("Kim is shut out.")).to_be_visible()
    # The phone hears of it by itself, or at the latest at its next step.
    expect(kim.get_by_role("heading", name="This phone was shut out.")).to_be_visible()
    phones.fits(kim)
