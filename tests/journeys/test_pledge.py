"""Two nominees pledge and win: one card is charged, the other's bank asks for her."""

from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Page, expect

from donations.models import Pledge
from events.models import Event
from guests import pledges
from guests.models import Guest
from losers_lounge import links
from tests.browser import LAPTOP
from tests.factories import make_category, make_event, make_member
from tests.guests.night import make_nominated_guest, win
from tests.journeys import people
from tests.journeys.phones import SMALL, fits
from tests.stack import Stack
from tests.workers import eventually

OpenBrowser = Callable[..., Page]


def test_a_pledge_is_charged_when_the_hold_is_over_and_a_bank_is_answered_by_hand(
    stack: Stack, open_browser: OpenBrowser
) -> None:
    event = make_event()
    tina, amy = (nominee(event, name) for name in ("Tina Fey", "Amy Poehler"))
    phones = {guest.pk: came_in(open_browser(SMALL), guest) for guest in (tina, amy)}
    save_a_card(phones[tina.pk], "Save card")
    save_a_card(phones[amy.pk], "3-D Secure later")
    long_ago = timezone.now() - timedelta(minutes=11)
    for guest in (tina, amy):
        win(guest.nominee.nominations.get().category, guest, at=long_ago)
    host = people.sign_in(open_browser(LAPTOP), make_member(event, "host").user)
    charge_both(host, event)
    expect_state(tina, Pledge.State.PAID)
    expect_state(amy, Pledge.State.NEEDS_ACTION)
    amy_answers_her_bank(phones[amy.pk], amy)


def nominee(event: Event, name: str) -> Guest:
    return make_nominated_guest(
        event, make_category(event, f"{name}'s"), name=name, answer="waiting"
    )


def came_in(phone: Page, guest: Guest) -> Page:
    row = guest.invitation
    link = links.absolute_url("invitation", row.public_id, row.link_version)
    return people.follow(phone, link)


def save_a_card(phone: Page, card: str) -> None:
    people.press(phone.get_by_role("button", name="Yes, and pledge now in case I win"))
    expect(phone.get_by_role("heading", name="in case you win")).to_be_visible()
    fits(phone)
    people.press(phone.get_by_role("button", name="Agree, and save a card with Stripe"))
    people.press(phone.get_by_role("button", name=card).first)
    expect(phone.get_by_role("heading", name="Now lose in style.")).to_be_visible()
    fits(phone)


def charge_both(host: Page, event: Event) -> None:
    host.goto(f"/events/{event.slug}/pledges/")
    expect(host.get_by_role("heading", name="2 pledges may be charged")).to_be_visible()
    fits(host)
    people.press(host.get_by_role("button", name="Charge the ticked cards"))
    expect(host.get_by_text("2 cards are being charged: $2,000.00")).to_be_visible()


def amy_answers_her_bank(phone: Page, amy: Guest) -> None:
    phone.reload()
    expect(phone.get_by_role("heading", name="Your bank wants")).to_be_visible()
    fits(phone)
    people.press(phone.get_by_role("button", name="Give $1,000.00 now"))
    people.press(phone.get_by_role("button", name="Pay $1,000.00"))
    expect(phone.get_by_role("heading", name="has arrived. Thank you.")).to_be_visible()
    expect_state(amy, Pledge.State.PAID)


def expect_state(guest: Guest, state: str) -> None:
    """A worker may be at it: what it began is looked for until it is done."""

    def is_reached() -> bool:
        pledges.follow(timezone.now())
        return guest.pledges.get().pledge.state == state

    eventually(is_reached)
