"""A winner pays at the door on their own phone: that, and nothing else."""

import re

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from donations import card_testing
from donations.models import Donation
from events.models import Category, Event, Message
from guests import invitations
from guests.door import waivers
from guests.models import Guest
from losers_lounge.links import make_token
from losers_lounge.rehearsal import donor
from losers_lounge.stand_in.server import StandIn
from tests.factories import make_category, make_user
from tests.guests.doorstep import shown
from tests.guests.night import make_nominated_guest, make_plus_one, pay, win
from tests.guests.people import page_of, token_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def winner(event: Event) -> Guest:
    category: Category = make_category(event, "Writing")
    guest = make_nominated_guest(event, category, name="Tina Fey")
    make_plus_one(guest, "Jeff Richmond")
    win(category, guest)
    return guest


def code_of(guest: Guest) -> str:
    version = guest.invitation.link_version
    token = make_token("pay", guest.public_id, version)
    return reverse("guests:pay_link", args=[token])


def page(guest: Guest, name: str = "pay") -> str:
    return reverse(f"guests:{name}", args=[guest.public_id])


def payer(guest: Guest) -> Client:
    client = Client()
    client.get(code_of(guest))
    return client


def test_the_code_on_the_checker_s_screen_leads_to_the_page_to_pay_on(
    door: Client, winner: Guest
) -> None:
    card = shown(door, winner)
    assert "Tina Fey pays with this code" in card
    assert "$1,000.00" in card
    response = Client().get(code_of(winner))
    assert response["Location"] == page(winner)
    assert response["Referrer-Policy"] == "no-referrer"


def test_the_page_says_who_why_and_how_much_and_nothing_else(winner: Guest) -> None:
    body = payer(winner).get(page(winner)).content.decode()
    for text in ("Tina Fey", "Won Writing", "Give $1,000.00", "Worldwide Orphans"):
        assert text in body
    for text in ("Jeff Richmond", "@", winner.event.venue, winner.event.address):
        assert text not in body


def test_a_payer_opens_no_invitation_and_a_guest_s_link_no_payment(
    winner: Guest,
) -> None:
    client = payer(winner)
    for name in ("invitation", "pass", "calendar"):
        assert client.get(page_of(winner.invitation, name)).status_code == 404
    assert Client().get(page(winner)).status_code == 404
    guest = Client()
    guest.get(reverse("guests:link", args=[token_of(winner.invitation)]))
    assert guest.get(page(winner)).status_code == 404


@pytest.mark.parametrize("purpose", ["pass", "invitation", "unsubscribe"])
def test_a_token_of_another_purpose_pays_nothing(winner: Guest, purpose: str) -> None:
    version = winner.invitation.link_version
    token = make_token(purpose, winner.public_id, version)
    assert Client().get(reverse("guests:pay_link", args=[token])).status_code == 404


def test_a_new_link_retires_the_code_and_every_browser_that_scanned_it(
    winner: Guest,
) -> None:
    client, old = payer(winner), code_of(winner)
    invitations.rotate(winner.invitation.pk, by=make_user(), at=timezone.now())
    assert client.get(page(winner)).status_code == 404
    assert client.post(page(winner, "pay_give")).status_code == 404
    assert Client().get(old).status_code == 410


def test_pressing_leads_to_stripe_and_back_to_a_page_of_thanks(
    stand_in: StandIn, winner: Guest
) -> None:
    client = payer(winner)
    response = client.post(page(winner, "pay_give"))
    assert response["Location"].startswith(stand_in.base_url)
    again = client.post(page(winner, "pay_give"))
    assert again["Location"] == response["Location"], "one page, however often"
    donation = Donation.objects.get()
    back = f"{page(winner, 'pay_thanks')}?d={donation.public_id}&cs="
    assert f"{back}{{CHECKOUT_SESSION_ID}}" in donation.attempts.get().success_url
    thanks = client.get(page(winner, "pay_thanks")).content.decode()
    assert "Confirming with Stripe" in thanks
    donation.state, donation.paid_at = Donation.State.PAID, timezone.now()
    donation.save()
    thanks = client.get(page(winner, "pay_thanks")).content.decode()
    assert "$1,000.00 has arrived" in thanks
    assert winner.event.address not in thanks


def test_who_owes_nothing_gives_as_freely_as_anybody_and_under_the_same_brake(
    stand_in: StandIn, winner: Guest
) -> None:
    cache.clear()
    client, more = payer(winner), {"extra": "2500"}
    for _page in range(card_testing.ALL_GIFTS.most):
        card_testing.ALL_GIFTS.count(card_testing.EVERYBODY)
    owed = client.post(page(winner, "pay_give"), more)
    assert owed["Location"].startswith(stand_in.base_url), "what is owed can be paid"
    stand_in.pay(Donation.objects.get().attempts.get().session_id)
    client.post(page(winner, "pay_thanks"), {})

    assert client.post(page(winner, "pay_give"), more).status_code == 429


def test_nobody_reads_an_address_behind_the_code(
    stand_in: StandIn, winner: Guest
) -> None:
    """The code stands on the checker's screen, and the door hears of no address."""
    response = payer(winner).post(page(winner, "pay_give"))
    asked = donor.browse("GET", response["Location"]).text
    assert winner.invitation.contact.email
    assert winner.invitation.contact.email not in asked


def test_what_a_walk_in_types_on_stripe_s_page_is_where_the_receipt_goes(
    stand_in: StandIn, winner: Guest
) -> None:
    winner.invitation.contact.email = ""
    winner.invitation.contact.save()
    client = payer(winner)
    extras = {"extra": "2500", "covers_fees": "on", "declines_reward": "on"}
    client.post(page(winner, "pay_give"), extras)
    donation = Donation.objects.get()
    assert (donation.donor_email, donation.declines_reward) == ("", True)
    assert donation.amount_cents == 102_500 + donation.fee_cover_cents
    assert donation.fee_cover_cents > 0
    stand_in.pay(donation.attempts.get().session_id, email="typed@door.example")
    thanks = client.post(page(winner, "pay_thanks"), {}).text
    assert "has arrived" in thanks
    donation.refresh_from_db()
    assert donation.donor_email == "typed@door.example"
    mailed = Message.objects.filter(kind="receipt")
    assert mailed.get().recipient_email == "typed@door.example"


def test_who_has_given_or_was_let_off_is_asked_for_nothing(
    door: Client, winner: Guest
) -> None:
    client = payer(winner)
    donation = pay(winner)
    assert "Given. Thank you." in client.get(page(winner)).content.decode()
    assert "pays with this code" not in shown(door, winner)
    donation.state = Donation.State.FAILED
    donation.save()
    (row,) = winner.obligations.live()
    waivers.waive(row.pk, "Kind", by=make_user(), at=timezone.now())
    body = client.get(page(winner)).content.decode()
    assert "Nothing to give." in body
    assert not re.search(r"<form[^>]*give", body)
    assert client.post(page(winner, "pay_give"))["Location"] == page(winner)
    assert client.get(page(winner, "pay_thanks")).status_code == 200


def test_wrong_codes_are_slowed_down(winner: Guest) -> None:
    url = reverse("guests:pay_link", args=[f"{winner.public_id}.nonsense"])
    statuses = [Client().get(url).status_code for _try in range(31)]
    assert (statuses[0], statuses[-1]) == (404, 429)


def test_presses_to_pay_are_slowed_down(stand_in: StandIn, winner: Guest) -> None:
    client = payer(winner)
    statuses = [client.post(page(winner, "pay_give")).status_code for _t in range(21)]
    assert (statuses[0], statuses[-1]) == (302, 429)


def test_a_payer_of_two_pays_for_both(event: Event, winner: Guest) -> None:
    category = make_category(event, "Acting")
    other = make_nominated_guest(event, category, name="Amy Poehler")
    win(category, other)
    client = payer(winner)
    client.get(code_of(other))
    assert [client.get(page(who)).status_code for who in (winner, other)] == [200, 200]
