"""Announce, confirm, withdraw, correct: the desk's acts, before anybody owes."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from django.db import transaction

from events import results
from events.models import Category, Event, Nomination, ResultChange, User
from tests.factories import make_category, make_event, make_nomination, make_user

Outcome, State = Nomination.Outcome, Category.State


@pytest.fixture
def category(event: Event) -> Category:
    category = make_category(event)
    for _ in range(3):
        make_nomination(category)
    return category


@pytest.fixture(autouse=True)
def _in_a_transaction(db: None) -> Iterator[None]:
    """Making a result official needs one, as guests/results_night.py gives it."""
    with transaction.atomic():
        yield


def outcomes(category: Category) -> list[str]:
    return list(category.nominations.order_by("pk").values_list("outcome", flat=True))


def ids(category: Category) -> list[int]:
    return list(category.nominations.order_by("pk").values_list("pk", flat=True))


def test_a_draft_counts_for_nothing(
    category: Category, dana: User, at: datetime
) -> None:
    results.announce(category.pk, ids(category)[:1], by=dana, at=at)

    category.refresh_from_db()
    assert category.state == State.ANNOUNCED
    assert category.draft_by == dana
    assert outcomes(category) == [Outcome.PENDING] * 3


def test_a_second_person_makes_it_official(
    category: Category, dana: User, ravi: User, at: datetime
) -> None:
    results.announce(category.pk, ids(category)[:1], by=dana, at=at)
    change = results.confirm(category.pk, by=ravi, at=at)

    category.refresh_from_db()
    assert (category.state, category.official_at) == (State.OFFICIAL, at)
    assert not category.has_draft
    assert outcomes(category) == [Outcome.WON, Outcome.LOST, Outcome.LOST]
    assert change.changed_nomination_ids == frozenset(ids(category))
    assert not change.is_correction


def test_who_announced_does_not_confirm(
    category: Category, dana: User, at: datetime
) -> None:
    results.announce(category.pk, ids(category)[:1], by=dana, at=at)

    with pytest.raises(results.ResultsRefused, match="second person"):
        results.confirm(category.pk, by=dana, at=at)
    assert outcomes(category) == [Outcome.PENDING] * 3


def test_a_party_of_one_organiser_may_confirm_alone(
    category: Category, dana: User, at: datetime
) -> None:
    Event.objects.update(second_confirmation_required=False)
    results.announce(category.pk, ids(category)[:1], by=dana, at=at)

    assert not results.confirm(category.pk, by=dana, at=at).is_repeat


@pytest.mark.parametrize("count", [0, 2, 3])
def test_nobody_and_ties_are_ordinary(
    category: Category, dana: User, ravi: User, at: datetime, count: int
) -> None:
    results.announce(category.pk, ids(category)[:count], by=dana, at=at)
    results.confirm(category.pk, by=ravi, at=at)

    assert outcomes(category).count(Outcome.WON) == count
    assert outcomes(category).count(Outcome.LOST) == 3 - count


def test_nothing_announced_is_not_confirmed(
    category: Category, ravi: User, at: datetime
) -> None:
    with pytest.raises(results.ResultsRefused, match="no draft"):
        results.confirm(category.pk, by=ravi, at=at)


def test_a_nomination_of_another_category_does_not_win_here(
    category: Category, event: Event, dana: User, at: datetime
) -> None:
    stray = make_nomination(make_category(event))

    with pytest.raises(results.ResultsRefused, match="not in this category"):
        results.announce(category.pk, [stray.pk], by=dana, at=at)
    with pytest.raises(results.ResultsRefused, match="not in this category"):
        results.record(category.pk, [stray.pk], by=dana, at=at)


def test_a_stale_page_is_told_and_not_obeyed(
    category: Category, dana: User, ravi: User, at: datetime
) -> None:
    seen = category.version
    results.announce(category.pk, ids(category)[:1], by=dana, at=at, version=seen)

    for act in (
        lambda: results.announce(
            category.pk, ids(category)[1:2], by=ravi, at=at, version=seen
        ),
        lambda: results.confirm(category.pk, by=ravi, at=at, version=seen),
        lambda: results.withdraw(category.pk, by=ravi, at=at, version=seen),
    ):
        with pytest.raises(results.StaleCategory):
            act()
    category.refresh_from_db()
    assert category.draft_winners == ids(category)[:1]


def test_the_same_announcement_pressed_twice_is_one(
    category: Category, dana: User, at: datetime
) -> None:
    for _ in range(2):
        results.announce(category.pk, ids(category)[:1], by=dana, at=at, version=0)

    assert category.changes.count() == 1


def test_the_same_confirmation_pressed_twice_is_one(
    category: Category, dana: User, ravi: User, at: datetime
) -> None:
    seen = results.announce(category.pk, ids(category)[:1], by=dana, at=at).version

    first = results.confirm(category.pk, by=ravi, at=at, version=seen)
    second = results.confirm(category.pk, by=ravi, at=at, version=seen)

    assert (first.is_repeat, second.is_repeat) == (False, True)
    assert category.changes.filter(action=ResultChange.Action.CONFIRMED).count() == 1


def test_a_third_person_confirming_late_is_told(
    category: Category, dana: User, ravi: User, at: datetime
) -> None:
    seen = results.announce(category.pk, ids(category)[:1], by=dana, at=at).version
    results.confirm(category.pk, by=ravi, at=at, version=seen)

    with pytest.raises(results.StaleCategory):
        results.confirm(category.pk, by=make_user(), at=at, version=seen)


def test_a_draft_is_taken_back(
    category: Category, dana: User, ravi: User, at: datetime
) -> None:
    results.announce(category.pk, ids(category)[:1], by=dana, at=at)
    results.withdraw(category.pk, by=ravi, at=at)

    category.refresh_from_db()
    assert (category.state, category.has_draft) == (State.OPEN, False)


def make_official(category: Category, winners: list[int], at: datetime) -> None:
    results.announce(category.pk, winners, by=make_user(), at=at)
    results.confirm(category.pk, by=make_user(), at=at)
    category.refresh_from_db()


def test_a_proposed_correction_changes_nothing_until_it_is_confirmed(
    category: Category, dana: User, ravi: User, at: datetime
) -> None:
    first, second, _ = ids(category)
    make_official(category, [first], at)

    results.announce(category.pk, [second], by=dana, at=at)
    category.refresh_from_db()
    assert category.state == State.OFFICIAL
    assert outcomes(category) == [Outcome.WON, Outcome.LOST, Outcome.LOST]

    change = results.confirm(category.pk, by=ravi, at=at)
    assert change.is_correction
    assert change.changed_nomination_ids == {first, second}
    assert outcomes(category) == [Outcome.LOST, Outcome.WON, Outcome.LOST]


def test_a_proposed_correction_taken_back_leaves_the_result(
    category: Category, dana: User, at: datetime
) -> None:
    first, second, _ = ids(category)
    make_official(category, [first], at)

    results.announce(category.pk, [second], by=dana, at=at)
    results.withdraw(category.pk, by=dana, at=at)

    category.refresh_from_db()
    assert (category.state, category.has_draft) == (State.OFFICIAL, False)
    assert outcomes(category)[0] == Outcome.WON


def test_what_is_official_already_is_not_announced_again(
    category: Category, dana: User, at: datetime
) -> None:
    make_official(category, ids(category)[:1], at)

    with pytest.raises(results.AlreadyOfficial):
        results.announce(category.pk, ids(category)[:1], by=dana, at=at)


def test_every_act_is_written_down_with_before_and_after(
    category: Category, dana: User, ravi: User, at: datetime
) -> None:
    first, second, _ = ids(category)
    results.announce(category.pk, [first], by=dana, at=at)
    results.confirm(category.pk, by=ravi, at=at)
    results.announce(category.pk, [second], by=dana, at=at)
    results.confirm(category.pk, by=ravi, at=at)

    rows = category.changes.order_by("pk").values_list(
        "action", "by_name", "winners_before", "winners_after"
    )
    assert list(rows) == [
        ("announced", "Dana", [], [first]),
        ("confirmed", "Ravi", [], [first]),
        ("announced", "Dana", [first], [second]),
        ("corrected", "Ravi", [first], [second]),
    ]


def test_a_cancelled_event_decides_nothing(dana: User, at: datetime) -> None:
    category = make_category(make_event(status=Event.Status.CANCELLED))

    with pytest.raises(results.ResultsRefused, match="canceled"):
        results.announce(category.pk, [], by=dana, at=at)
