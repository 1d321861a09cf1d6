"""Hosts let cards be charged, the door is told, and the charity sees sums."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from donations import pledges as cards
from donations.models import Donation, Pledge
from events.models import Event
from guests import pledges
from guests.models import Guest
from losers_lounge.stand_in.server import StandIn
from tests.donations.pledging import charges
from tests.factories import make_event, make_member
from tests.guests.night import win
from tests.guests.pledging import pledge_of, pledged, wins
from tests.guests.test_pledge_views import came_in, do

pytestmark = pytest.mark.django_db(transaction=True)
State = Pledge.State


def test_what_the_bank_asks_for_is_given_on_the_donor_s_own_phone(
    stand_in: StandIn, event: Event, host: Client
) -> None:
    guest = pledged(stand_in, event, "authenticate")
    wins(guest)
    approve_all(host, event)
    pledges.follow(timezone.now())
    card = reverse("guests:door_card", args=[event.slug, guest.pk])
    assert "pay on their own phone" in host.get(card).text

    to_stripe = do(came_in(guest), guest, "pay")
    stand_in.pay(to_stripe["Location"].rsplit("/", 1)[1])
    (donation,) = Donation.objects.all()
    cards_donation = pledge_of(guest).donation
    assert cards_donation == donation
    thanks = reverse("guests:thanks", args=[guest.invitation.public_id])
    came_in(guest).post(f"{thanks}?d={donation.public_id}")

    assert pledge_of(guest).state == State.PAID
    assert len(charges(stand_in)) == 1
    assert "pay on their own phone" not in host.get(card).text


def approve_all(host: Client, event: Event, *left_out: Guest) -> Any:
    """Press the button of the review page with every tick but these."""
    url = reverse("guests:pledge_review", args=[event.slug])
    ready = host.get(url).context["ready"]
    ticked = [
        f"{one.row.pledge.public_id}:{one.charge_cents}"
        for one in ready
        if one.guest not in left_out
    ]
    url = reverse("guests:pledges_charge", args=[event.slug])
    return host.post(url, {"charge": ticked}, follow=True)


def test_hosts_press_once_for_all_and_may_leave_somebody_out(
    stand_in: StandIn, event: Event, host: Client, django_assert_num_queries: Any
) -> None:
    url = reverse("guests:pledge_review", args=[event.slug])
    assert "Nobody has pledged yet" in host.get(url).text
    guests = [pledged(stand_in, event) for _ in range(3)]
    for guest in guests:
        wins(guest)
    held = pledged(stand_in, event)
    win(held.nominee.nominations.get().category, held)
    shown = host.get(url).text
    assert "3 pledges may be charged: $3,000.00" in shown
    assert "Can still be undone" in shown and guests[0].obligations.get().why in shown

    done = approve_all(host, event, guests[2])
    assert "2 cards are being charged: $2,000.00" in done.text
    pledges.follow(timezone.now())
    states = [pledge_of(guest).state for guest in [*guests, held]]
    assert states == [State.PAID, State.PAID, State.CARD_SAVED, State.CARD_SAVED]
    assert len(charges(stand_in)) == 2

    # What was shown is not what is owed any more.
    ready = host.get(url).context["ready"]
    stale = [f"{ready[0].row.pledge.public_id}:1", "nonsense", ":5", "x:99999999999"]
    press_url = reverse("guests:pledges_charge", args=[event.slug])
    again = host.post(press_url, {"charge": stale}, follow=True)
    assert "Some were left out" in again.text
    assert "No card was ticked" in host.post(press_url, follow=True).text
    queries = 7
    with django_assert_num_queries(queries):
        host.get(url)
    pledged(stand_in, event)
    with django_assert_num_queries(queries):
        host.get(url)


def test_the_charity_sees_names_sums_and_states_and_no_guest(
    stand_in: StandIn, event: Event, finance: Client, django_assert_num_queries: Any
) -> None:
    url = reverse("donations:pledges", args=[event.slug])
    assert "No pledges yet" in finance.get(url).text
    guest = pledged(stand_in, event)
    Guest.objects.filter(pk=guest.pk).update(notes="Hates flash")
    Pledge.objects.create(
        event=make_event(),
        donor_name="Foreign",
        amount_cents=1,
        currency="usd",
        last_charge_at=timezone.now(),
        agreed_at=timezone.now(),
        created_at=timezone.now(),
    )

    shown = finance.get(url).text

    assert guest.name in shown and "1 pledge not charged, at most $1,000.00" in shown
    assert cards.pledged(event) == (1, 100_000)
    for secret in ("Foreign", "Hates flash", guest.invitation.contact.email, "4242"):
        assert secret not in shown
    queries = 6
    with django_assert_num_queries(queries):
        finance.get(url)
    for _ in range(2):
        pledged(stand_in, event)
    with django_assert_num_queries(queries):
        finance.get(url)
    last = Pledge.objects.filter(event=event).latest("pk").pk
    assert "3 pledges not charged" in finance.get(f"{url}?before={last}").text
    assert finance.get(f"{url}?before=x").status_code == 200
    review = reverse("guests:pledge_review", args=[event.slug])
    assert finance.get(review).status_code == 404


def test_a_host_says_that_cards_are_charged_by_rule(event: Event) -> None:
    member = make_member(event, "host")
    client = Client()
    client.force_login(member.user)
    url = reverse("guests:settings", args=[event.slug])
    form = client.get(url).context["form"]
    data = {
        name: value
        for name in form.fields
        if (value := form[name].value()) not in (None, False)
    }
    for name in ("doors_at", "starts_at", "ends_at"):
        data[name] = f"{form[name].value():%Y-%m-%dT%H:%M}"
    data |= {
        "charges_pledges_by_rule": "on",
        "winner_amount_cents": "1000",
        "cap_cents": "",
    }

    client.post(url, data)

    event.refresh_from_db()
    assert event.charges_pledges_by_rule
    assert timedelta(minutes=event.hold_minutes) == timedelta(minutes=10)
