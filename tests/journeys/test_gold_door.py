"""Gold at the door: a winner pays on their own phone, one nobody invited is granted."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from django.utils import timezone
from playwright.sync_api import Page, expect

from events.models import Event
from guests.models import Guest, Trophy
from losers_lounge import links
from tests.browser import LAPTOP, PHONE
from tests.factories import (
    make_category,
    make_event,
    make_member,
    make_nomination,
    make_nominee,
)
from tests.guests.night import make_nominated_guest, win
from tests.journeys import people
from tests.journeys.phones import SMALL, fits, within
from tests.stack import Stack

OpenBrowser = Callable[..., Page]
# What the people do themselves counts, not the machine that plays all of them.
GOLD_SECONDS, GOLD_TAPS = 45, 5
ASK_SECONDS, ASK_TAPS = 15, 2


class Taps:
    """Presses of a thumb, counted as they are made."""

    def __init__(self) -> None:
        self.count = 0

    def on(self, page: Page, button: str, exact: bool = True) -> None:
        page.get_by_role("button", name=button, exact=exact).click()
        self.count += 1


def test_gold_is_paid_on_the_guest_s_own_phone_and_a_walk_in_winner_is_granted(
    stack: Stack, open_browser: OpenBrowser
) -> None:
    event = make_event()
    tina = winner(event, "Tina Fey")
    door = people.sign_in(open_browser(SMALL), make_member(event, "door").user)
    host = people.sign_in(open_browser(LAPTOP), make_member(event, "host").user)
    tina_pays_at_the_door(door, open_browser(PHONE), event, tina)
    merritt_walks_in(door, host, event)


def winner(event: Event, name: str) -> Guest:
    category = make_category(event, "Writing")
    guest = make_nominated_guest(event, category, name=name)
    win(category, guest)
    # The statue stands at the desk already: money alone is missing.
    Trophy.objects.create(
        event=event,
        guest=guest,
        nomination=guest.nominee.nominations.get(),
        tag="007",
        received_at=timezone.now(),
    )
    return guest


def tina_pays_at_the_door(door: Page, phone: Page, event: Event, tina: Guest) -> None:
    people.find_at_the_door(door, event, "Tina Fey")
    expect(door.get_by_role("img", name="Tina Fey pays with this code")).to_be_visible()
    expect(door.get_by_role("button", name="Let in", exact=True)).to_have_count(0)
    fits(door)
    taps, version = Taps(), tina.invitation.link_version
    with within(GOLD_SECONDS):
        code = links.absolute_url("pay", tina.public_id, version)
        phone.goto(urlsplit(code).path)
        expect(phone).to_have_url(re.compile(rf"/pay/{tina.public_id}/$"))
        taps.on(phone, "Give $1,000.00")
        # The code stands on the checker's screen: no address may be read behind it.
        phone.get_by_label("E-mail").fill("whoever.pays@example.com")
        taps.on(phone, "Pay $1,000.00")
        expect(
            phone.locator("main").get_by_text("$1,000.00 has arrived")
        ).to_be_visible()
        # Nobody touched the checker's phone: it turned by itself.
        expect(door.locator("main").get_by_text("Paid $1,000.00.")).to_be_visible()
        expect(door.locator(".door-pay")).to_have_count(0)
        taps.on(door, "Let in")
        expect(door.locator("main").get_by_text("Inside since")).to_be_visible()
    assert taps.count <= GOLD_TAPS


def merritt_walks_in(door: Page, host: Page, event: Event) -> None:
    """Nominated, won tonight, and on nobody's list."""
    category = make_category(event, "Supporting Actress")
    merritt = make_nominee(event, "Merritt Wever")
    win(category, make_nomination(category, merritt))
    host.goto(f"/events/{event.slug}/door/requests/")
    expect(host.locator("main").get_by_text("Nobody asks anything")).to_be_visible()
    door.goto(f"/events/{event.slug}/door/")
    door.get_by_label("Name").press_sequentially("merr")
    row = door.get_by_role("button", name=re.compile("Merritt Wever"))
    expect(row).to_contain_text("won tonight: Supporting Actress")
    fits(door)
    taps = Taps()
    with within(ASK_SECONDS):
        row.click()
        expect(door.locator("main").get_by_text("A host is asked.")).to_be_visible()
        expect(host).to_have_title(re.compile(r"^\(1\) Admit\?"))
        taps.on(host, "Admit Merritt Wever")
        expect(door).to_have_url(re.compile(r"/door/\d+/$"))
    assert taps.count + 1 <= ASK_TAPS
    fits(host)
    expect(door.locator("main").get_by_text("$1,000.00 first")).to_be_visible()
    fits(door)
    assert event.guests.get(name="Merritt Wever").tags == ["walk-in"]
