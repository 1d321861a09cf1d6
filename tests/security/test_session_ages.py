"""How long one stays signed in, by a clock that stands still (ASVS 5.0, 7.3, 7.4)."""

from datetime import UTC, datetime, timedelta
from http import HTTPStatus

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from events import sessions, tasks
from events.views.account import QUESTIONS
from tests.conftest import signed_in
from tests.factories import PASSWORD, make_member, make_user
from tests.losers_lounge.commands import failure, run
from tests.security.factors import ACCOUNT, LOGIN, prove

pytestmark = pytest.mark.django_db
EVENTS = "/events/"
PASSKEYS = "/accounts/2fa/passkeys/login/"
NOON = datetime(2026, 9, 22, 12, tzinfo=UTC)
IDLE, ABSOLUTE = timedelta(hours=12), timedelta(days=7)
A_MINUTE = timedelta(minutes=1)


def is_in(client: Client, **headers: str) -> bool:
    return client.get(EVENTS, headers=headers).status_code == HTTPStatus.OK


def come_in(member_at: datetime) -> Client:
    """Through the log-in page, at that time."""
    client, user = Client(), make_user()
    client.post(LOGIN, {"login": user.email, "password": PASSWORD})
    assert is_in(client), member_at
    return client


def test_who_does_nothing_for_twelve_hours_is_signed_out() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        busy, idle = come_in(NOON), come_in(NOON)
        clock.shift(IDLE - A_MINUTE)
        assert is_in(busy)
        clock.shift(A_MINUTE)
        assert is_in(busy) and not is_in(idle)


def test_a_page_that_asks_by_itself_keeps_nobody_signed_in() -> None:
    """What a script fetches is no person; what is pressed or opened is."""
    with time_machine.travel(NOON, tick=False) as clock:
        left_open, read = come_in(NOON), come_in(NOON)
        for _ in range(6):
            clock.shift(IDLE / 6)
            is_in(left_open, sec_fetch_mode="cors")
            assert is_in(read, sec_fetch_mode="navigate")
        assert not is_in(left_open) and is_in(read)


def test_after_seven_days_everybody_signs_in_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        client = come_in(NOON)
        for _ in range(14):
            clock.shift(ABSOLUTE / 14 - A_MINUTE)
            assert is_in(client)
        clock.shift(14 * A_MINUTE)
        # The protection taken away: seven days are nothing.
        with monkeypatch.context() as without:
            without.setattr(sessions, "is_over", lambda session, at: False)
            assert is_in(client)
        key = client.cookies["session"].value
        assert not is_in(client)
        assert not Session.objects.filter(session_key=key).exists()


def test_a_session_that_does_not_say_when_it_began_is_over() -> None:
    client = signed_in(make_member())
    session = client.session
    del session[sessions.BEGAN]
    session.save()
    assert not is_in(client)


def test_a_look_costs_a_write_every_ten_minutes_at_most() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        client = come_in(NOON)
        began = Session.objects.get().expire_date
        clock.shift(sessions.RENEWED_EVERY - A_MINUTE)
        is_in(client)
        assert Session.objects.get().expire_date == began
        clock.shift(A_MINUTE)
        is_in(client)
        assert Session.objects.get().expire_date == began + sessions.RENEWED_EVERY


def test_whoever_shows_again_who_they_are_gets_a_new_session_id() -> None:
    client, thief = signed_in(make_member()), Client()
    thief.cookies["session"] = client.cookies["session"].value
    prove(client, password=PASSWORD)
    assert is_in(client) and not is_in(thief)


def test_a_session_s_id_cannot_be_guessed() -> None:
    """32 signs of 36 are 165 bits; ASVS 5.0, 7.2.3 asks for 128."""
    member = make_member()
    ids = {signed_in(member).cookies["session"].value for _ in range(20)}
    assert {len(name) for name in ids} == {32} and len(ids) == 20
    assert len(set("".join(ids))) == 36


def test_every_kind_of_page_has_a_way_out() -> None:
    client = signed_in(make_member())
    slug = client.user.memberships.get().event.slug
    rooms = ("guests:guest_list", "guests:door", "guests:results")
    for url in (EVENTS, ACCOUNT, *(reverse(room, args=[slug]) for room in rooms)):
        assert b'action="/accounts/logout/"' in client.get(url).content, url


def test_one_press_logs_out_every_other_browser_after_one_more_proof() -> None:
    member = make_member()
    here, elsewhere = signed_in(member), signed_in(member)
    url = "/accounts/sessions/end/"
    assert "reauthenticate" in here.post(url)["Location"]
    assert is_in(elsewhere)
    prove(here, password=PASSWORD)
    key = here.cookies["session"].value
    here.post(url)
    assert is_in(here) and not is_in(elsewhere)
    assert here.cookies["session"].value != key
    last = member.user.account_activities.first()
    assert last.kind == "sessions_ended"


def test_an_operator_logs_out_one_account_or_all() -> None:
    first, second = signed_in(make_member()), signed_in(make_member())
    run("end_sessions", first.user.email.upper())
    assert not is_in(first) and is_in(second)
    run("end_sessions", "--everybody")
    assert not is_in(second)
    assert "no such account" in failure("end_sessions", "nobody@x.example")


def test_rows_of_sessions_that_are_over_do_not_stay() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        come_in(NOON)
        clock.shift(IDLE - A_MINUTE)
        late = come_in(NOON)
        clock.shift(2 * A_MINUTE)
        tasks.fold_tallies()
        left = Session.objects.values_list("session_key", flat=True)
        assert list(left) == [late.cookies["session"].value]


def test_a_stranger_s_browser_is_asked_for_a_passkey_so_often() -> None:
    """Each question is a row of sessions, and needs no cookie."""

    def ask(address: str) -> int:
        said = {"Accept": "application/json"}
        return Client(REMOTE_ADDR=address).get(PASSKEYS, headers=said).status_code

    answers = [ask("203.0.113.9") for _ in range(QUESTIONS.most + 1)]
    assert set(answers[:-1]) == {HTTPStatus.OK}
    assert answers[-1] == HTTPStatus.TOO_MANY_REQUESTS
    assert Session.objects.count() == QUESTIONS.most
    assert ask("203.0.113.10") == HTTPStatus.OK
