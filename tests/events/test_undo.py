"""Undo within the hold: the category stands as it stood before it became official."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.db import transaction

from events import result_trail, results, running_order
from events.models import Category, Event, Nomination, ResultChange, User
from tests.factories import make_category, make_nomination

Outcome, State = Nomination.Outcome, Category.State
MINUTE = timedelta(minutes=1)


@pytest.fixture
def category(event: Event) -> Category:
    category = make_category(event)
    for work in ("Homeland", "Mad Men", "Breaking Bad"):
        make_nomination(category, work=work)
    return category


@pytest.fixture(autouse=True)
def _in_a_transaction(db: None) -> Iterator[None]:
    with transaction.atomic():
        yield


def ids(category: Category) -> list[int]:
    return list(category.nominations.order_by("pk").values_list("pk", flat=True))


def outcomes(category: Category) -> list[str]:
    return list(category.nominations.order_by("pk").values_list("outcome", flat=True))


def decide(
    category: Category, winners: list[int], dana: User, ravi: User, at: datetime
) -> None:
    results.announce(category.pk, winners, by=dana, at=at)
    results.confirm(category.pk, by=ravi, at=at)
    category.refresh_from_db()


def test_a_first_result_undone_is_a_draft_again(
    category: Category, dana: User, ravi: User, at: datetime
) -> None:
    decide(category, ids(category)[:1], dana, ravi, at)

    change = results.undo(category.pk, by=ravi, at=at + MINUTE)

    category.refresh_from_db()
    assert (category.state, category.official_at) == (State.ANNOUNCED, None)
    assert (category.draft_winners, category.draft_by) == (ids(category)[:1], dana)
    assert outcomes(category) == [Outcome.PENDING] * 3
    assert change.is_undone and not change.is_correction
    assert change.changed_nomination_ids == frozenset(ids(category))


def test_an_undone_correction_gives_the_earlier_winners_back(
    category: Category, dana: User, ravi: User, at: datetime
) -> None:
    first, second, _ = ids(category)
    decide(category, [first], dana, ravi, at)
    decide(category, [second], dana, ravi, at + MINUTE)

    results.undo(category.pk, by=ravi, at=at + 2 * MINUTE)

    category.refresh_from_db()
    assert (category.state, category.official_at) == (State.OFFICIAL, at)
    assert outcomes(category) == [Outcome.WON, Outcome.LOST, Outcome.LOST]
    assert category.draft_winners == [second], "the correction is proposed again"


def test_undo_goes_back_step_by_step_to_an_open_category(
    category: Category, dana: User, ravi: User, at: datetime
) -> None:
    first, second, _ = ids(category)
    decide(category, [first], dana, ravi, at)
    decide(category, [second], dana, ravi, at)
    for _step in range(2):
        results.undo(category.pk, by=ravi, at=at)
        results.withdraw(category.pk, by=ravi, at=at)

    category.refresh_from_db()
    assert (category.state, category.has_draft) == (State.OPEN, False)
    assert outcomes(category) == [Outcome.PENDING] * 3


def test_what_was_confirmed_again_after_an_undo_can_be_undone_again(
    category: Category, dana: User, ravi: User, at: datetime
) -> None:
    decide(category, ids(category)[:1], dana, ravi, at)
    for _time in range(2):
        results.undo(category.pk, by=ravi, at=at)
        results.confirm(category.pk, by=ravi, at=at)
    category.refresh_from_db()
    assert category.state == State.OFFICIAL
    results.undo(category.pk, by=ravi, at=at)
    category.refresh_from_db()
    assert category.draft_winners == ids(category)[:1]


def test_after_the_hold_only_a_correction_helps(
    category: Category, dana: User, ravi: User, at: datetime
) -> None:
    decide(category, ids(category)[:1], dana, ravi, at)
    hold = category.event.hold_minutes * MINUTE
    assert results.is_held(category, category.event, at + hold - MINUTE)

    with pytest.raises(results.TooLate, match="Correct it instead"):
        results.undo(category.pk, by=ravi, at=at + hold)
    category.refresh_from_db()
    assert category.state == State.OFFICIAL


def test_a_category_decided_a_week_earlier_is_not_undone(
    category: Category, dana: User, ravi: User, at: datetime
) -> None:
    decide(category, ids(category)[:1], dana, ravi, at - timedelta(days=7))
    with pytest.raises(results.TooLate):
        results.undo(category.pk, by=ravi, at=at)


def test_nothing_official_is_nothing_to_undo(
    category: Category, dana: User, at: datetime
) -> None:
    with pytest.raises(results.TooLate, match="nothing to undo"):
        results.undo(category.pk, by=dana, at=at)


def test_a_proposed_correction_is_taken_back_before_the_result_is_undone(
    category: Category, dana: User, ravi: User, at: datetime
) -> None:
    decide(category, ids(category)[:1], dana, ravi, at)
    results.announce(category.pk, ids(category)[1:2], by=dana, at=at)
    with pytest.raises(results.ResultsRefused, match="take that back first"):
        results.undo(category.pk, by=ravi, at=at)


def test_undo_pressed_twice_is_one(
    category: Category, dana: User, ravi: User, at: datetime
) -> None:
    decide(category, ids(category)[:1], dana, ravi, at)
    seen = category.version

    first = results.undo(category.pk, by=ravi, at=at, version=seen)
    again = results.undo(category.pk, by=ravi, at=at, version=seen)

    assert (first.is_repeat, again.is_repeat) == (False, True)
    assert category.changes.filter(action=ResultChange.Action.UNDONE).count() == 1


def test_taking_back_pressed_twice_is_one(
    category: Category, dana: User, ravi: User, at: datetime
) -> None:
    seen = results.announce(category.pk, ids(category)[:1], by=dana, at=at).version
    for _time in range(2):
        results.withdraw(category.pk, by=ravi, at=at, version=seen)
    assert category.changes.filter(action=ResultChange.Action.WITHDRAWN).count() == 1


def test_undo_from_a_stale_page_is_told(
    category: Category, dana: User, ravi: User, at: datetime
) -> None:
    decide(category, ids(category)[:1], dana, ravi, at)
    with pytest.raises(results.StaleCategory):
        results.undo(category.pk, by=dana, at=at, version=category.version - 1)


def test_the_trail_says_from_whom_to_whom_by_whom(
    category: Category, dana: User, ravi: User, at: datetime
) -> None:
    first, second, _ = ids(category)
    decide(category, [first], dana, ravi, at)
    results.undo(category.pk, by=ravi, at=at)
    results.withdraw(category.pk, by=ravi, at=at)
    decide(category, [second], dana, ravi, at)
    decide(category, [], dana, ravi, at)

    row = running_order.row(running_order.with_entries(category.event).get())
    steps = [
        (step.change.action, step.change.by_name, step.before, step.after)
        for step in reversed(result_trail.of(row))
    ]
    old, new = row.named([first]), row.named([second])
    assert steps == [
        ("announced", "Dana", "no result", old),
        ("confirmed", "Ravi", "no result", old),
        ("undone", "Ravi", old, "no result"),
        ("withdrawn", "Ravi", "no result", ""),
        ("announced", "Dana", "no result", new),
        ("confirmed", "Ravi", "no result", new),
        ("announced", "Dana", new, "Nobody won"),
        ("corrected", "Ravi", new, "Nobody won"),
    ]
