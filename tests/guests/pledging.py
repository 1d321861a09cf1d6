"""Guests who pledged, with real cards at the stand-in, by need."""

from datetime import datetime, timedelta

from django.utils import timezone

from donations.models import Pledge
from events.models import Event
from guests import pledges
from guests.models import Guest
from guests.pledges import Press
from losers_lounge.stand_in.server import StandIn
from tests.donations.pledging import save_card
from tests.factories import make_category, make_user
from tests.guests.night import make_nominated_guest, win

State = Pledge.State


def press(**fields: object) -> Press:
    return Press(timezone.now(), "192.0.2.7", **fields)


def pledged(stand_in: StandIn, event: Event, choice: str = "good") -> Guest:
    """A nominee in a category of their own, with a card saved."""
    guest = make_nominated_guest(event, make_category(event))
    card_of(stand_in, guest, choice)
    return guest


def card_of(stand_in: StandIn, guest: Guest, choice: str = "good") -> None:
    """This guest pledges, and saves a card."""
    save_card(stand_in, pledges.agree(guest.pk, press()), choice)


def category_of(guest: Guest) -> object:
    return guest.nominee.nominations.get().category


def wins(guest: Guest, at: datetime | None = None) -> None:
    """The win, confirmed so long ago that it cannot be undone any more."""
    win(category_of(guest), guest, at=at or timezone.now() - timedelta(minutes=11))


def loses(guest: Guest, at: datetime | None = None) -> None:
    win(category_of(guest), at=at or timezone.now() - timedelta(minutes=11))


def pledge_of(guest: Guest) -> Pledge:
    return guest.pledges.latest("pk").pledge


def state(guest: Guest) -> str:
    return pledge_of(guest).state


def follow(at: datetime | None = None) -> None:
    pledges.follow(at or timezone.now())


def approve(event: Event, *guests: Guest, cents: int = 100_000) -> list[Pledge]:
    wanted = {pledge_of(guest).public_id: cents for guest in guests}
    return pledges.approve(event, wanted, by=make_user("Amy"), at=timezone.now())
