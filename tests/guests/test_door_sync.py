"""A phone hands in what it pressed without network: read strictly, answered in JSON."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from events.models import Event
from guests.models import Admission, Device, Guest
from tests.factories import make_event
from tests.guests.devices import make_phone
from tests.guests.night import make_coming
from tests.guests.scanning import AT, minute, scan, told, two_phones
from tests.guests.scanning import hand_in as merge


@pytest.fixture
def phone(event: Event) -> Client:
    return make_phone(event)


@pytest.fixture
def tina(event: Event) -> Guest:
    return make_coming(event, "Tina Fey")


def pressed(guest: Guest, **fields: Any) -> dict[str, Any]:
    given = {
        "nonce": f"n{guest.pk}",
        "guest": guest.pk,
        "action": "in",
        "at": minute(10).isoformat(),
        "seq": 1,
        "as_of": minute(0).isoformat(),
        "colour": "green",
        "allowed_by": "",
        "reason": "",
    }
    return given | fields


def hand_in(client: Client, event: Event, *held: Any, **others: Any) -> HttpResponse:
    body = {"sent_at": AT.isoformat(), "scans": list(held)} | others
    return send(client, event, json.dumps(body))


def send(client: Client, event: Event, body: str | bytes) -> HttpResponse:
    url = reverse("guests:door_sync", args=[event.slug])
    return client.post(url, body, content_type="application/json")


def test_a_phone_hands_in_a_scan(phone: Client, event: Event, tina: Guest) -> None:
    answer = hand_in(phone, event, pressed(tina)).json()

    [received] = answer["received"]
    assert received["nonce"] == f"n{tina.pk}"
    assert received["outcome"] == "counted"
    assert received["words"] == "Tina Fey came in."
    assert (answer["inside_before"], answer["inside"]) == (0, 1)
    assert answer["corrections"] == []
    row = tina.admissions.get()
    assert (row.device, row.by_name, row.colour) == (phone.device, "Kim", "green")
    assert (row.sequence, row.priced_at) == (1, minute(0))
    assert row.received_at is not None


def test_an_account_hands_in_too(door: Client, event: Event, tina: Guest) -> None:
    assert hand_in(door, event, pressed(tina)).status_code == 200
    assert tina.admissions.get().by == door.user


def test_a_trophy_desks_phone_lets_nobody_in(event: Event, tina: Guest) -> None:
    desk = make_phone(event, "trophies")
    assert hand_in(desk, event, pressed(tina)).status_code == 404
    assert not tina.admissions.exists()


def test_a_phone_of_another_event_is_not_there(phone: Client, tina: Guest) -> None:
    assert hand_in(phone, make_event(), pressed(tina)).status_code == 404


def test_a_phone_that_was_shut_out_hands_in_and_hears_no_name(
    phone: Client, event: Event, tina: Guest
) -> None:
    Device.objects.filter(pk=phone.device.pk).update(revoked_at=AT)

    response = hand_in(phone, event, pressed(tina))

    assert response.status_code == 200
    assert "Tina" not in response.content.decode()
    answer = response.json()
    assert answer["received"][0]["outcome"] == "exception"
    assert (answer["inside"], answer["corrections"]) == (None, [])
    assert told(tina) == [("in", False, "revoked")]


WRONG = {
    "no json": "{",
    "deep": "[" * 100_000,
    "long number": '{"sent_at": ' + "9" * 5_000 + "}",
    "a list": "[]",
    "null": "null",
    "not utf-8": b"\xff\xfe{",
    "no scans": json.dumps({"sent_at": AT.isoformat()}),
    "scans": json.dumps({"sent_at": AT.isoformat(), "scans": {"0": 1}}),
    "no clock": json.dumps({"scans": []}),
    "clock": json.dumps({"sent_at": 12, "scans": []}),
    "naive clock": json.dumps({"sent_at": "2026-01-01T10:00", "scans": []}),
    "first clock": json.dumps({"sent_at": "0001-01-01T00:00+14:00", "scans": []}),
}


@pytest.mark.parametrize("body", WRONG.values(), ids=WRONG)
def test_what_cannot_be_read_is_said_in_a_sentence(
    phone: Client, event: Event, body: str | bytes
) -> None:
    response = send(phone, event, body)
    assert response.status_code == 400
    assert response.json()["error"].endswith(".")


@pytest.mark.parametrize(
    "wrong",
    [
        *({"nonce": value} for value in (None, "", 1, [], "x" * 65, "a b", "a\x00b")),
        *({"guest": value} for value in (None, "1", 1.0, True, -1, 10**30, [])),
        *({"action": value} for value in (None, "", "undone", "denied", 1, ["in"])),
        *({"at": value} for value in (None, "", "noon", 1, "9999-12-31T23:59:59Z")),
        *({"seq": value} for value in (None, "1", -1, 2**31, 1.5)),
        {"as_of": "yesterday"},
        {"colour": "pink"},
        *({"allowed_by": value} for value in ("x" * 201, 1, ["Amy"])),
        {"reason": "x" * 301},
    ],
    ids=str,
)
def test_a_scan_that_cannot_be_read_names_its_field_and_keeps_nothing(
    phone: Client, event: Event, tina: Guest, wrong: dict[str, Any]
) -> None:
    good = pressed(tina, nonce="good")

    response = hand_in(phone, event, good, pressed(tina) | wrong)

    assert response.status_code == 400
    error = response.json()["error"]
    assert error.startswith("Scan 2: ")
    assert next(iter(wrong)) in error
    assert not event.admissions.exists()


@pytest.mark.parametrize("held", [None, 1, "scan", [], [[]]])
def test_a_scan_that_is_no_object_is_refused(
    phone: Client, event: Event, held: Any
) -> None:
    assert hand_in(phone, event, held).status_code == 400


@pytest.mark.parametrize("field", ["at", "as_of"])
def test_a_clock_set_to_a_zone_that_is_nowhere_is_no_error(
    phone: Client, event: Event, tina: Guest, field: str
) -> None:
    scan_of_it = pressed(tina, **{field: "2026-01-01T10:00:00+23:59"})
    assert hand_in(phone, event, scan_of_it).status_code == 200
    assert tina.admissions.exists()


def test_half_characters_are_no_error(phone: Client, event: Event, tina: Guest) -> None:
    body = json.dumps(
        {"sent_at": AT.isoformat(), "scans": [pressed(tina, reason="MARK")]}
    )
    response = send(phone, event, body.replace("MARK", r"\ud800 a\u0000b\u202e"))
    assert response.status_code == 200
    assert tina.admissions.get().reason == "? a b"


def test_more_than_two_hundred_at_once_are_refused(
    phone: Client, event: Event, tina: Guest
) -> None:
    many = [pressed(tina, nonce=f"n{number}") for number in range(201)]
    assert hand_in(phone, event, *many).status_code == 413
    assert hand_in(phone, event, pressed(tina, reason=" " * 600_000)).status_code == 413
    assert not Admission.objects.exists()
    assert hand_in(phone, event, *many[:200]).status_code == 200


def test_handing_in_again_is_answered_alike(
    phone: Client, event: Event, tina: Guest
) -> None:
    held = pressed(tina), pressed(tina, nonce="other", at=minute(12).isoformat())
    first, again = (hand_in(phone, event, *held).json() for _ in range(2))

    assert first["received"] == again["received"]
    assert event.admissions.count() == 2


def test_exceptions_stand_on_a_page_until_somebody_lets_them_stand(
    door: Client, event: Event, tina: Guest
) -> None:
    front, side = two_phones(tina)
    merge(front, scan(tina, 12))
    merge(side, scan(tina, 15))
    url = reverse("guests:door_exceptions", args=[event.slug])
    row = tina.admissions.get(counts=False)

    text = door.get(url).content.decode()
    assert "by Front and" in text
    assert "Let it stand" in text
    look = reverse("guests:door_exception_look", args=[event.slug, row.pk])
    for _ in range(2):
        assert door.post(look).url == url

    text = door.get(url).content.decode()
    assert "Nothing to look at" in text
    assert str(door.user) in text
    other = reverse("guests:door_exception_look", args=[event.slug, row.pk - 1])
    assert door.post(other).status_code == 404


def test_the_team_of_the_door_finds_its_way_to_what_is_to_be_looked_at(
    door: Client, event: Event
) -> None:
    url = reverse("guests:door_exceptions", args=[event.slug])

    front = door.get(reverse("guests:door", args=[event.slug])).content.decode()
    assert f'class="door-badge" href="{url}"' in front
    assert f'<li><a href="{url}">To look at</a></li>' in front
    there = door.get(url).content.decode()
    assert f'<li><a href="{url}" aria-current="page">To look at</a></li>' in there


def test_the_page_of_exceptions_takes_as_many_queries_for_many(
    door: Client, event: Event, django_assert_num_queries: Any
) -> None:
    url = reverse("guests:door_exceptions", args=[event.slug])
    for _ in range(2):
        for _ in range(3):
            guest = make_coming(event)
            front, _side = two_phones(guest)
            merge(front, scan(guest, 12), scan(guest, 15), at=AT + timedelta(hours=1))
        with django_assert_num_queries(8):
            door.get(url)
