"""The database falls over while everybody presses: what was told is there."""

import os
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from unittest.mock import patch

import psycopg
import pytest
from django.db import connection
from django.db.models import F

from donations.models import Donation, StripeEvent
from events.models import Message
from tests.donations.factories import make_donation, pay
from tests.donations.signing import completed, sign
from tests.factories import make_event
from tests.faults.crowd import Night, make_night
from tests.faults.house import House, Reply
from tests.faults.invariants import Told, when_healed
from tests.faults.machines import DATABASE
from tests.guests.factories import make_guest
from tests.guests.people import browser_of, page_of
from tests.relay import wait
from tests.stack import WEBHOOK_SECRET
from tests.workers import eventually

LONG = os.environ.get("FAULTS_LONG") == "1"
PEOPLE = 60 if LONG else 24
TIMES = 8 if LONG else 1
State = Message.State
HOLD = """
    SELECT 1 FROM events_event FOR UPDATE;
    SELECT 1 FROM guests_guest FOR UPDATE;
    SELECT 1 FROM guests_invitation FOR UPDATE;
    SELECT 1 FROM events_category FOR UPDATE;
"""


def restarted(night: Night) -> None:
    """`pg_ctl stop -m immediate`, then up again."""
    for _ in range(TIMES):
        night.house.database.stop(signal.SIGQUIT)
        night.house.database.start()
        time.sleep(0.3 * LONG)


def cut(night: Night) -> None:
    """Every session ends where it is, in the middle of whatever it does."""
    for _ in range(10 * TIMES):
        with psycopg.connect(where(night.house)) as other:
            other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE pid <> pg_backend_pid() AND datname = current_database()"
            )
        time.sleep(0.03)


def is_settled(night: Night) -> bool:
    """Nothing is left to be sent. What a relay put off would still wait."""
    waiting = [State.QUEUED, State.CLAIMED, State.HANDING_OVER]
    return not night.event.messages.filter(state__in=waiting).exists()


def where(house: House) -> str:
    return f"host={house.database.server.folder} user=lounge dbname={DATABASE}"


@pytest.mark.parametrize("fault", [restarted, cut])
def test_what_was_told_is_there_after_the_database_was_gone(
    house: House, fault: Callable[[Night], None]
) -> None:
    night = make_night(house, PEOPLE)
    house.stack.relay.at["taken"] = wait(0.02)

    night.press_all(fault)

    again = night.press_again()
    ended = time.monotonic()
    eventually(lambda: is_settled(night), 60 + PEOPLE)
    print(f"{fault.__name__}: {night.statuses()}, {again} pressed again")
    print(f"mail healed {time.monotonic() - ended:.1f} s later")
    when_healed(
        night.event, night.told, relay=house.stack.relay, stand_in=house.stack.stripe
    )


def test_a_row_that_somebody_holds_says_try_again_and_nothing_hangs(
    house: House,
) -> None:
    """Answer, scan, result and payment: lock_timeout is 3 s, and then a page."""
    night = make_night(house, people=2)
    [send] = [press for press in night.presses if press.what == "send"]
    assert send()
    waiting = [press for press in night.presses if press is not send]

    with psycopg.connect(where(house)) as holder:
        holder.execute(HOLD)
        with ThreadPoolExecutor(len(waiting)) as people:
            pressed = list(people.map(lambda press: press(), waiting))
        holder.rollback()

    assert not any(pressed)
    for press in waiting:
        [reply] = press.replies
        assert (reply.status, reply.headers.get("Retry-After")) == (503, "3"), press
        assert "try again" in reply.body
    assert night.press_again() == len(waiting)
    eventually(lambda: is_settled(night))
    when_healed(night.event, night.told, relay=house.stack.relay)


def test_it_would_be_a_500_if_nobody_looked_at_what_broke(house: House) -> None:
    guest = make_guest(make_event())
    browser = browser_of(guest.invitation)
    browser.raise_request_exception = False
    with psycopg.connect(where(house)) as holder, connection.cursor() as ours:
        holder.execute(HOLD)
        ours.execute("SET lock_timeout = '100ms'")
        with patch("losers_lounge.middleware.is_lock_wait", return_value=False):
            reply = browser.post(page_of(guest.invitation, "rsvp"), {"answer": "yes"})
        holder.rollback()
    connection.close()
    assert reply.status_code == 500


def test_while_the_database_is_down_stripe_is_told_to_come_again(house: House) -> None:
    """Health answers, pages say "try again", and the webhook is taken when it is up."""
    event = make_event()
    donation = make_donation(event)
    body = completed(donation, pay(house.stack.stripe, donation))
    told = Told(paid={donation.pk}, webhooks={f"evt_{donation.public_id}"})
    eventually(lambda: has_paid(donation))
    StripeEvent.objects.filter(event_id__in=told.webhooks).delete()

    house.database.stop(signal.SIGQUIT)
    refused = hook(house, body)
    assert house.is_answering()
    page = house.ask("GET", f"/total/{event.slug}/")
    house.database.start()
    connection.close()

    assert refused.status in (500, 503)
    assert (page.status, page.headers["Retry-After"]) == (503, "3")
    assert hook(house, body).status == 200
    unread = StripeEvent.objects.filter(state=StripeEvent.State.NEW)
    # One that was in hand when the database went waits for its next turn: let it pass.
    eventually(lambda: not unread.update(not_before=F("received_at")))
    # So does its receipt, if it was being sent: until the dead claim's lease is over.
    eventually(lambda: is_settled(Night(house, event)))
    when_healed(event, told, stand_in=house.stack.stripe)


def hook(house: House, body: bytes) -> Reply:
    headers = {"Stripe-Signature": sign(body, WEBHOOK_SECRET)}
    headers["Content-Type"] = "application/json"
    return house.ask("POST", "/stripe/webhook/", body.decode(), headers)


def has_paid(donation: Donation) -> bool:
    donation.refresh_from_db()
    return donation.state == Donation.State.PAID
