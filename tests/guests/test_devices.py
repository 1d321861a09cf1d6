"""Phones that a host pairs: one desk is one phone's, until its hour or a press."""

from datetime import timedelta

import pytest
from django.utils import timezone

from events.models import Event
from guests.door import devices
from guests.models import Device
from tests.factories import make_event, make_user
from tests.guests.devices import make_device, token_of
from tests.racing import at_the_same_moment, seen_to_fail_without_lock

HOUR = timedelta(hours=1)


@pytest.mark.django_db
def test_a_code_is_taken_once(event: Event) -> None:
    token, at = token_of(make_device(event)), timezone.now()
    assert devices.claim(token, at).claimed_at == at
    with pytest.raises(devices.CodeSpent):
        devices.claim(token, at)


@pytest.mark.django_db
def test_a_code_lasts_a_quarter_of_an_hour(event: Event) -> None:
    device, at = make_device(event), timezone.now()
    devices.offered(token_of(device), at + timedelta(minutes=14))
    with pytest.raises(devices.CodeSpent):
        devices.claim(token_of(device), at + timedelta(minutes=16))


@pytest.mark.django_db
def test_a_code_that_was_taken_back_or_made_elsewhere_opens_nothing(
    event: Event,
) -> None:
    at, revoked = timezone.now(), make_device(event)
    devices.revoke(revoked, by=make_user(), at=at)
    forged = make_device(event).public_id + ".AAAA"
    for token in (token_of(revoked), forged, "junk", ".", ""):
        with pytest.raises(devices.CodeSpent):
            devices.claim(token, at)


def claim_race() -> None:
    """Eight phones scan one code and press at the same moment."""
    device = make_device(make_event())
    token, at = token_of(device), timezone.now()

    outcomes = at_the_same_moment(8, lambda _: devices.claim(token, at))

    taken = [row for row in outcomes if isinstance(row, Device)]
    refused = [row for row in outcomes if isinstance(row, devices.CodeSpent)]
    assert (len(taken), len(refused)) == (1, 7), outcomes


@pytest.mark.django_db(transaction=True)
def test_of_eight_phones_one_takes_the_desk() -> None:
    claim_race()


@pytest.mark.django_db(transaction=True)
def test_one_phone_alone_needs_the_asking_update(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without the conditions in the update, what was looked at is believed."""
    monkeypatch.setattr(devices, "_free", lambda device: _any_row(device))
    seen_to_fail_without_lock(claim_race)


def _any_row(device: Device):
    return Device.objects.filter(pk=device.pk)


@pytest.mark.django_db
def test_nobody_pairs_a_phone_for_more_than_a_day(event: Event) -> None:
    at, by = timezone.now(), make_user()
    device = devices.offer(event, "door", "Kim", until=at + 90 * HOUR, by=by, at=at)
    assert device.expires_at == at + 24 * HOUR


@pytest.mark.django_db
def test_the_usual_hour_is_the_end_of_the_event(event: Event) -> None:
    assert devices.usual_end(event, event.ends_at - HOUR) == event.ends_at
    early, late = event.ends_at - 90 * HOUR, event.ends_at + HOUR
    assert devices.usual_end(event, early) == early + 12 * HOUR
    assert devices.usual_end(event, late) == late + 12 * HOUR


@pytest.mark.django_db
def test_a_phone_is_shut_out_once_and_its_hour_ends(event: Event) -> None:
    device, at, by = make_device(event), timezone.now(), make_user("Amy")
    assert devices.is_open(device, at)
    assert not devices.is_open(device, device.expires_at)
    devices.revoke(device, by=by, at=at)
    devices.revoke(device, by=make_user("Jon"), at=at + HOUR)
    device.refresh_from_db()
    assert (device.revoked_at, device.revoked_by_name) == (at, "Amy")
    assert event.activities.filter(verb="shut out a phone").count() == 1
    assert not devices.is_open(device, at)


@pytest.mark.django_db
def test_a_desk_is_not_given_back_while_scans_wait(event: Event) -> None:
    at = timezone.now()
    for said, beaten in ((1, 0), (0, 1)):
        device = make_device(event, queued_scans=beaten)
        with pytest.raises(devices.ScansWaiting):
            devices.give_back(device, said, at)
    device = make_device(event)
    devices.give_back(device, 0, at)
    device.refresh_from_db()
    assert not devices.is_open(device, at)


@pytest.mark.django_db
def test_a_beat_says_how_wrong_the_clock_is(event: Event) -> None:
    device, at = make_device(event), timezone.now()
    ahead = at + timedelta(seconds=2)
    devices.beat(device, queued=3, snapshot_at=at, sent_at=ahead, at=at)
    device.refresh_from_db()
    assert (device.queued_scans, device.clock_skew_ms) == (3, 2000)
    assert devices.is_online(device, at + timedelta(seconds=59))
    assert not devices.is_online(device, at + timedelta(seconds=61))
    past = at - timedelta(days=40_000)
    devices.beat(device, queued=0, snapshot_at=None, sent_at=past, at=at)
    device.refresh_from_db()
    assert device.clock_skew_ms == -devices.MOST_MS
