"""A bottle's way: a yes on the donor's phone, a file for the engraver, a hand."""

import hashlib
from collections.abc import Callable
from urllib.parse import urlsplit

from django.utils import timezone
from playwright.sync_api import Page, expect

from donations import manual_gifts
from donations.models import EngravingBatch
from events.models import Event, Member
from tests.donations.test_manual_gifts import take_cash
from tests.factories import make_event, make_member, make_user
from tests.journeys import people
from tests.journeys.phones import SMALL, fits
from tests.stack import Stack, link_in

OpenBrowser = Callable[..., Page]


def test_a_donor_says_yes_to_other_words_and_has_the_bottle_in_hand(
    stack: Stack, open_browser: OpenBrowser
) -> None:
    event = make_event()
    # Cash, so that Stripe's books and ours agree on it: neither holds it.
    gift = take_cash(event, make_user())
    manual_gifts.sign(gift.pk, by=make_user(), at=timezone.now())
    finn = make_member(event, Member.Role.FINANCE).user
    desk = people.sign_in(open_browser(SMALL), finn)
    desk.goto(f"/donations/{event.slug}/rewards/")
    desk.get_by_role("button", name="Send a proof to all").click()
    expect(desk.get_by_text("1 proof was sent.")).to_be_visible()
    fits(desk)

    donor_says_yes(stack, open_browser(SMALL), desk, event)

    desk.goto(f"/donations/{event.slug}/rewards/")
    with desk.expect_navigation():
        desk.get_by_role("button", name="Send the ticked ones").click()
    expect(desk.get_by_role("heading", name="Batch 1", exact=True)).to_be_visible()
    with desk.expect_download() as file:
        desk.get_by_role("link", name="File for the engraver").click()
    body = file.value.path().read_bytes()
    assert b"Elizabeth" in body
    batch = EngravingBatch.objects.get(event=event)
    assert hashlib.sha256(body).hexdigest() == batch.sha256
    desk.get_by_role("link", name="Tina Fey").click()
    desk.get_by_role("button", name="Confirm that it is right").click()
    desk.get_by_label("They are 21 or older").check()
    desk.get_by_label("The label was read once more").check()
    desk.get_by_role("button", name="Note that they have it").click()
    expect(desk.get_by_text("to Tina Fey by")).to_be_visible()
    fits(desk)


def donor_says_yes(stack: Stack, phone: Page, desk: Page, event: Event) -> None:
    """The first proof is not quite it: she types other words, and is shown those."""
    # The receipt, and the letter about the proof.
    stack.mail_to("tina@guest.example", 2)
    letters = {mail["Subject"]: mail for mail in stack.mails_to("tina@guest.example")}
    letter = letters["Your bottle: is this right?"]
    phone.goto(urlsplit(link_in(letter, "/donor/")).path)
    expect(phone.get_by_role("button", name="Yes, engrave it")).to_be_visible()
    phone.get_by_text("Other words").click()
    words = phone.get_by_label("What it says")
    words.fill("An extraordinarily long line that no engraver cuts")
    expect(phone.get_by_text("A line holds 30 characters.")).to_be_visible()
    words.fill("Elizabeth\nwho is sorry that she won")
    expect(phone.get_by_text("Fits.")).to_be_visible()
    fits(phone)
    phone.get_by_role("button", name="Have this engraved").click()
    expect(phone.get_by_text("We will draw a proof")).to_be_visible()

    desk.reload()
    desk.get_by_role("link", name="Tina Fey").click()
    desk.get_by_role("button", name="Show it to the donor").click()
    expect(desk.get_by_text("Proof with the donor", exact=True)).to_be_visible()
    phone.reload()
    phone.get_by_role("button", name="Yes, engrave it").click()
    expect(phone.get_by_text("You said yes.")).to_be_visible()
