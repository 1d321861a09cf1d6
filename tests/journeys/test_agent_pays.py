"""An agent pays for three clients at once, fees and all; each has their own line."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from donations.models import Donation, Receipt
from guests import portal
from guests.models import Obligation
from tests.factories import make_event
from tests.guests.assistants import link_of, make_dana
from tests.guests.people import AT
from tests.guests.test_giving_for_others import make_team
from tests.journeys.phones import SMALL, fits
from tests.stack import Stack

OpenBrowser = Callable[..., Page]


def test_one_card_for_three_clients(stack: Stack, open_browser: OpenBrowser) -> None:
    event = make_event()
    dana, team = make_dana(event), make_team(event, "Ann", "Ben", "Cleo")
    for guest in team:
        guest.invitation.contact = dana
        guest.invitation.save()
        portal.let_give(guest.invitation_id, True, AT)
    desk = open_browser(SMALL)
    desk.goto(link_of(dana))
    desk.get_by_role("link", name="Give for several at once").click()
    fits(desk)
    total = desk.locator("#total")
    expect(total).to_have_text("$3,000.00")
    desk.get_by_label("Ben").uncheck()
    expect(total).to_have_text("$2,000.00")
    desk.get_by_label("Ben").check()
    desk.get_by_label("$25.00", exact=True).check()
    expect(total).to_have_text("$3,025.00")
    desk.get_by_label("Cover the card fees").check()
    desk.get_by_role("button", name="Go to the payment page").click()
    for name in ("Ann", "Ben", "Cleo"):
        expect(desk.get_by_text(f"The win of {name}")).to_be_visible()
    desk.get_by_role("button", name="Pay $3,115.66", exact=True).click()
    expect(
        desk.locator("main").get_by_text("$3,115.66 has arrived. Thank you.")
    ).to_be_visible()
    fits(desk)
    donation = Donation.objects.get()
    assert not Obligation.objects.unpaid().filter(guest__in=team).exists()
    lines = Receipt.objects.get(donation=donation).lines
    given = [line for line in lines if line[1] in ("admission", "gift", "fees")]
    assert given[:3] == [
        [name, "admission", 100_000] for name in ("Ann", "Ben", "Cleo")
    ]
    assert sum(line[2] for line in given) == donation.amount_cents
    assert stack.mail_to("dana@agency.example")["Subject"]
