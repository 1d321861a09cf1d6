"""Clocks that are two hours off: the database's own decides what is late.

`FAULTS_LONG=1` sets them the other way round too.
"""

import os
from datetime import timedelta

import pytest
from django.db.models.functions import Now

from donations.models import Donation, StripeEvent
from donations.views.stripe import STALE
from events.models import Event, Message, Tally
from tests.donations.factories import make_donation, pay
from tests.factories import make_event
from tests.faults.crowd import make_night
from tests.faults.house import House
from tests.faults.invariants import Told, when_healed
from tests.faults.test_worker_deaths import is_out, make_wave
from tests.relay import once, say, wait
from tests.workers import eventually

State = Message.State
CLOCKS = [(2, -2)]
if os.environ.get("FAULTS_LONG") == "1":
    CLOCKS.append((-2, 2))


def clock(hours: int) -> dict[str, str]:
    return {
        "DJANGO_SETTINGS_MODULE": "tests.skewed_settings",
        "CLOCK_OFF_HOURS": str(hours),
    }


@pytest.mark.parametrize(("worker", "web"), CLOCKS)
def test_a_worker_and_a_web_server_two_hours_off_do_as_they_should(
    house: House, worker: int, web: int
) -> None:
    house.start_worker("odd", "--without-heartbeat", **clock(worker))
    house.start_web(**clock(web))
    try:
        leases_are_the_database_s(house)
        people_are_served(house)
        refused_webhooks_are_caught_up(house)
    finally:
        house.stop("odd")
        house.start_web()


def leases_are_the_database_s(house: House) -> None:
    """Neither takes from the other what it holds; "later" is later for both."""
    event, relay = make_event(), house.stack.relay
    relay.at["taken"], relay.at["rcpt"] = wait(0.2), once(say("451 4.3.0 later"))
    wave = make_wave(event, 16)
    later = event.messages.filter(deferrals=1, state=State.QUEUED)
    eventually(lambda: later.exists() and others_are_sent(event))
    [deferred] = later.annotate(looked_at=Now())
    assert abs(deferred.not_before - deferred.looked_at) < timedelta(minutes=2)
    later.update(not_before=Now())
    eventually(lambda: is_out(event))
    relay.at.clear()
    assert [relay.copies(message.message_id) for message in wave] == [1] * len(wave)
    when_healed(event, Told(), relay=relay)


def others_are_sent(event: Event) -> bool:
    return not event.messages.filter(deferrals=0).exclude(state=State.SENT).exists()


def people_are_served(house: House) -> None:
    """Links, cookies, answers, the door, payments: nothing asks for the right time."""
    night = make_night(house, 4)
    night.press_all(lambda night: None)
    assert set(night.statuses()) == {302}
    eventually(lambda: is_out(night.event))
    when_healed(night.event, night.told, relay=house.stack.relay)


def refused_webhooks_are_caught_up(house: House) -> None:
    """To this web server every word of Stripe's is hours old, or not yet said."""
    event = make_event()
    donation = make_donation(event)
    pay(house.stack.stripe, donation)
    eventually(lambda: has_paid(donation))
    refused = Tally.objects.filter(name=STALE)
    # A look at the page may tell of the payment before its events are caught up.
    unread = StripeEvent.objects.filter(state__in=StripeEvent.OWED)
    eventually(lambda: refused.exists() and not unread.exists())
    when_healed(event, Told(paid={donation.pk}), stand_in=house.stack.stripe)


def has_paid(donation: Donation) -> bool:
    donation.refresh_from_db()
    return donation.state == Donation.State.PAID
