"""The readiness board says what the rows say, and amber where something is missing."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from donations.models import Reconciliation
from events import results
from events.models import Event, Message
from guests import readiness
from guests.door import devices, pins
from guests.readiness import Light
from tests.events.mails import make_message
from tests.factories import (
    make_category,
    make_member,
    make_nomination,
    make_nominee,
    make_user,
)
from tests.guests.devices import make_device

pytestmark = pytest.mark.django_db


def light(event: Event, name: str) -> Light:
    lights = readiness.board(event, timezone.now())
    return next(row for row in lights if row.name == name)


def beat(event: Event, name: str = "Kim", seconds_ago: int = 0, **said: Any) -> None:
    at = timezone.now() - timedelta(seconds=seconds_ago)
    device = make_device(event, name=name, claimed_at=at)
    told = {"queued": 0, "snapshot_at": at, "sent_at": at} | said
    devices.beat(device, **told, at=at)


def test_an_event_that_has_nothing_is_not_ready(event: Event) -> None:
    lights = readiness.board(event, timezone.now())
    amber = {row.name for row in lights if not row.is_good}
    assert amber == {
        "Phones at the door",
        "Lists in the phones",
        "Clocks of the phones",
        "Stripe",
        "Running order",
        "PINs of hosts",
    }


def test_a_phone_that_beats_is_on_and_one_that_does_not_is_named(event: Event) -> None:
    beat(event)
    assert light(event, "Phones at the door").is_good
    beat(event, "Lee", seconds_ago=61)
    phones = light(event, "Phones at the door")
    assert not phones.is_good
    assert phones.words == "1 of 2 heard from in the last minute. Silent: Lee."


def test_a_name_that_ends_in_a_dot_ends_its_sentence_with_that_dot(
    event: Event,
) -> None:
    beat(event, "Robert Downey Jr.", snapshot_at=None)
    assert "in: Robert Downey Jr. Open" in light(event, "Lists in the phones").words
    event.devices.update(last_seen_at=timezone.now() - timedelta(seconds=61))
    assert "Silent: Robert Downey Jr." in light(event, "Phones at the door").words
    assert "Jr.." not in light(event, "Phones at the door").words


def test_a_list_that_is_old_or_missing_is_seen(event: Event) -> None:
    beat(event)
    assert light(event, "Lists in the phones").is_good
    beat(event, snapshot_at=timezone.now() - timedelta(minutes=6))
    assert not light(event, "Lists in the phones").is_good
    beat(event, "Lee", snapshot_at=None)
    assert "Lee" in light(event, "Lists in the phones").words


@pytest.mark.parametrize(("seconds", "is_good"), [(0.5, True), (-2, False), (2, False)])
def test_a_clock_that_is_off_is_seen(
    event: Event, seconds: float, is_good: bool
) -> None:
    beat(event, sent_at=timezone.now() + timedelta(seconds=seconds))
    assert light(event, "Clocks of the phones").is_good is is_good


def test_scans_that_wait_are_counted(event: Event) -> None:
    beat(event, queued=2)
    beat(event, "Lee", queued=1)
    assert light(event, "Scans that wait in phones").words == "3 are not in yet."


def test_mail_that_waits_too_long_is_seen(event: Event) -> None:
    message, now = make_message(event), timezone.now()
    rows = Message.objects.filter(pk=message.pk)
    rows.update(state="queued", not_before=now - timedelta(minutes=1))
    assert light(event, "Mail").is_good
    rows.update(not_before=now - timedelta(minutes=11))
    assert not light(event, "Mail").is_good
    rows.update(state="unknown")
    assert "may or may not have arrived" in light(event, "Mail").words


def test_books_that_were_compared_lately_are_good(event: Event) -> None:
    now, account = timezone.now(), event.charity.stripe_account_id
    times = dict.fromkeys(("since", "high_water_at", "started_at", "finished_at"), now)
    sides = [
        f"{side}_{what}"
        for side in ("stripe", "ledger")
        for what in ("entries", "gross_cents", "fee_cents", "net_cents")
    ]
    nothing = dict.fromkeys(sides, 0)
    row = Reconciliation(account=account, verdict="same", **times, **nothing)
    row.save()
    rows = Reconciliation.objects.filter(pk=row.pk)
    assert light(event, "Stripe").is_good
    rows.update(finished_at=timezone.now() - timedelta(minutes=31))
    assert not light(event, "Stripe").is_good


def test_the_desk_and_the_running_order_are_seen(event: Event) -> None:
    first, second = make_category(event), make_category(event)
    for _ in range(3):
        make_nomination(first, make_nominee(event))
    order = light(event, "Running order")
    assert order.words == "2 categories, 1 of them without a nomination."
    make_nomination(second, make_nominee(event))
    assert light(event, "Running order").words == "2 categories are loaded."
    assert light(event, "Results desk").is_good
    winner = first.nominations.first().pk
    results.announce(first.pk, [winner], by=make_user(), at=timezone.now(), version=0)
    assert not light(event, "Results desk").is_good


def test_a_host_with_a_pin_is_enough(event: Event) -> None:
    member = make_member(event, "host")
    make_member(event, "host")
    assert not light(event, "PINs of hosts").is_good
    pins.set_pin(member, "402817", by=member.user, at=timezone.now())
    assert light(event, "PINs of hosts").words == "1 of 2 hosts have one."
    assert light(event, "PINs of hosts").is_good


def test_the_board_takes_the_same_queries_however_many_phones(
    door: Client, event: Event, django_assert_num_queries: Any
) -> None:
    url = reverse("guests:readiness", args=[event.slug])
    assert "No phone is paired." in door.get(url).content.decode()
    with django_assert_num_queries(9):
        door.get(url)
    for number in range(6):
        beat(event, f"Phone {number}")
    with django_assert_num_queries(9):
        door.get(url)
