"""Amy finds one person on the list twice, and a letter that came back."""

from collections.abc import Callable

from django.utils import timezone
from playwright.sync_api import Page, expect

from events.models import Event, Message
from guests import invitations
from guests.models import Guest, Invitation
from losers_lounge.links import absolute_url
from tests.browser import LAPTOP
from tests.factories import make_event, make_member
from tests.guests.factories import make_guest
from tests.guests.night import make_coming
from tests.journeys import people
from tests.journeys.phones import SMALL, fits, follow_link
from tests.stack import Stack

OpenBrowser = Callable[..., Page]


def link_of(guest: Guest) -> str:
    row = Invitation.objects.get(pk=guest.invitation_id)
    return absolute_url("invitation", row.public_id, row.link_version)


def host_of(event: Event, page: Page) -> Page:
    return people.sign_in(page, make_member(event).user)


def test_two_rows_become_one_person_and_part_again(
    stack: Stack, open_browser: OpenBrowser
) -> None:
    event = make_event()
    kept = make_coming(event, "Tina Fey")
    gone = make_guest(event, "Fey, Tina")
    page = host_of(event, open_browser(LAPTOP))
    page.goto(f"/events/{event.slug}/guests/doubles/")
    fits(page)
    # By keys alone, all of it.
    with page.expect_navigation():
        people.press(page.get_by_role("link", name="Look at both"))
    fits(page)
    people.choose(page.get_by_label("This address stays Fey, Tina"))
    theirs = gone.invitation.contact.email
    happens = page.get_by_role("region", name="What would happen")
    expect(happens).to_contain_text(f"Mail goes to Fey, Tina, {theirs}.")
    people.press(page.get_by_role("button", name="Make them one person"))
    expect(page.get_by_text("One person: Tina Fey.")).to_be_visible()
    fits(page)
    for guest in (kept, gone):
        phone = people.follow(open_browser(SMALL, (404,)), link_of(guest))
        expect(phone.get_by_text("See you there, Tina Fey.")).to_be_visible()
    people.press(page.get_by_role("button", name="Two people after all"))
    expect(page.get_by_text("Two people again")).to_be_visible()
    # The second row's link opens the first one's page no longer.
    assert phone.reload().status == 404
    assert event.guests.on_the_list().count() == 2


def test_a_letter_that_came_back_goes_again_in_one_step(
    stack: Stack, open_browser: OpenBrowser
) -> None:
    event = make_event()
    guest = make_guest(event, "Tina Fey")
    invitations.send(event.pk, by="Amy", at=timezone.now())
    wrong = guest.invitation.contact.email
    assert stack.mail_to(wrong)
    Message.objects.update(state="bounced", server_words="5.1.1 No such user")
    page = host_of(event, open_browser(SMALL))
    page.goto(f"/events/{event.slug}/guests/{guest.pk}/")
    fits(page)
    follow_link(page, "Fix the address and send again")
    fits(page)
    page.get_by_label("The right address").fill("tina@guests.example")
    page.get_by_role("button", name="Save the address and send again").click()
    expect(page.get_by_text("1 letter goes again")).to_be_visible()
    assert link_of(guest) in stack.mail_to("tina@guests.example").as_string()
