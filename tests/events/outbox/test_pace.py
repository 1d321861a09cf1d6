import time
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.utils import timezone

from events import outbox
from events.models import DomainPace, Event, Message
from events.outbox import claims, pace
from tests.events.mails import make_due, make_message
from tests.racing import WINDOW_SECONDS, at_the_same_moment, seen_to_fail

State = Message.State

pytestmark = pytest.mark.django_db


@pytest.fixture
def ten_a_minute(settings: Any) -> None:
    settings.MAIL_PER_DOMAIN_PER_MINUTE = 10


def make_bulk(event: Event, email: str) -> Message:
    return make_message(event, is_bulk=True, recipient_email=email)


def test_one_domain_is_written_to_in_turn(event: Event, ten_a_minute: None) -> None:
    first, second, third = (
        make_bulk(event, email)
        for email in ("a@gmail.example", "b@GMAIL.example", "c@gmail.example")
    )
    elsewhere = make_bulk(event, "d@proton.example")

    assert [outbox.claim(), outbox.claim(), outbox.claim()] == [first, elsewhere, None]

    for message, seconds in ((second, 6), (third, 12)):
        message.refresh_from_db()
        wait = (message.not_before - timezone.now()).total_seconds()
        assert wait == pytest.approx(seconds, abs=2)
        assert message.paced_until == message.not_before
        assert message.attempts == 0


def test_a_mail_is_put_off_at_most_once(event: Event, ten_a_minute: None) -> None:
    for name in "abc":
        make_bulk(event, f"{name}@gmail.example")
    outbox.claim()
    assert outbox.claim() is None
    turns = DomainPace.objects.get().next_at

    make_due()

    assert None not in (outbox.claim(), outbox.claim())
    assert DomainPace.objects.get().next_at == turns


def test_a_receipt_takes_no_turn(event: Event, ten_a_minute: None) -> None:
    for name in "ab":
        make_message(event, kind="receipt", recipient_email=f"{name}@gmail.example")
    assert None not in (outbox.claim(), outbox.claim())
    assert not DomainPace.objects.exists()


def test_without_the_setting_nobody_waits(event: Event) -> None:
    for name in "ab":
        make_bulk(event, f"{name}@gmail.example")
    assert None not in (outbox.claim(), outbox.claim())


def test_a_turn_that_passed_under_a_hold_is_void(
    event: Event, ten_a_minute: None
) -> None:
    """Or all of them would leave at the moment of the release."""
    for name in "abc":
        make_bulk(event, f"{name}@gmail.example")
    outbox.claim()
    assert outbox.claim() is None
    outbox.hold("the date moves", timezone.now(), event)
    Message.objects.filter(state=State.HELD).update(not_before=timezone.now())
    DomainPace.objects.update(next_at=timezone.now() - timedelta(hours=1))
    outbox.release(event)

    assert outbox.claim() is not None
    assert outbox.claim() is None


def test_a_long_row_of_early_mail_does_not_keep_a_worker(
    event: Event, ten_a_minute: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claims, "MOST_PUT_OFF", 2)
    DomainPace.objects.create(
        domain="gmail.example", next_at=timezone.now() + timedelta(hours=1)
    )
    for name in "abc":
        make_bulk(event, f"{name}@gmail.example")

    assert outbox.claim() is None
    assert outbox.is_due()
    assert outbox.claim() is None
    assert not outbox.is_due()


def eight_workers_take_a_turn() -> None:
    turns = at_the_same_moment(8, lambda _: pace.take_turn("a@gmail.example")[0])
    assert len(set(turns)) == 8
    gaps = [later - sooner for sooner, later in zip(*both(sorted(turns)), strict=True)]
    assert min(gaps) >= timedelta(seconds=5.9)


def both(turns: list[datetime]) -> tuple[list[datetime], list[datetime]]:
    return turns[:-1], turns[1:]


@pytest.mark.django_db(transaction=True)
def test_two_workers_are_never_given_one_turn(ten_a_minute: None) -> None:
    eight_workers_take_a_turn()
    eight_workers_take_a_turn()


@pytest.mark.django_db(transaction=True)
def test_they_are_when_the_turn_is_read_before_it_is_written(
    ten_a_minute: None,
) -> None:
    """The switch: the same sum, made by the worker instead of by the UPDATE."""

    def look_then_write(address: str) -> tuple[datetime, datetime]:
        row = DomainPace.objects.get()
        time.sleep(WINDOW_SECONDS)
        row.next_at += timedelta(seconds=6)
        row.save()
        return row.next_at, timezone.now()

    pace.take_turn("a@gmail.example")
    with patch.object(pace, "take_turn", look_then_write):
        seen_to_fail(eight_workers_take_a_turn)
