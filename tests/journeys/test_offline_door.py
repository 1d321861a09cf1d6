"""The door with the network switched off: nothing stops, and the books agree after."""

import re
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from events.models import Event, Member
from guests import door
from guests.models import Admission, Guest
from tests.browser import PHONE, OfflineWatch
from tests.factories import make_category, make_event, make_member, make_user
from tests.guests.devices import make_device, token_of
from tests.guests.night import make_coming, make_nominated_guest, make_plus_one, win
from tests.journeys import people, phones
from tests.stack import Stack


def test_a_phone_without_network_lets_people_in_and_is_corrected_afterwards(
    stack: Stack,
    new_context: Callable[..., BrowserContext],
    open_browser: Callable[..., Page],
) -> None:
    event = make_event(name="Losers Lounge")
    make_member(event, Member.Role.HOST, make_user("Amy Poehler"))
    adam, jon, tina = people_of_the_night(event)
    watch = OfflineWatch()
    context = new_context(viewport=PHONE, base_url=stack.url, locale="en-US")
    phone = watch.over(context).new_page()
    kim_pairs_her_phone(phone, event)
    people.find_at_the_door(phone, event, "Adam Scott")

    context.set_offline(True)
    a_press_that_gets_no_answer_is_kept(phone, adam)
    jon_is_searched_and_let_in(phone)
    tina_comes_in_on_amys_word(phone)
    the_page_is_there_after_a_reload(phone, tina)
    dot = make_member(event, Member.Role.DOOR, make_user("Dot")).user
    dot_lets_jon_in_meanwhile(people.sign_in(open_browser(PHONE), dot), event)

    context.set_offline(False)
    everything_is_sent_and_corrected(phone, event)
    the_phone_is_given_back(phone, event)
    assert watch.complaints == []


def people_of_the_night(event: Event) -> tuple[Guest, Guest, Guest]:
    adam = make_coming(event, "Adam Scott")
    make_plus_one(adam, "Naomi Scott")
    category = make_category(event)
    tina = make_nominated_guest(event, category, name="Tina Fey")
    win(category, tina)
    return adam, make_coming(event, "Jon Hamm"), tina


def kim_pairs_her_phone(phone: Page, event: Event) -> None:
    phone.goto(f"/pair/{token_of(make_device(event))}/")
    phone.get_by_role("button", name="Make this my door phone").click()
    with phone.expect_response(re.compile(r"/door/snapshot/$")) as answer:
        expect(phone.get_by_label("Name", exact=True)).to_be_visible()
    assert "Adam" not in answer.value.text()
    phone.evaluate("navigator.serviceWorker.ready.then(() => true)")
    expect(phone.locator("#door-banner")).to_be_hidden()


def a_press_that_gets_no_answer_is_kept(phone: Page, adam: Guest) -> None:
    nonce = phone.locator("[name=nonce]").first.input_value()
    phone.get_by_role("button", name="Let in", exact=True).click()
    expect(phone.locator("#door-banner")).to_contain_text("Prices as of")
    expect(phone.get_by_text("not sent yet").first).to_be_visible()
    expect(phone.locator("#door-queue")).to_have_text("1 scan not sent yet")
    phone.get_by_role("button", name="Let Naomi Scott in").click()
    expect(phone.locator("#door-queue")).to_have_text("2 scans not sent yet")
    assert not Admission.objects.filter(nonce=nonce).exists()
    phones.fits(phone)


def jon_is_searched_and_let_in(phone: Page) -> None:
    box = phone.get_by_label("Name", exact=True)
    box.fill("j")
    expect(phone.get_by_text("Two letters of a name are enough")).to_be_visible()
    box.fill("jo")
    phone.get_by_role("button", name="Jon Hamm").click()
    phone.get_by_role("button", name="Let in", exact=True).click()
    expect(
        phone.get_by_text(re.compile("Let in here at .*not sent yet"))
    ).to_be_visible()


def tina_comes_in_on_amys_word(phone: Page) -> None:
    phone.get_by_label("Name", exact=True).fill("tina")
    phone.get_by_role("button", name="Tina Fey").click()
    expect(phone.locator("main").get_by_text("$1,000.00 first")).to_be_visible()
    expect(phone.get_by_role("button", name="Let in", exact=True)).to_have_count(0)
    phone.get_by_role("button", name="Hold for a call").click()
    expect(phone.get_by_text("Nothing is written down")).to_be_visible()
    phone.get_by_text("Admit, settle later").click()
    phone.get_by_role("button", name="Let in on their word").click()
    expect(phone.get_by_text("Say which host said so.")).to_be_visible()
    phones.fits(phone)
    phone.get_by_label("Amy Poehler").check()
    phone.get_by_role("button", name="Let in on their word").click()
    expect(phone.get_by_text("on the word of Amy Poehler")).to_be_visible()


def the_page_is_there_after_a_reload(phone: Page, tina: Guest) -> None:
    phone.goto(f"/events/{tina.event.slug}/door/{tina.pk}/")
    expect(phone.get_by_role("heading", name="Tina Fey")).to_be_visible()
    expect(phone.get_by_text("on the word of Amy Poehler")).to_be_visible()
    expect(phone.locator("#door-queue")).to_have_text("4 scans not sent yet")
    assert not Admission.objects.exists()


def dot_lets_jon_in_meanwhile(door_page: Page, event: Event) -> None:
    people.find_at_the_door(door_page, event, "Jon Hamm")
    door_page.get_by_role("button", name="Let in", exact=True).click()
    expect(door_page.get_by_text("Inside since").first).to_be_visible()


def everything_is_sent_and_corrected(phone: Page, event: Event) -> None:
    expect(phone.locator("#door-queue")).to_be_hidden()
    # Who was let in here stays inside on the card, the scan being sent or not.
    expect(phone.get_by_text("Inside.", exact=True)).to_be_visible()
    expect(phone.get_by_role("button", name="Hold for a call")).to_have_count(0)
    notices = phone.get_by_role("alert").filter(has_text="Corrected")
    expect(notices).to_contain_text("Jon Hamm")
    # First wins: the phone's clock was earlier, Dot's press is the second one.
    rows = Admission.objects.filter(action="in", guest__name="Jon Hamm")
    assert [row.exception for row in rows.order_by("at")] == ["", "second"]
    on_word = Admission.objects.get(guest__name="Tina Fey")
    assert (on_word.exception, on_word.allowed_by) == ("word", "Amy Poehler")
    assert on_word.device.name == "Kim"
    assert door.inside_count(event) == 4
    phones.fits(phone)
    # It stays until it was read, also on the next page.
    phone.get_by_role("link", name="Back to the door").click()
    expect(phone.get_by_text("4 of 200 inside")).to_be_visible()
    expect(notices).to_contain_text("Jon Hamm")
    notices.get_by_role("button", name="Read").click()
    expect(notices).to_be_hidden()


def the_phone_is_given_back(phone: Page, event: Event) -> None:
    """Nothing of anybody stays in it."""
    expect(phone.locator("#door-queue")).to_be_hidden()
    phone.get_by_role("button", name="Give this phone's desk back").click()
    expect(phone.get_by_label("Name", exact=True)).to_have_count(0)
    kept = phone.evaluate(KEPT, f"door/{event.slug}")
    assert "list" not in kept and "keys" not in kept


KEPT = """name => new Promise((resolve) => {
  const request = indexedDB.open(name);
  request.onsuccess = () => {
    const store = request.result.transaction("kept").objectStore("kept");
    store.getAllKeys().onsuccess = (event) => resolve(event.target.result);
  };
})"""
