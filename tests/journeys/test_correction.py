"""The wrong envelope: a winner who has paid is told that it was somebody else."""

import json
from collections.abc import Callable

from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Page, expect

from events.models import Category, Event, Member
from guests import guest_list, obligations
from guests.models import Guest
from losers_lounge import links
from tests.browser import LAPTOP, PHONE
from tests.factories import (
    make_category,
    make_event,
    make_member,
    make_nomination,
    make_nominee,
)
from tests.guests.factories import make_guest
from tests.journeys import people
from tests.stack import Stack

OpenBrowser = Callable[..., Page]
WRITING = "Outstanding Writing for a Comedy Series"


def test_a_correction_voids_one_obligation_and_adds_another(
    stack: Stack, open_browser: OpenBrowser
) -> None:
    event = make_event()
    category = make_category(event, WRITING)
    tina = nominated(event, category, "Tina Fey", "30 Rock")
    louis = nominated(event, category, "Louis C.K.", "Louie")
    with transaction.atomic():
        obligations.bring_up_to_date(event, timezone.now())
    rosa, ravi = (
        people.sign_in(open_browser(LAPTOP), make_member(event, role).user)
        for role in (Member.Role.RESULTS, Member.Role.HOST)
    )
    people.announce(rosa, event, WRITING, "30 Rock")
    people.confirm(ravi, event, WRITING)
    winner = open_browser(PHONE)
    people.follow(winner, link_of(tina))
    winner.get_by_role("button", name="Give $1,000.00").click()
    winner.get_by_role("button", name="Pay $1,000.00").click()
    expect(winner.get_by_role("heading", name="$1,000.00 has arrived")).to_be_visible()

    correct(rosa, ravi, event, category)

    # Beside it she is asked what becomes of her money: two workers, either first.
    address = tina.invitation.contact.email
    stack.wait_for(
        lambda: (
            f"About {WRITING}" in [mail["Subject"] for mail in stack.mails_to(address)]
        )
    )
    people.follow(winner, link_of(tina))
    expect(winner.get_by_role("heading", name="You lost. Come on in.")).to_be_visible()
    new_winner = people.follow(open_browser(PHONE), link_of(louis))
    expect(new_winner.get_by_role("button", name="Give $1,000.00")).to_be_visible()
    facts = json.loads(stack.manage("facts", event.slug))
    assert facts["obligations"]["due"] == {"count": 1, "cents": 100_000}
    assert facts["obligations"]["satisfied"]["count"] == 0
    # Nothing is refunded by itself: the money stays in the books.
    assert facts["ledger"]["gross_cents"] == 100_000


def nominated(event: Event, category: Category, name: str, work: str) -> Guest:
    guest = make_guest(event, name, answer=Guest.Answer.YES)
    make_nomination(category, make_nominee(event, name), work=work)
    guest_list.link_nominees(event)
    return guest


def correct(rosa: Page, ravi: Page, event: Event, category: Category) -> None:
    """Rosa sees what it changes, and proposes it; Ravi sees it too, and confirms."""
    page = f"/events/{event.slug}/results/{category.pk}/"
    rosa.goto(page)
    rosa.get_by_label("30 Rock").uncheck()
    rosa.get_by_label("Louie").check()
    rosa.get_by_role("button", name="See what it changes").click()
    expect(rosa.get_by_text("1 guest no longer wins it")).to_be_visible()
    rosa.get_by_role("button", name="Propose this correction").click()
    ravi.goto(page)
    expect(ravi.get_by_text("A correction is proposed")).to_be_visible()
    expect(ravi.get_by_text("Tina Fey").first).to_be_visible()
    ravi.get_by_role("button", name="Confirm the correction").click()
    expect(ravi.get_by_text("Nothing waits")).to_be_visible()


def link_of(guest: Guest) -> str:
    row = guest.invitation
    return links.absolute_url("invitation", row.public_id, row.link_version)
