"""A winner's way to Stripe's page and back, and what it cannot be talked into."""

from collections.abc import Iterator
from http import HTTPStatus

import pytest
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from donations.models import Donation, DonationAttempt
from events.models import Event
from guests import house_rules, payments
from guests.models import Guest
from losers_lounge.stand_in.faults import Fault
from losers_lounge.stand_in.server import StandIn
from tests.factories import make_event
from tests.guests.factories import make_guest
from tests.guests.people import browser_of, page_of, say
from tests.guests.test_payments import make_winner, set_state

pytestmark = pytest.mark.django_db


@pytest.fixture
def stand_in(settings: Settings) -> Iterator[StandIn]:
    with StandIn() as server:
        settings.STRIPE_API_BASE = server.base_url
        yield server


def give(guest: Guest, **fields: object) -> HttpResponse:
    client = browser_of(guest.invitation)
    data = {"guest": guest.public_id} | fields
    return client.post(page_of(guest.invitation, "donate"), data)


def back(guest: Guest, client: Client | None = None) -> HttpResponse:
    client = client or browser_of(guest.invitation)
    return client.post(page_of(guest.invitation, "thanks"))


def test_a_winner_is_led_to_the_payment_page(stand_in: StandIn) -> None:
    guest = make_winner()
    response = give(guest)
    donation = Donation.objects.get()
    assert response.status_code == HTTPStatus.FOUND
    assert response["Location"] == donation.attempts.get().url
    assert donation.amount_cents == 100_000


def test_no_hidden_field_lowers_the_price(stand_in: StandIn) -> None:
    guest = make_winner()
    give(guest, amount="0.49", amount_cents=1, currency="jpy", purpose="gift")
    donation = Donation.objects.get()
    assert (donation.amount_cents, donation.currency) == (100_000, "usd")
    assert donation.purpose == Donation.Purpose.ADMISSION


def test_pressing_again_shows_the_same_page(stand_in: StandIn) -> None:
    guest = make_winner()
    assert give(guest)["Location"] == give(guest)["Location"]
    assert Donation.objects.count() == 1


def test_who_owes_nothing_is_led_back() -> None:
    guest = make_guest()
    response = give(guest)
    assert response["Location"] == page_of(guest.invitation)


def test_nobody_pays_for_another_invitation() -> None:
    winner, other = make_winner(), make_guest()
    client = browser_of(other.invitation)
    url = page_of(other.invitation, "donate")
    response = client.post(url, {"guest": winner.public_id})
    assert response.status_code == HTTPStatus.NOT_FOUND
    assert not Donation.objects.exists()


def test_while_the_bank_works_the_page_waits() -> None:
    guest = make_winner()
    set_state(payments.donation_for(guest.pk), Donation.State.PROCESSING)
    assert give(guest)["Location"] == page_of(guest.invitation, "thanks")


def test_when_stripe_fails_the_page_says_so_and_the_press_may_be_repeated(
    stand_in: StandIn,
) -> None:
    guest = make_winner()
    stand_in.fail(Fault.RATE_LIMIT, path="/v1/checkout", count=9)
    response = give(guest)
    assert response.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert "Nothing was charged" in response.text
    stand_in.clear_faults()
    assert give(guest).status_code == HTTPStatus.FOUND
    assert Donation.objects.count() == 1


def test_the_way_back_proves_nothing(stand_in: StandIn) -> None:
    guest = make_winner()
    give(guest)
    client = browser_of(guest.invitation)
    page = client.get(page_of(guest.invitation, "thanks"), {"cs": "cs_test_paid"})
    assert "Confirming with Stripe" in page.text
    assert Donation.objects.get().state == Donation.State.CHECKOUT_OPEN


def test_a_press_on_the_way_back_asks_stripe(stand_in: StandIn) -> None:
    guest = make_winner()
    session_id = give(guest)["Location"].rsplit("/", 1)[1]
    stand_in.pay(session_id)
    response = back(guest)
    assert "$1,000.00 has arrived. Thank you." in response.text
    assert Donation.objects.get().state == Donation.State.PAID
    page = browser_of(guest.invitation).get(page_of(guest.invitation))
    assert "You have made up for it." in page.text


def test_a_guest_without_a_donation_is_led_back() -> None:
    guest = make_guest()
    assert back(guest)["Location"] == page_of(guest.invitation)


def test_the_page_that_looks_again_gets_only_the_moving_part(
    stand_in: StandIn,
) -> None:
    guest = make_winner()
    give(guest)
    client = browser_of(guest.invitation)
    url = page_of(guest.invitation, "thanks")
    response = client.post(url, headers={"HX-Request": "true"})
    assert response.text.lstrip().startswith("<section")


def test_a_winner_pays_for_who_they_brought(stand_in: StandIn) -> None:
    guest = make_winner(make_event(plus_one_pays=True), plus_ones=1)
    say(guest, "yes", "Ann")
    friend = guest.plus_one_guests.get()
    page = browser_of(guest.invitation).get(page_of(guest.invitation))
    assert f'name="guest" value="{friend.public_id}"' in page.text
    give(guest)
    client = browser_of(guest.invitation)
    client.post(page_of(guest.invitation, "donate"), {"guest": friend.public_id})
    assert Donation.objects.count() == 2
    assert Donation.objects.get(donor_name="Ann").amount_cents == 100_000


def halve_the_price(event: Event) -> None:
    event.winner_amount_cents = 50_000
    house_rules.save(event, ["winner_amount_cents"], by="Amy", at=timezone.now())


def test_a_page_for_another_amount_is_closed_before_a_new_one_is_opened(
    stand_in: StandIn,
) -> None:
    guest = make_winner()
    old = give(guest)["Location"]
    first = Donation.objects.get()
    halve_the_price(guest.event)
    new = give(guest)["Location"]
    assert new != old
    first.refresh_from_db()
    assert first.state == Donation.State.EXPIRED
    assert first.attempts.get().state == DonationAttempt.State.EXPIRED
    second = Donation.objects.exclude(pk=first.pk).get()
    assert (second.amount_cents, second.attempts.get().url) == (50_000, new)


def test_a_page_that_was_paid_in_that_moment_is_booked_and_no_other_opened(
    stand_in: StandIn,
) -> None:
    guest = make_winner()
    give(guest)
    halve_the_price(guest.event)
    donation = Donation.objects.get()
    session_id = donation.attempts.get().session_id
    stand_in.pay(session_id)
    response = give(guest)
    donation.refresh_from_db()
    assert donation.state == Donation.State.PAID
    assert response["Location"] == page_of(guest.invitation)
    assert Donation.objects.filter(state=Donation.State.CHECKOUT_OPEN).count() == 0


def test_no_second_page_is_opened_while_stripe_does_not_answer(
    stand_in: StandIn,
) -> None:
    guest = make_winner()
    give(guest)
    halve_the_price(guest.event)
    stand_in.fail(Fault.ERROR_500, count=9)
    assert give(guest).status_code == HTTPStatus.SERVICE_UNAVAILABLE
    live = DonationAttempt.objects.live()
    assert live.count() == 1


@pytest.mark.parametrize("ein", ["", "00-0000000"])
def test_a_charity_s_own_full_stop_ends_the_sentence_alone(ein: str) -> None:
    event = make_event()
    event.charity.legal_name, event.charity.ein = "Worldwide Orphans Inc.", ein
    words = render_to_string("guests/_giving_to.html", {"event": event})
    assert "for Worldwide Orphans Inc.</p>" in words and ".." not in words
