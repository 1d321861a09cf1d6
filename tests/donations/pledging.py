"""Pledges by need, with real cards at the stand-in."""

from datetime import datetime, timedelta

from django.utils import timezone

from donations import pledges
from donations.donor import Donor
from donations.models import Donation, Pledge
from donations.pledges import Mandate
from events.models import Event
from losers_lounge.stand_in.server import StandIn
from tests.donations.factories import make_donation
from tests.factories import make_event

BACK = "http://testserver/back/"


def make_pledge(event: Event | None = None, **fields: object) -> Pledge:
    """A pledge of $1,000 without a card."""
    event, at = event or make_event(), timezone.now()
    mandate = Mandate("test", "I pledge.", at + timedelta(days=30), "192.0.2.7")
    donor = Donor("Ned Nominee", "ned@guest.example")
    pledge = pledges.offer(event, donor, 100_000, mandate, at=at)
    Pledge.objects.filter(pk=pledge.pk).update(**fields)
    pledge.refresh_from_db()
    return pledge


def open_setup(pledge: Pledge, at: datetime | None = None) -> str:
    """The id of the page on which the card is saved."""
    url = pledges.setup_page(
        pledge.pk, success_url=BACK, cancel_url=BACK, at=at or timezone.now()
    )
    return url.rsplit("/", 1)[1]


def save_card(stand_in: StandIn, pledge: Pledge, choice: str = "good") -> Pledge:
    """The donor saves a card and comes back."""
    stand_in.save_card(open_setup(pledge), choice)
    return pledges.come_back(pledge.pk, timezone.now())


def saved(
    stand_in: StandIn, choice: str = "good", event: Event | None = None
) -> Pledge:
    return save_card(stand_in, make_pledge(event), choice)


def charge(pledge: Pledge, at: datetime | None = None) -> Pledge:
    """Charge it as a win would: a donation of all of it, made once."""
    at = at or timezone.now()
    donation = pledge.donation or make_donation(pledge.event)
    attempt = pledges.claim(pledge.pk, donation.pk, at)
    return pledges.charge(attempt.pk, at)


def charges(stand_in: StandIn) -> list[dict]:
    """Every charge in Stripe's books that took money."""
    with stand_in._store.transaction():
        rows = list(stand_in._store.rows("", "charge"))
    return [row for row in rows if row["paid"]]


def kept(stand_in: StandIn, pledge: Pledge) -> bool:
    """Whether Stripe still keeps this pledge's card for its customer."""
    method = stand_in._store.get("", "payment_method", pledge.payment_method_id)
    return method["customer"] is not None


def donation_of(pledge: Pledge) -> Donation:
    return Donation.objects.get(pledge=pledge)
