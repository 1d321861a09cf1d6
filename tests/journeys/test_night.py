"""The night of 22 September 2013, lived in a browser by those who made it."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from playwright.sync_api import Page, expect

from events.models import Event, Member
from guests.models import Guest
from tests.browser import LAPTOP, PHONE
from tests.factories import make_member, make_user
from tests.journeys import people
from tests.stack import Stack, link_in

GUESTS = """name,email,plus_ones,tags
Jon Hamm,jon.hamm@example.com,1,nominee
Tina Fey,tina.fey@example.com,1,nominee
Sofia Vergara,sofia.vergara@example.com,0,nominee
Adam Scott,adam.scott@example.com,1,friend
"""
NOMINATIONS = """category,work,nominees
Outstanding Lead Actor in a Drama Series,Mad Men,Jon Hamm as Don Draper
Outstanding Lead Actor in a Drama Series,The Newsroom,Jeff Daniels as Will McAvoy
Outstanding Writing for a Comedy Series,30 Rock: Last Lunch,Tina Fey; Tracey Wigfield
Outstanding Writing for a Comedy Series,Veep,Armando Iannucci; Tony Roche
Outstanding Supporting Actress,Modern Family,"Sofía Vergara as Gloria"
"""
DRAMA = "Outstanding Lead Actor in a Drama Series"
WRITING = "Outstanding Writing for a Comedy Series"

SMALL_PHONE = {"width": 360, "height": 640}

OpenBrowser = Callable[..., Page]


@pytest.fixture
def files(tmp_path: Path) -> SimpleNamespace:
    guests, nominations = tmp_path / "guests.csv", tmp_path / "nominations.csv"
    guests.write_text(GUESTS)
    nominations.write_text(NOMINATIONS)
    return SimpleNamespace(guests=str(guests), nominations=str(nominations))


def test_the_whole_night_ends_with_a_total_that_equals_the_ledger(
    stack: Stack, open_browser: OpenBrowser, files: SimpleNamespace
) -> None:
    amy = make_user("Amy Poehler")
    host = people.sign_in(open_browser(LAPTOP), amy)
    event = host_makes_the_event(host)
    host_reads_the_files(host, event, files)
    host_sends_the_invitations(host, event)
    ravi, dot, finn = (
        make_member(event, role).user
        for role in (Member.Role.RESULTS, Member.Role.DOOR, Member.Role.FINANCE)
    )
    desk = people.sign_in(open_browser(LAPTOP), ravi)
    door = people.sign_in(open_browser(PHONE), dot)

    jon_loses_and_walks_in(stack, open_browser, event, host, desk, door)
    tina_wins_pays_and_walks_in(stack, open_browser, event, host, desk, door)
    money = people.sign_in(open_browser(LAPTOP), finn)
    charity_sees_the_money(stack, money, open_browser, event)


def host_makes_the_event(host: Page) -> Event:
    people.press(host.get_by_role("link", name="New event").first)
    for label, text in {
        "Name of the event": "Losers Lounge",
        "Hosts": "Amy Poehler and Jon Hamm",
        "Venue": "Soho House",
        "Doors open": "2030-09-22T20:30",
        "Ceremony begins": "2030-09-22T17:00",
        "Party ends": "2030-09-23T01:30",
        "Seats": "100",
        "Charity, legal name": "Worldwide Orphans",
    }.items():
        host.get_by_label(label).fill(text)
    host.get_by_label("Show the total to everybody").check()
    people.press(host.get_by_role("button", name="Save"))
    expect(host.get_by_role("heading", name="Losers Lounge")).to_be_visible()
    return Event.objects.get()


def host_reads_the_files(host: Page, event: Event, files: SimpleNamespace) -> None:
    host.goto(f"/events/{event.slug}/nominations/import/")
    people.upload(host, files.nominations, "Import 5 rows")
    host.goto(f"/events/{event.slug}/guests/import/")
    people.upload(host, files.guests, "Import 4 rows")
    people.press(host.get_by_role("link", name="Back to the list"))
    expect(host.get_by_role("link", name="Sofia Vergara")).to_be_visible()
    # "Sofía Vergara as Gloria" was nominated; "Sofia Vergara" is on the list.
    assert Guest.objects.exclude(nominee=None).count() == 3


def host_sends_the_invitations(host: Page, event: Event) -> None:
    host.goto(f"/events/{event.slug}/messages/")
    people.press(host.get_by_role("button", name="Send 4 invitations"))
    expect(host.locator("main").get_by_text("4 sent, 0 failed")).to_be_visible()
    expect(host.locator("#post-rows").get_by_text("Queued")).to_have_count(0)


def jon_loses_and_walks_in(
    stack: Stack,
    open_browser: OpenBrowser,
    event: Event,
    host: Page,
    desk: Page,
    door: Page,
) -> None:
    invitation = stack.mail_to("jon.hamm@example.com")
    assert invitation["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    jon = people.follow(open_browser(PHONE), link_in(invitation))
    expect(jon.get_by_text(DRAMA).first).to_be_visible()
    expect(jon.get_by_text("$1,000.00 only after a win")).to_be_visible()
    a_small_phone_shows_the_question_whole(jon)
    people.say_yes(jon, "Jennifer Westfeldt")
    confirmation = stack.mail_to("jon.hamm@example.com", 2)
    people.announce(desk, event, DRAMA, "Jeff Daniels")
    people.confirm(host, event, DRAMA)
    assert stack.mail_to("jon.hamm@example.com", 3)["Subject"] == (
        "You lost. Come on in."
    )
    jon.reload()
    expect(jon.get_by_role("heading", name="You lost. Come on in.")).to_be_visible()
    people.scan(door, event, link_in(confirmation, "/pass/"))
    expect(door.get_by_text("You lost. Come on in.")).to_be_visible()
    people.press(door.get_by_role("button", name="Let in", exact=True))
    expect(door.get_by_text("Inside since").first).to_be_visible()
    people.press(door.get_by_role("button", name="Let Jennifer Westfeldt in"))
    expect(door.get_by_text(re.compile(r"2 of \d+ inside"))).to_be_visible()


def a_small_phone_shows_the_question_whole(guest: Page) -> None:
    """The answer is in reach of a thumb that has not scrolled."""
    guest.set_viewport_size(SMALL_PHONE)
    yes = guest.get_by_role("button", name="Yes, I'm coming").bounding_box()
    assert yes["y"] + yes["height"] < SMALL_PHONE["height"]
    assert yes["height"] >= 44
    assert guest.evaluate("document.documentElement.scrollWidth") <= 360
    guest.set_viewport_size(PHONE)


def tina_wins_pays_and_walks_in(
    stack: Stack,
    open_browser: OpenBrowser,
    event: Event,
    host: Page,
    desk: Page,
    door: Page,
) -> None:
    tina = open_browser(PHONE)
    people.follow(tina, link_in(stack.mail_to("tina.fey@example.com")))
    people.say_yes(tina)
    people.announce(desk, event, WRITING, "30 Rock: Last Lunch")
    people.confirm(host, event, WRITING)
    sorry = stack.mail_to("tina.fey@example.com", 3)
    assert sorry["Subject"] == "We're sorry about your win"
    people.find_at_the_door(door, event, "Tina Fey")
    expect(
        door.locator("main").get_by_text("$1,000.00 first, then trophy to the desk")
    ).to_be_visible()
    expect(door.get_by_role("button", name="Let in", exact=True)).to_have_count(0)
    people.follow(tina, link_in(sorry))
    people.press(tina.get_by_role("button", name="Give $1,000.00"))
    people.press(tina.get_by_role("button", name="Pay $1,000.00"))
    expect(tina.get_by_role("heading", name="$1,000.00 has arrived")).to_be_visible()
    receipt = stack.mail_to("tina.fey@example.com", 4)
    assert "Worldwide Orphans" in receipt.get_body(("plain",)).get_content()
    trophy_goes_in_and_home(door, host, event)


def trophy_goes_in_and_home(door: Page, host: Page, event: Event) -> None:
    people.find_at_the_door(door, event, "Tina Fey")
    door.get_by_label("Tag").fill("007")
    people.press(door.get_by_role("button", name="Take the trophy in"))
    people.press(door.get_by_role("button", name="Let in", exact=True))
    expect(door.get_by_text(re.compile(r"3 of \d+ inside"))).to_be_visible()
    door.goto(f"/events/{event.slug}/trophies/")
    people.press(door.get_by_role("link", name="007 Tina Fey"))
    people.press(door.get_by_role("button", name="Known by face"))
    expect(door.get_by_text("Now a second person looks.")).to_be_visible()
    host.goto(f"/events/{event.slug}/trophies/")
    people.press(host.get_by_role("link", name="007 to Tina Fey"))
    people.press(host.get_by_role("button", name="hand it to Tina Fey"))
    expect(host.locator("main").get_by_text("Handed to Tina Fey")).to_be_visible()
    expect(door.locator("main").get_by_text("Handed to Tina Fey")).to_be_visible()


def charity_sees_the_money(
    stack: Stack, money: Page, open_browser: OpenBrowser, event: Event
) -> None:
    assert "Equals Stripe to the cent" in stack.manage("reconcile")
    money.goto(f"/donations/{event.slug}/")
    for text in ("$1,000.00", "$29.30", "$970.70", "Equals Stripe to the cent"):
        expect(money.get_by_text(text).first).to_be_visible()
    expect(money.get_by_text("Still due").first).to_be_visible()
    refused = money.request.get(f"/events/{event.slug}/guests/")
    assert refused.status == 404
    public = open_browser(PHONE)
    public.goto(f"/total/{event.slug}/")
    expect(public.get_by_text("$1,000.00").first).to_be_visible()

    facts = json.loads(stack.manage("facts", event.slug))
    assert facts["ledger"] == {
        "gross_cents": 100_000,
        "refunds_cents": 0,
        "disputes_cents": 0,
        "fees_cents": 2_930,
        "net_cents": 97_070,
        "entries": 1,
    }
    assert facts["obligations"]["satisfied"] == {"count": 1, "cents": 100_000}
    assert facts["door"]["inside"] == 3
    home = {"expected": 1, "held": 0, "released": 1}
    assert facts["trophies"].items() >= home.items()
    assert facts["receipts"] == {"issued": 1, "void": 0}
    assert facts["reconciliation"]["difference_cents"] == 0
    assert event.donations.get().rewards.get().get_state_display()
