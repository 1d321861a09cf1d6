"""Trying often is slowed down, by network; whoever holds a right link is let in."""

from http import HTTPStatus

import pytest
from django.core.cache import caches
from django.test import Client, RequestFactory
from django.urls import reverse
from pytest_django import Settings

from losers_lounge.links import make_lookup, make_token
from losers_lounge.throttle import Throttle, network
from tests.factories import PASSWORD, make_member
from tests.security.scene import Scene

pytestmark = pytest.mark.django_db

LOGIN = "/accounts/login/"


def test_a_wrong_link_is_told_to_go_slowly_and_a_right_one_opens(scene: Scene) -> None:
    wrong = [f"/i/{make_token('invitation', make_lookup(), 1)}/" for _ in range(31)]
    statuses = [Client().get(link).status_code for link in wrong]
    # Made under our key, so each of them is told that its guest is forgotten.
    assert statuses == [410] * 30 + [429]
    assert Client().get(wrong[0])["Retry-After"]
    assert Client().get(scene.url("guests:link")).status_code == HTTPStatus.FOUND


def test_a_spoofed_address_is_no_fresh_start() -> None:
    statuses = [
        Client().get("/i/junk.junk/", headers={"X-Forwarded-For": f"198.51.100.{n}"})
        for n in range(31)
    ]
    assert statuses[-1].status_code == HTTPStatus.TOO_MANY_REQUESTS
    other = Client(REMOTE_ADDR="198.51.100.77").get("/i/junk.junk/")
    assert other.status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("email", ["nobody@x.example", "lounge@x.example"])
def test_lost_links_are_asked_for_so_often_and_not_more(
    scene: Scene, email: str
) -> None:
    """Known and unknown alike, in words and in number."""
    url = reverse("guests:lost_link")
    answers = [Client().post(url, {"email": email}) for _ in range(21)]
    assert [answer.status_code for answer in answers] == [200] * 20 + [429]
    assert b"on its way" in answers[0].content


def test_payment_pages_are_not_made_without_end(scene: Scene) -> None:
    client = scene.guest()
    foreign = {"guest": "not-of-this-party"}
    statuses = [
        client.post(scene.url("guests:donate"), foreign).status_code for _ in range(21)
    ]
    assert statuses == [404] * 20 + [429]


def test_unsubscribe_links_cannot_be_guessed_all_day() -> None:
    url = reverse("events:unsubscribe", args=["junk.junk"])
    statuses = [Client().post(url).status_code for _ in range(31)]
    assert statuses == [404] * 30 + [429]


def test_a_window_ends_and_a_purpose_is_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one, other = Throttle("one", 2, 60), Throttle("other", 2, 60)
    now = [1_000.0]
    monkeypatch.setattr("losers_lounge.throttle.time.time", lambda: now[0])
    for _ in range(2):
        one.count("here")
    assert one.is_spent("here")
    assert not one.is_spent("there") and not other.is_spent("here")
    now[0] += 61
    assert not one.is_spent("here")


def test_it_counts_in_the_database_as_in_production(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Log-in and links work while Redis does not."""
    monkeypatch.setattr("losers_lounge.throttle.cache", caches["database"])
    throttle = Throttle("database", 2, 60)
    throttle.count("here")
    assert not throttle.is_spent("here")
    throttle.count("here")
    assert throttle.is_spent("here")


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::"),
        ("", "unknown"),
        ("junk", "unknown"),
    ],
)
def test_a_network_is_an_address_or_a_household(address: str, counted: str) -> None:
    assert network(RequestFactory().get("/", REMOTE_ADDR=address)) == counted


def log_in(address: str, email: str, password: str) -> bool:
    typed = {"login": email, "password": password}
    response = Client(REMOTE_ADDR=address).post(LOGIN, typed)
    return response.status_code == HTTPStatus.FOUND


def test_guessing_a_password_is_slowed_down() -> None:
    email = make_member().user.email
    for number in range(10):
        assert not log_in("203.0.113.9", email, f"wrong {number}")
    assert not log_in("203.0.113.9", email, PASSWORD)


def test_a_stranger_s_guesses_do_not_lock_the_owner_out() -> None:
    email = make_member().user.email
    for number in range(15):
        log_in("203.0.113.9", email, f"wrong {number}")
    assert log_in("198.51.100.7", email, PASSWORD)
