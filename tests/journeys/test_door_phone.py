"""The checker's phone with a network: the camera, two taps, and news by themselves."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import BrowserType, Page, Request, expect

from events.models import Event, Member
from guests.models import Admission, Guest
from losers_lounge.links import absolute_url
from tests.browser import LAPTOP
from tests.factories import make_category, make_event, make_member
from tests.guests.devices import make_device, token_of
from tests.guests.night import make_coming, make_nominated_guest, pay, propose
from tests.journeys import cameras, people, phones
from tests.stack import Stack

OpenBrowser = Callable[..., Page]
# Results and money reach every door page.
SOON_SECONDS = 2
DRAMA = "Outstanding Lead Actor in a Drama Series"


def test_a_pass_is_scanned_and_a_card_hears_of_results_and_money(
    stack: Stack, open_browser: OpenBrowser, browser_type: BrowserType, tmp_path: Path
) -> None:
    event = make_event(name="Losers Lounge")
    category = make_category(event, DRAMA)
    jon = make_coming(event, "Jon Hamm")
    jeff = make_nominated_guest(event, category, name="Jeff Daniels")
    propose(category, jeff)
    host = people.sign_in(
        open_browser(LAPTOP), make_member(event, Member.Role.HOST).user
    )
    version = jon.invitation.link_version
    codes = [
        "https://example.com/menu",
        absolute_url("pass", jon.public_id, version),
    ]
    film = cameras.film(tmp_path / "passes.y4m", codes)
    with cameras.phone_with_camera(browser_type, stack.url, film) as phone:
        pair(phone, event)
        jon_is_scanned_and_let_in(phone, jon)
        # Money that no card was charged for: reconciliation says so, as it must.
        stack.complaints_expected = True
        jeffs_card_hears_of_his_win(phone, host, event, jeff)


def pair(phone: Page, event: Event) -> None:
    """Take a desk by the code on a host's screen."""
    phone.goto(f"/pair/{token_of(make_device(event))}/")
    phone.get_by_role("main").get_by_role("button").first.click()
    expect(phone.get_by_label("Name", exact=True)).to_be_visible()


def jon_is_scanned_and_let_in(phone: Page, jon: Guest) -> None:
    phones.fits(phone)
    taps, took = 0, []
    phone.on("response", lambda response: took.append(served(response.request)))
    phone.get_by_role("button", name="Scan a pass").click()
    taps += 1
    # The first code in front of the camera is no pass of ours: it goes on looking.
    expect(phone.get_by_text("This code opens nothing here").first).to_be_visible()
    expect(phone.get_by_role("heading", name="Jon Hamm")).to_be_visible()
    phone.get_by_role("button", name="Let in", exact=True).click()
    taps += 1
    expect(phone.get_by_text("1 of 200 inside")).to_be_visible()
    expect(phone.get_by_text("Inside since").first).to_be_visible()
    assert Admission.objects.get().guest_id == jon.pk
    assert taps == 2
    presses = [ms for name, ms in took if name in ("code", "admit")]
    print(f"green: {taps} taps; server: {[round(ms) for ms in presses]} ms")
    # The wrong code, the right one, the press; a queue waits for the last two.
    assert len(presses) == 3
    assert sum(presses[-2:]) < 5_000 or not phones.IS_ALONE


def served(request: Request) -> tuple[str, float]:
    """The last word of an address, and what the server took until it answered."""
    timing = request.timing
    name = request.url.rstrip("/").rpartition("/")[2]
    return name, timing["responseStart"] - timing["requestStart"]


def jeffs_card_hears_of_his_win(
    phone: Page, host: Page, event: Event, jeff: Guest
) -> None:
    host.goto(f"/events/{event.slug}/results/")
    people.find_at_the_door(phone, event, "Jeff Daniels")
    expect(phone.locator("main").get_by_text("You may owe later")).to_be_visible()
    host.get_by_role("button", name=f"Confirm {DRAMA}").click()
    with phones.within(SOON_SECONDS):
        expect(
            phone.locator("main").get_by_text(
                "$1,000.00 first, then trophy to the desk"
            )
        ).to_be_visible()
    pay(jeff)
    with phones.within(SOON_SECONDS):
        expect(phone.locator("main").get_by_text("$1,000.00 first")).to_have_count(0)
    expect(
        phone.locator("main").get_by_text("Winner: trophy to the desk.")
    ).to_be_visible()
