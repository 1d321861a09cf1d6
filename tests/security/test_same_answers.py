"""Known and unknown are told the same, after the same work (ASVS 5.0, 6.3.8).

No clock is read: on a busy machine it would tell anything. What takes time is counted
instead: statements, password hashes, mails; or it is shown that the answer waits for
its time whatever was done before.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from guests.views import invited
from losers_lounge import throttle
from losers_lounge.links import make_lookup, make_token
from tests.factories import make_member
from tests.security.scene import Scene

pytestmark = pytest.mark.django_db

NOBODY = "nobody-at-all@x.example"
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"|request_id=\w+')


@dataclass
class Work:
    """What one request made this machine do."""

    hashes: int = 0
    statements: list[str] = field(default_factory=list)


@contextmanager
def work(monkeypatch: pytest.MonkeyPatch) -> Iterator[Work]:
    done, encode = Work(), MD5PasswordHasher.encode

    def counted(self: MD5PasswordHasher, *args: Any) -> str:
        done.hashes += 1
        return encode(self, *args)

    with monkeypatch.context() as patched, CaptureQueriesContext(connection) as asked:
        patched.setattr(MD5PasswordHasher, "encode", counted)
        yield done
    done.statements = [row["sql"].split()[0] for row in asked]


def said(answer: HttpResponse, typed: str) -> tuple[int, str, str]:
    """The answer without what may differ: the token, and what was typed."""
    body = TOKEN.sub("", answer.content.decode()).replace(typed, "")
    return answer.status_code, answer.headers.get("Location", ""), body


def test_a_wrong_password_and_an_unknown_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers, works = [], []
    for email in (make_member().user.email, NOBODY):
        cache.clear()
        with work(monkeypatch) as done:
            answer = Client().post(
                "/accounts/login/", {"login": email, "password": "wrong " * 3}
            )
        answers.append(said(answer, email))
        works.append(done)
    assert answers[0] == answers[1]
    assert works[0].hashes == works[1].hashes == 1
    # A try at a known account leaves one row more, in about a thousandth of a hash.
    known, unknown = (len(done.statements) for done in works)
    assert abs(known - unknown) <= 3, [done.statements for done in works]


def test_a_new_password_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both are written a mail, which is what takes the time."""
    answers, mails, works = [], [], []
    for email in (make_member().user.email, NOBODY):
        cache.clear()
        mail.outbox = []
        with work(monkeypatch) as done:
            answer = Client().post("/accounts/password/reset/", {"email": email})
        answers.append(said(answer, email))
        mails.append(len(mail.outbox))
        works.append(done)
    assert answers[0] == answers[1]
    assert mails == [1, 1]
    assert works[0].hashes == works[1].hashes == 0
    known, unknown = (len(done.statements) for done in works)
    assert abs(known - unknown) <= 3, [done.statements for done in works]


class Clock:
    """Time that passes only where a test says so, or where somebody sleeps."""

    def __init__(self, takes: float) -> None:
        self.now, self.takes = 100.0, takes

    def monotonic(self) -> float:
        return self.now

    def time(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.mark.parametrize("takes", [0.0, 0.02, 0.2])
def test_a_lost_link_is_answered_after_the_same_time(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, takes: float
) -> None:
    clock = Clock(takes)
    monkeypatch.setattr(throttle, "time", clock)

    def slow(email: str, at: Any) -> int:
        clock.now += takes
        return 0

    monkeypatch.setattr(invited.invitations, "send_lost_links", slow)
    answer = Client().post(reverse("guests:lost_link"), {"email": NOBODY})
    assert answer.status_code == 200
    assert clock.now == pytest.approx(100 + invited.LOST_LINK_SECONDS)


def test_a_lost_link_says_the_same_to_everybody(scene: Scene) -> None:
    url = reverse("guests:lost_link")
    known = scene.winner.invitation.contact.email
    answers = [
        said(Client().post(url, {"email": email}), email) for email in (known, NOBODY)
    ]
    assert answers[0] == answers[1]


@pytest.mark.parametrize(
    "name",
    [
        *("guests:link", "guests:contact_link", "guests:pay_link", "guests:pair"),
        *("donations:donor_link", "events:unsubscribe"),
    ],
)
def test_a_link_that_nearly_fits_is_as_wrong_as_any(
    scene: Scene, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody's lookup under a wrong mac, and a lookup that is nobody's."""
    lookup = scene.tokens[name].partition(".")[0]
    answers, works = [], []
    for wrong in (lookup, make_lookup()):
        token = make_token("nothing", wrong, 1)
        cache.clear()
        with work(monkeypatch) as done:
            answer = Client().get(reverse(name, args=[token]))
        answers.append(said(answer, token))
        works.append(done.statements)
    assert answers[0] == answers[1]
    assert works[0] == works[1]
