"""Finance gives part of a gift back; another bank wants all, and is answered."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from donations import settlement
from donations.models import Donation
from events.models import Event, Member
from tests.donations.factories import make_donation, pay
from tests.factories import make_event, make_member
from tests.journeys import people
from tests.journeys.phones import SMALL, fits
from tests.stack import Stack

OpenBrowser = Callable[..., Page]


def test_part_goes_back_and_a_dispute_is_won(
    stack: Stack, open_browser: OpenBrowser
) -> None:
    event = make_event()
    tina = paid(stack, event, "Tina Fey")
    bill = paid(stack, event, "Bill Hader")
    finn = make_member(event, Member.Role.FINANCE).user
    desk = people.sign_in(open_browser(SMALL), finn)

    desk.goto(gift_url(tina))
    people.press(desk.get_by_role("link", name="Give money back…"))
    amount = desk.get_by_label("Give back")
    amount.fill("a lot")
    people.press(desk.get_by_role("button", name="See what follows"))
    # A form that was refused is read from its list of errors, which leads to the field.
    expect(desk.locator(".error-summary")).to_be_focused()
    people.press(desk.locator(".error-summary a").first)
    expect(amount).to_be_focused()
    amount.fill("250")
    desk.get_by_label("Why").fill("She asked for it")
    people.press(desk.get_by_role("button", name="See what follows"))
    expect(desk.get_by_text("Stripe keeps its fee of $29.30")).to_be_visible()
    fits(desk)
    people.press(desk.get_by_role("button", name="Give $250.00 back"))
    expect(desk.get_by_text("$250.00 given back.")).to_be_visible()
    expect(desk.get_by_text("Refunded in part").first).to_be_visible()

    dispute = stack.stripe.issuer.dispute(bill.payment_intent_id)
    heard(stack, bill, "disputed")
    desk.goto(f"/donations/{event.slug}/")
    desk.get_by_role("link", name=re.compile("Bill Hader's bank disputes")).click()
    expect(desk.get_by_text("Evidence is due in")).to_be_visible()
    fits(desk)
    desk.get_by_role("link", name="Evidence for the bank").click()
    desk.get_by_label("What happened, in your words").fill("He gave it on stage.")
    fits(desk)
    desk.get_by_role("button", name="Send to the bank, once").click()
    expect(desk.get_by_text("The bank has it.")).to_be_visible()
    stack.stripe.issuer.decide(dispute["id"], "won")
    heard(stack, bill, "paid")
    desk.reload()
    expect(desk.get_by_text("Won: the money is back.")).to_be_visible()
    fits(desk)


def paid(stack: Stack, event: Event, name: str) -> Donation:
    donation = make_donation(event, donor_name=name)
    pay(stack.stripe, donation)
    return settlement.settle(donation.pk)


def heard(stack: Stack, donation: Donation, state: str) -> None:
    """Stripe has told the product, and the product has followed."""
    stack.wait_for(
        lambda: Donation.objects.get(pk=donation.pk).state == state,
        f"nobody has heard that it is {state}",
    )


def gift_url(donation: Donation) -> str:
    return f"/donations/{donation.event.slug}/gifts/{donation.public_id}/"
