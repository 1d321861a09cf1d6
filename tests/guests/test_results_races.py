"""Results in the same moment: owed once, confirmed once."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from events import results
from events.models import Category, Nomination
from guests import results_night
from guests.models import Guest, Obligation
from tests.factories import make_category, make_event, make_user
from tests.guests.night import mails, make_nominated_guest, nomination_of, propose
from tests.racing import at_the_same_moment, seen_to_fail_without_lock

WON, LOST = Nomination.Outcome.WON, Nomination.Outcome.LOST


def two_categories_race() -> None:
    """A nominee of two categories wins both in the same moment."""
    event = make_event()
    pair = [make_category(event), make_category(event)]
    guest = make_nominated_guest(event, *pair)
    chosen = [[nomination_of(guest, category).pk] for category in pair]
    by = make_user()
    for category, winners in zip(pair, chosen, strict=True):
        results.announce(category.pk, winners, by=make_user(), at=timezone.now())

    outcomes = at_the_same_moment(
        2, lambda n: results_night.confirm(pair[n].pk, by=by, at=timezone.now())
    )

    assert all(isinstance(row, results.Change) for row in outcomes), outcomes
    row = guest.obligations.live().get()
    assert (row.state, len(row.cause)) == (Obligation.State.DUE, 2)
    assert mails(guest) == ["win"]


@pytest.mark.django_db(transaction=True)
def test_two_wins_in_the_same_moment_are_owed_once() -> None:
    two_categories_race()


@pytest.mark.django_db(transaction=True)
def test_two_wins_in_the_same_moment_need_the_guests_lock() -> None:
    seen_to_fail_without_lock(two_categories_race, Guest)


def two_desks_race() -> None:
    """Eight people press Confirm on one draft."""
    event = make_event()
    category = make_category(event)
    guest = make_nominated_guest(event, category)
    seen = propose(category, guest).version
    desk = [make_user() for _ in range(8)]

    outcomes = at_the_same_moment(
        8,
        lambda n: results_night.confirm(
            category.pk, by=desk[n], at=timezone.now(), version=seen
        ),
    )

    made = [row for row in outcomes if isinstance(row, results.Change)]
    told = [row for row in outcomes if isinstance(row, results.StaleCategory)]
    assert (len(made), len(told)) == (1, 7), outcomes
    assert category.changes.filter(action="confirmed").count() == 1


@pytest.mark.django_db(transaction=True)
def test_eight_confirmations_at_once_are_one() -> None:
    two_desks_race()


@pytest.mark.django_db(transaction=True)
def test_eight_confirmations_at_once_need_the_categorys_lock() -> None:
    seen_to_fail_without_lock(two_desks_race, Category)


WON_OR_NOT = {
    "confirm": lambda category, by, seen: results_night.confirm(
        category.pk, by=by, at=timezone.now(), version=seen
    ),
    "withdraw": lambda category, by, seen: results.withdraw(
        category.pk, by=by, at=timezone.now(), version=seen
    ),
    "announce": lambda category, by, seen: results.announce(
        category.pk, [], by=by, at=timezone.now(), version=seen
    ),
    "undo": lambda category, by, seen: results_night.undo(
        category.pk, by=by, at=timezone.now(), version=seen
    ),
}


def race_of(*acts: str) -> Callable[[], None]:
    """Several people press these on one page: one counts, the others are told."""

    def race() -> None:
        event = make_event()
        category = make_category(event)
        guest = make_nominated_guest(event, category)
        seen = propose(category, guest).version
        if "undo" in acts:
            results_night.confirm(category.pk, by=make_user(), at=timezone.now())
            seen += 1
        desk = [make_user() for _ in acts]

        outcomes = at_the_same_moment(
            len(acts), lambda n: WON_OR_NOT[acts[n]](category, desk[n], seen)
        )

        told = [row for row in outcomes if isinstance(row, results.StaleCategory)]
        assert len(told) == len(acts) - 1, outcomes
        category.refresh_from_db()
        assert category.version == seen + 1
        row = guest.obligations.live().get()
        won = nomination_of(guest, category).outcome == WON
        assert (row.state == Obligation.State.DUE) == won
        assert won == (category.state == Category.State.OFFICIAL)

    return race


RACES = [("confirm", "withdraw"), ("confirm", "announce"), ("undo", "announce")]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("acts", [*RACES, ("undo", "undo")], ids=" and ".join)
def test_of_two_presses_on_one_page_one_counts(acts: tuple[str, str]) -> None:
    race_of(*acts)()


@pytest.mark.django_db(transaction=True)
def test_two_presses_on_one_page_need_the_categorys_lock() -> None:
    seen_to_fail_without_lock(race_of("confirm", "withdraw"), Category)
