"""A host's PIN: six digits that are their yes on somebody else's phone."""

import time

import pytest
from django.contrib.auth.hashers import check_password
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from events.models import Event, Member
from guests.door import pins
from tests.conftest import signed_in
from tests.factories import make_event, make_member
from tests.racing import (
    WINDOW_SECONDS,
    at_the_same_moment,
    seen_to_fail_without_lock,
)

RIGHT, WRONG = "402817", "402818"


def make_host(event: Event, pin: str = RIGHT) -> Member:
    member = make_member(event, "host")
    if pin:
        pins.set_pin(member, pin, by=member.user, at=timezone.now())
    return member


@pytest.mark.parametrize(
    "pin",
    ["000000", "121212", "123123", "123456", "654321", "456789", "890123", "098765"]
    + [
        "",
        "12345",
        "1234567",
        "12 456",
        "abcdef",
        "\u0661\u0662\u0663\u0664\u0665\u0666",
    ],
)
@pytest.mark.django_db
def test_a_pin_that_anybody_would_try_first_is_refused(event: Event, pin: str) -> None:
    member = make_host(event, "")
    with pytest.raises(pins.WeakPin):
        pins.set_pin(member, pin, by=member.user, at=timezone.now())
    member.refresh_from_db()
    assert member.pin_hash == ""


@pytest.mark.django_db
def test_the_right_pin_is_the_host_and_is_not_kept_as_typed(event: Event) -> None:
    member = make_host(event)
    assert pins.check(event, member.pk, RIGHT, "device/1") == member.user
    assert RIGHT not in member.pin_hash
    assert pins.hosts_with_pin(event) == [member]
    lines = list(event.activities.values_list("verb", flat=True))
    assert lines == ["set a PIN"]


@pytest.mark.django_db
def test_a_wrong_pin_is_refused_and_written_down(event: Event) -> None:
    member = make_host(event)
    with pytest.raises(pins.WrongPin):
        pins.check(event, member.pk, WRONG, "device/1")
    assert event.activities.filter(verb="typed a wrong PIN").count() == 1


@pytest.mark.django_db
def test_only_a_host_of_this_event_with_a_pin_can_be_named(event: Event) -> None:
    bare, elsewhere = make_host(event, ""), make_host(make_event())
    door = make_member(event, "door")
    for member_id in (bare.pk, elsewhere.pk, door.pk, None, 2**62):
        with pytest.raises(pins.WrongPin):
            pins.check(event, member_id, RIGHT, "device/1")


@pytest.mark.django_db
def test_after_five_wrong_ones_the_right_one_waits_too(event: Event) -> None:
    member = make_host(event)
    for _ in range(5):
        with pytest.raises(pins.WrongPin):
            pins.check(event, member.pk, WRONG, "device/1")
    with pytest.raises(pins.PinsSpent):
        pins.check(event, member.pk, RIGHT, "device/1")
    assert pins.check(event, member.pk, RIGHT, "device/2") == member.user


@pytest.mark.django_db
def test_right_ones_are_not_counted(event: Event) -> None:
    member = make_host(event)
    for _ in range(20):
        assert pins.check(event, member.pk, RIGHT, "device/1") == member.user


@pytest.mark.django_db
def test_a_phone_gets_so_many_tries_at_a_host_in_a_night(event: Event) -> None:
    """And locks nobody out: beside every other phone the host's PIN goes on."""
    member = make_host(event)
    for number in range(pins.TRIES_AT_ONE.most):
        if number % pins.TRIES_BY_ONE.most == 0:
            cache.delete("throttle.pins_by_one.device/1")  # a quarter of an hour later
        with pytest.raises(pins.WrongPin):
            pins.check(event, member.pk, WRONG, "device/1")
    cache.delete("throttle.pins_by_one.device/1")
    with pytest.raises(pins.PinsSpent):
        pins.check(event, member.pk, RIGHT, "device/1")
    assert pins.check(event, member.pk, RIGHT, "device/2") == member.user


@pytest.mark.django_db
def test_many_phones_cannot_share_the_guessing(event: Event) -> None:
    member = make_host(event)
    for number in range(pins.TRIES_TOGETHER.most):
        with pytest.raises(pins.WrongPin):
            pins.check(event, member.pk, WRONG, f"device/{number}")
    with pytest.raises(pins.PinsSpent):
        pins.check(event, member.pk, RIGHT, "device/999")


@pytest.fixture
def _slow_hasher(monkeypatch: pytest.MonkeyPatch) -> None:
    """As production's is, for a guesser's sake."""

    def look_slowly(pin: str, encoded: str | None) -> bool:
        time.sleep(WINDOW_SECONDS)
        return check_password(pin, encoded)

    monkeypatch.setattr(pins, "check_password", look_slowly)


def guessing_race() -> None:
    """Eight wrong tries at the same moment are eight, and only five are looked at."""
    event = make_event()
    member = make_host(event)

    who = f"device/{member.pk}"
    outcomes = at_the_same_moment(8, lambda n: pins.check(event, member.pk, WRONG, who))

    assert all(isinstance(row, pins.WrongPin) for row in outcomes), outcomes
    assert sum(isinstance(row, pins.PinsSpent) for row in outcomes) == 3


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_slow_hasher")
def test_tries_at_the_same_moment_are_all_counted() -> None:
    guessing_race()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_slow_hasher")
def test_counting_tries_needs_the_hosts_lock() -> None:
    seen_to_fail_without_lock(guessing_race, Member)


def set_on_page(client: Client, event: Event, pin: str, again: str = "") -> int:
    typed = {"pin": pin, "again": again or pin}
    url = reverse("guests:door_pin", args=[event.slug])
    return client.post(url, typed).status_code


@pytest.mark.django_db
def test_a_host_sets_their_own_pin_on_a_page(event: Event) -> None:
    member, other = make_host(event, ""), make_host(event)
    client = signed_in(member)
    assert set_on_page(client, event, "123456") == 422
    assert set_on_page(client, event, RIGHT, "771199") == 422
    assert set_on_page(client, event, "402 817") == 302
    assert pins.check(event, member.pk, RIGHT, "device/1") == member.user
    page = client.get(reverse("guests:door_pin", args=[event.slug])).content.decode()
    assert str(other.user) in page
    assert RIGHT not in page


@pytest.mark.django_db
def test_a_wrong_form_does_not_show_the_pin_again(event: Event) -> None:
    url = reverse("guests:door_pin", args=[event.slug])
    typed = {"pin": RIGHT, "again": WRONG}
    page = signed_in(make_host(event)).post(url, typed).content.decode()
    assert RIGHT not in page
