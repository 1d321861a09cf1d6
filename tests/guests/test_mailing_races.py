"""Mailings under power cuts, two beats and a double press."""

from dataclasses import replace
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.db import DatabaseError

from events.models import Event
from events.outbox import Draft
from guests import letters, mailings
from guests.mailings import writing
from guests.models import Mailing
from tests.factories import make_event
from tests.guests.factories import make_guest
from tests.guests.rounds import LATER, Kind, State, invited, plan, written_to
from tests.racing import at_the_same_moment, seen_to_fail_without_lock


@pytest.mark.django_db(transaction=True)
def test_killed_after_any_batch_nobody_is_forgotten_and_nobody_gets_two(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A batch that dies leaves nothing; what was written before it stays."""
    event = make_event()
    for _ in range(10):
        make_guest(event)
    monkeypatch.setattr(writing, "BATCH", 3)
    post, deaths = letters.post, iter([False, True, False, True, True, False])

    def post_or_die(drafts: list[Draft], at: Any) -> int:
        made = post(drafts, at)
        if next(deaths, False):
            raise DatabaseError("the power went")
        return made

    made = plan(event, send_at=LATER)
    with patch.object(letters, "post", post_or_die):
        for _ in range(4):
            try:
                mailings.write_due(LATER)
            except DatabaseError:
                continue
    made.refresh_from_db()
    assert (made.state, made.written) == (State.DONE, 10)
    assert len(written_to(event, "invitation")) == 10
    assert event.messages.count() == 10


def two_beats_race() -> None:
    event = make_event()
    for _ in range(6):
        invited(event)
    plan(event, Kind.REMINDER, send_at=LATER)
    at_the_same_moment(3, lambda _: mailings.write_due(LATER))
    assert event.messages.count() == 6
    assert event.mailings.get().written == 6
    assert event.activities.filter(verb__startswith="sent").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_beats_at_once_write_each_letter_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(writing, "BATCH", 2)
    two_beats_race()


@pytest.mark.django_db(transaction=True)
def test_the_locks_alone_would_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seen without the outbox's own defence, a key that is the same both times."""
    write = letters.mailing

    def write_under_new_keys(*args: Any) -> list[Draft]:
        return [replace(row, dedupe_key=uuid4().hex) for row in write(*args)]

    monkeypatch.setattr(letters, "mailing", write_under_new_keys)
    two_beats_race()
    seen_to_fail_without_lock(two_beats_race, Event, Mailing)


def one_press_twice_race() -> None:
    event = make_event()
    for _ in range(4):
        invited(event)
    nonce = uuid4().hex
    at_the_same_moment(3, lambda _: plan(event, Kind.REMINDER, nonce=nonce))
    assert event.mailings.count() == 1
    assert event.messages.count() == 4


@pytest.mark.django_db(transaction=True)
def test_a_press_that_is_repeated_is_one_mailing() -> None:
    one_press_twice_race()
