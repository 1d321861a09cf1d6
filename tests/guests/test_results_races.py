"""Results in the same moment: owed once, confirmed once."""

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
