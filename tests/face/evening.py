"""The night itself, and the cookies of those who look at it."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import time
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.utils import timezone

from donations.reconciliation import reconcile
from events.models import Event, User
from guests.models import Guest
from guests.realms import guest_realm
from losers_lounge.demo import money, night
from losers_lounge.demo.process import EmbeddedLounge
from losers_lounge.rehearsal import replay
from losers_lounge.rehearsal.replay import Wishes

Cookies = dict[str, str]


class StillEvening(EmbeddedLounge):
    """The demo's process in which nothing happens by the clock of today."""

    def _start_beat(self) -> None:
        """It would end what a rehearsal began years ago."""


@contextmanager
def open_for(folder: Path) -> Iterator[None]:
    """The demo as `manage.py demo` has it, with its money; closed afterwards."""
    # Celery warns about root, which is all a container has.
    warnings.filterwarnings("ignore", message=".*superuser privileges.*")
    call_command("migrate", verbosity=0)
    event = night.load(timezone.now())
    lounge = StillEvening(mail=folder / "mail", stripe=folder / "stripe.sqlite3")
    lounge.start()
    try:
        money.load(event, lounge.stand_in, timezone.now())
        # Once more, over what its own webhooks have brought since.
        reconcile(event.charity.stripe_account_id, at=timezone.now())
        yield
    finally:
        lounge.stop()


def the_night() -> Event:
    return Event.objects.get(slug="losers-lounge")


def stopped_at(moment: time) -> Event:
    """A rehearsal that went so far, under the name of the night itself."""
    outcome = replay.play(the_night(), Wishes(until=moment), lambda words: None)
    if outcome.otherwise:
        raise RuntimeError("\n".join(outcome.otherwise))
    Event.objects.filter(pk=outcome.event.pk).update(name=the_night().name)
    return outcome.event


def guest(event: Event, name: str) -> Guest:
    return event.guests.select_related("invitation").get(name=name)


def member(email: str) -> Cookies:
    """The cookie of somebody of the team who has signed in."""
    client = Client()
    client.force_login(User.objects.get(email=email))
    name = settings.SESSION_COOKIE_NAME
    return {name: client.cookies[name].value}


def invited(guest: Guest) -> Cookies:
    """The cookie of whoever has followed this guest's link."""
    response = HttpResponse()
    guest_realm.remember(HttpRequest(), response, guest.invitation)
    name = settings.GUEST_COOKIE_NAME
    return {name: response.cookies[name].value}
