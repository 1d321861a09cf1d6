"""A host pairs a phone, sees how it does, and shuts it out."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from events.models import Event
from guests.models import Device
from losers_lounge.moments import in_zone
from tests.alike import told_by
from tests.factories import make_event
from tests.guests.devices import make_device, make_phone, paired, token_of
from tests.guests.night import make_coming

pytestmark = pytest.mark.django_db


def url(name: str, event: Event, *args: Any) -> str:
    return reverse(f"guests:{name}", args=[event.slug, *args])


def pair_page(device: Device) -> str:
    return reverse("guests:pair", args=[token_of(device)])


def offer(host: Client, event: Event, **said: str) -> HttpResponse:
    until = timezone.now() + timedelta(hours=3)
    local = until.astimezone(event.zone).strftime("%Y-%m-%dT%H:%M")
    typed = {"name": "Kim", "role": "door", "until": local} | said
    return host.post(url("devices", event), typed)


def test_a_host_shows_a_code_and_a_phone_takes_it(host: Client, event: Event) -> None:
    response = offer(host, event)
    device = event.devices.get()
    assert response["Location"] == url("device_code", event, device.pk)
    shown = host.get(response["Location"]).content.decode()
    assert "<svg" in shown and "every 2s" in shown

    phone = Client()
    page = phone.get(pair_page(device)).content.decode()
    assert "Make this my door phone" in page and event.name in page
    device.refresh_from_db()
    assert device.claimed_at is None

    response = phone.post(pair_page(device))
    assert response["Location"] == url("door", event)
    assert response.cookies[settings.DEVICE_COOKIE_NAME]["httponly"]
    assert "Kim" in phone.get(url("door", event)).content.decode()

    shown = host.get(url("device_code", event, device.pk)).content.decode()
    assert "Kim is at the door." in shown
    assert "<svg" not in shown.split('id="content"')[1]
    assert "every 2s" not in shown


def test_a_phone_that_was_paired_on_another_day_says_which(
    host: Client, event: Event
) -> None:
    """Nights pass midnight, and a phone may be paired the day before."""
    before = timezone.now() - timedelta(hours=23)
    device = make_device(event, claimed_at=before)
    shown = host.get(url("device_code", event, device.pk)).text
    assert f"Paired at {in_zone(before, event.zone)}" in shown


@pytest.mark.parametrize("hours", [-1, 25])
def test_an_hour_in_the_past_or_beyond_a_day_is_refused(
    host: Client, event: Event, hours: int
) -> None:
    until = (timezone.now() + timedelta(hours=hours)).astimezone(event.zone)
    said = until.strftime("%Y-%m-%dT%H:%M")
    assert offer(host, event, until=said).status_code == 422
    assert not event.devices.exists()


def test_the_hour_is_one_of_the_events_clock(host: Client, event: Event) -> None:
    at = (timezone.now() + timedelta(hours=2)).astimezone(event.zone)
    offer(host, event, until=at.strftime("%Y-%m-%dT%H:%M"))
    kept = event.devices.get().expires_at
    assert kept == at.replace(second=0, microsecond=0)


def test_every_code_that_opens_nothing_is_answered_alike(event: Event) -> None:
    taken, old, mine = make_device(event), make_device(event), make_phone(event)
    paired(taken)
    Device.objects.filter(pk=old.pk).update(
        created_at=timezone.now() - timedelta(minutes=16)
    )
    tokens = [token_of(taken), token_of(old), token_of(mine.device), "junk.junk", "x"]
    pages = set()
    for token in tokens:
        for method in ("get", "post"):
            response = getattr(Client(), method)(reverse("guests:pair", args=[token]))
            assert response.status_code == 404
            pages.add(told_by(response))
    assert len(pages) == 1
    assert "Kim" not in pages.pop()


def test_the_phone_that_took_a_code_is_led_to_its_desk(event: Event) -> None:
    for role, room in (("door", "door"), ("trophies", "trophies")):
        device = make_device(event, role)
        phone = paired(device)
        for method in (phone.get, phone.post):
            assert method(pair_page(device))["Location"] == url(room, event)


def test_a_phone_that_is_shut_out_is_told_so_at_its_next_request(
    host: Client, event: Event
) -> None:
    phone, guest = make_phone(event), make_coming(event)
    device = phone.device
    Device.objects.filter(pk=device.pk).update(queued_scans=2)
    page = host.post(url("device_revoke", event, device.pk), follow=True)
    assert "2 scans on that phone are not in yet" in page.content.decode()

    for response in (
        phone.get(url("door", event)),
        phone.get(url("door_card", event, guest.pk)),
        phone.post(url("door_admit", event, guest.pk), {"nonce": "n"}),
    ):
        assert response.status_code == 410
        assert "This phone was shut out." in response.content.decode()
        assert response["HX-Refresh"] == "true"
        assert guest.name not in response.content.decode()
    assert not event.admissions.exists()


def test_a_phone_whose_hour_is_over_is_told_so(event: Event) -> None:
    phone = make_phone(event)
    Device.objects.update(expires_at=timezone.now())
    response = phone.get(url("door", event))
    assert response.status_code == 410
    assert "hour is over" in response.content.decode()


def beat(phone: Client, event: Event, **said: Any) -> HttpResponse:
    told = {"queued": 0, "snapshot_at": None, "sent_at": timezone.now().isoformat()}
    return phone.post(
        url("door_beat", event), told | said, content_type="application/json"
    )


def test_a_beat_is_seen_by_the_host(host: Client, event: Event) -> None:
    phone = make_phone(event)
    assert beat(phone, event, queued=4).status_code == 200
    phone.device.refresh_from_db()
    assert phone.device.queued_scans == 4
    page = host.get(url("devices", event)).content.decode()
    assert "not in yet" in page and "status-good" in page


def test_a_phone_that_was_shut_out_still_says_when_its_scans_are_in(
    event: Event,
) -> None:
    phone = make_phone(event)
    Device.objects.update(queued_scans=3, revoked_at=timezone.now())
    assert beat(phone, event, queued=0).status_code == 410
    phone.device.refresh_from_db()
    assert phone.device.queued_scans == 0


def test_a_day_after_its_hour_a_phone_is_nobody_s(event: Event) -> None:
    """Its cookie would be gone; whoever kept it hands nothing in any more."""
    phone, at = make_phone(event), timezone.now()
    Device.objects.update(expires_at=at - timedelta(hours=23), revoked_at=at)
    assert beat(phone, event).status_code == 410
    Device.objects.update(expires_at=at - timedelta(hours=25))
    assert beat(phone, event).status_code == 302


def test_a_beat_takes_two_queries(event: Event, django_assert_num_queries: Any) -> None:
    phone = make_phone(event)
    with django_assert_num_queries(2):
        assert beat(phone, event).status_code == 200


@pytest.mark.parametrize(
    "said",
    [
        {"queued": -1},
        {"queued": "many"},
        {"queued": [1]},
        {"queued": True},
        {"queued": 1.5},
        {"queued": 10**12},
        {"sent_at": "now"},
        {"sent_at": None},
        {"sent_at": 5},
        {"sent_at": "2030-01-01T00:00:00"},
        {"sent_at": "0001-01-01T00:00:00+14:00"},
        {"snapshot_at": {"a": 1}},
        {"snapshot_at": "9999-12-31T23:59:59-14:00"},
    ],
)
def test_a_beat_that_is_none_is_refused(event: Event, said: dict[str, Any]) -> None:
    phone = make_phone(event)
    assert beat(phone, event, **said).status_code == 400
    phone.device.refresh_from_db()
    assert phone.device.clock_skew_ms is None


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"null", b"{", b"\xff\xfe", b"[" * 1900, b" " * 3000, b"1"]
)
def test_a_beat_of_anything_but_json_is_refused(event: Event, body: bytes) -> None:
    phone = make_phone(event)
    where = url("door_beat", event)
    response = phone.post(where, body, content_type="application/json")
    assert response.status_code == 400


def test_an_account_has_no_heart(door: Client, event: Event) -> None:
    assert beat(door, event).status_code == 204


def test_a_phone_gives_its_desk_back_once_nothing_waits(event: Event) -> None:
    phone = make_phone(event)
    where = url("door_unpair", event)
    for said in ({"queued": "2"}, {"queued": "x"}):
        response = phone.post(where, said, follow=True)
        assert "in this phone" in response.content.decode()
    beat(phone, event, queued=1)
    assert phone.post(where, {"queued": "0"}).status_code == 302
    beat(phone, event, queued=0)
    assert phone.get(url("door", event)).status_code == 200

    response = phone.post(where, {"queued": "0"})
    assert "gave its desk back" in response.content.decode()
    assert response.cookies[settings.DEVICE_COOKIE_NAME].value == ""
    login = reverse(settings.LOGIN_URL)
    assert phone.get(url("door", event))["Location"].startswith(login)


def test_the_list_of_phones_takes_the_same_queries_for_any_number(
    host: Client, event: Event, django_assert_num_queries: Any
) -> None:
    def look() -> None:
        assert host.get(url("devices", event)).status_code == 200

    make_device(event)
    look()
    with django_assert_num_queries(4):
        look()
    for _ in range(8):
        make_device(event)
    with django_assert_num_queries(4):
        look()


def test_a_phone_of_another_event_is_not_there(host: Client, event: Event) -> None:
    foreign = make_device(make_event())
    assert host.get(url("device_code", event, foreign.pk)).status_code == 404
    assert host.post(url("device_revoke", event, foreign.pk)).status_code == 404
    foreign.refresh_from_db()
    assert foreign.revoked_at is None
