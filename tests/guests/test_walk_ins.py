"""Somebody without an address is at home in every list, letter and file."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from donations import settlement
from donations.models import Donation
from events.models import Event, Message
from guests.actors import Actor
from guests.door import requests, walk_ins
from guests.door.walk_ins import Visitor
from guests.models import Closing, Guest
from guests.people.addresses import Address
from losers_lounge.links import make_token
from losers_lounge.stand_in.server import StandIn
from tests.factories import make_category, make_nomination, make_nominee, make_user
from tests.guests.doorstep import shown
from tests.guests.night import win

pytestmark = pytest.mark.django_db

OF_THE_EVENT = (
    *("guest_list", "export_csv", "export_xlsx", "venue", "venue_csv", "door_list"),
    *("obligations", "messages", "activity", "waiting", "nominations", "overview"),
    *("doubles", "mailing_new", "door", "door_requests"),
)
OF_THE_GUEST = (
    *("guest_detail", "guest_edit", "guest_card", "guest_address", "door_card"),
)


@pytest.fixture
def merritt(event: Event) -> Guest:
    """Won tonight, invited by nobody, granted at the door."""
    category = make_category(event, "Supporting Actress")
    nominee = make_nominee(event, "Merritt Wever")
    win(category, make_nomination(category, nominee))
    by, at = Actor(name="Side door"), timezone.now()
    row = requests.ask_walk_in(event, Visitor(nominee=nominee), nonce="n", by=by, at=at)
    return requests.grant(row.pk, by=make_user(), at=at).guest


def test_every_page_and_file_takes_somebody_without_an_address(
    host: Client, merritt: Guest
) -> None:
    slug = merritt.event.slug
    for name in OF_THE_EVENT:
        response = host.get(reverse(f"guests:{name}", args=[slug]))
        assert response.status_code == 200, name
    for name in OF_THE_GUEST:
        response = host.get(reverse(f"guests:{name}", args=[slug, merritt.pk]))
        assert response.status_code == 200, name
    listed = host.get(reverse("guests:export_csv", args=[slug]))
    assert b"Merritt Wever,," in b"".join(listed)
    detail = reverse("guests:guest_detail", args=[slug, merritt.pk])
    assert "Add an address" in host.get(detail).content.decode()


def test_nobody_is_written_to_until_an_address_is_added(
    host: Client, merritt: Guest
) -> None:
    assert not Message.objects.exists()
    slug = merritt.event.slug
    page = reverse("guests:guest_address", args=[slug, merritt.pk])
    said = {"name": merritt.name, "email": "m@x.example", "everyone": "yes"}
    host.post(page, said | {"seen": Address.of(merritt.invitation.contact).mark})
    merritt.invitation.contact.refresh_from_db()
    assert merritt.invitation.contact.email == "m@x.example"


def test_a_walk_in_winner_pays_and_comes_in_without_an_address(
    stand_in: StandIn, door: Client, merritt: Guest
) -> None:
    version = merritt.invitation.link_version
    token = make_token("pay", merritt.public_id, version)
    phone = Client()
    phone.get(reverse("guests:pay_link", args=[token]))
    phone.post(reverse("guests:pay_give", args=[merritt.public_id]))
    donation = Donation.objects.get()
    stand_in.pay(donation.attempts.get().session_id)
    settlement.settle(donation.pk)
    thanks = phone.get(reverse("guests:pay_thanks", args=[merritt.public_id])).text
    assert "$1,000.00 has arrived" in thanks
    assert "to your mail" not in thanks
    assert "Paid $1,000.00." in shown(door, merritt)
    assert donation.receipts.count() == 1


def test_a_signed_night_welcomes_nobody_until_it_is_opened_again(event: Event) -> None:
    by, at = Actor(name="Side door"), timezone.now()
    row = requests.ask_walk_in(event, Visitor("Late Guest"), nonce="n", by=by, at=at)
    Closing.objects.create(event=event, signed_at=at, signed_by_name="Amy")
    with pytest.raises(walk_ins.CannotWelcome):
        requests.grant(row.pk, by=make_user(), at=at)
    assert not event.guests.exists()
    with pytest.raises(requests.CannotAsk):
        requests.ask_walk_in(event, Visitor("Later Guest"), nonce="m", by=by, at=at)
    event.closings.update(reopened_at=at)
    assert requests.grant(row.pk, by=make_user(), at=at).guest.name == "Late Guest"
