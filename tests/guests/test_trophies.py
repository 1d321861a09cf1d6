"""Statues in custody: one tag, one statue, given back once and to a name."""

import pytest
from django.utils import timezone

from events.models import Category, Event
from guests import trophies
from guests.actors import Actor
from guests.models import Guest, Trophy
from tests.factories import make_category, make_event, make_user
from tests.guests.night import make_coming, make_nominated_guest, nomination_of, win
from tests.racing import at_the_same_moment, seen_to_fail_without_lock


@pytest.fixture
def category(event: Event) -> Category:
    return make_category(event)


@pytest.fixture
def winner(event: Event, category: Category) -> Guest:
    guest = make_nominated_guest(event, category)
    win(category, guest)
    return guest


def receive(guest: Guest, tag: str, shelf: str = "") -> Trophy:
    by, at = Actor.of(make_user()), timezone.now()
    return trophies.receive(guest.pk, tag, shelf=shelf, by=by, at=at)


def release(trophy: Trophy, to: str) -> Trophy:
    by, at = Actor.of(make_user()), timezone.now()
    return trophies.release(trophy.pk, to=to, by=by, at=at)


def test_a_statue_is_taken_in_for_the_category_it_was_won_in(
    winner: Guest, category: Category
) -> None:
    trophy = receive(winner, " a7 ", "top")

    assert (trophy.tag, trophy.shelf) == ("A7", "top")
    assert trophy.nomination == nomination_of(winner, category)


def test_the_same_tag_again_is_the_same_statue(winner: Guest) -> None:
    assert receive(winner, "A7") == receive(winner, "a7")


def test_a_tag_in_use_is_refused(event: Event, winner: Guest) -> None:
    category = make_category(event)
    other = make_nominated_guest(event, category)
    win(category, other)
    receive(winner, "A7")

    with pytest.raises(trophies.TagInUse):
        receive(other, "A7")


def test_a_tag_is_free_again_when_its_statue_went_home(winner: Guest) -> None:
    release(receive(winner, "A7"), "Zoë")

    assert receive(winner, "A7").released_at is None


def test_tags_of_two_events_do_not_meet(winner: Guest) -> None:
    event = make_event()
    category = make_category(event)
    other = make_nominated_guest(event, category)
    win(category, other)

    assert receive(winner, "A7") != receive(other, "A7")


def test_no_more_statues_come_in_than_were_won(event: Event, winner: Guest) -> None:
    receive(winner, "A1")
    with pytest.raises(trophies.TooManyTrophies):
        receive(winner, "A2")

    category = make_category(event)
    loser = make_nominated_guest(event, category)
    win(category)
    for guest in (loser, make_coming(event)):
        with pytest.raises(trophies.TooManyTrophies):
            receive(guest, "A3")


def test_a_statue_is_given_back_once(winner: Guest) -> None:
    trophy = receive(winner, "A7")

    first = release(trophy, "Zoë")
    again = release(trophy, "Somebody else")

    assert first == again
    assert again.released_to == "Zoë"
    assert again.released_at == first.released_at


def test_what_is_still_expected_counts_statues_and_not_people(
    event: Event, category: Category, winner: Guest
) -> None:
    second = make_category(event)
    make_nominated_guest(event, second, answer="no")
    win(second, *second.nominations.all())
    assert trophies.expected_count(event) == 1

    receive(winner, "A7")

    assert trophies.expected_count(event) == 0


def two_tags_race() -> None:
    """Eight phones tag the one statue of one winner, each with a tag of its own."""
    event = make_event()
    category = make_category(event)
    winner = make_nominated_guest(event, category)
    win(category, winner)

    outcomes = at_the_same_moment(8, lambda n: receive(winner, f"T{n}"))

    taken = [row for row in outcomes if isinstance(row, Trophy)]
    told = [row for row in outcomes if isinstance(row, trophies.TooManyTrophies)]
    assert (len(taken), len(told)) == (1, 7), outcomes


@pytest.mark.django_db(transaction=True)
def test_one_statue_gets_one_tag() -> None:
    two_tags_race()


@pytest.mark.django_db(transaction=True)
def test_one_tag_for_a_statue_needs_the_guests_lock() -> None:
    seen_to_fail_without_lock(two_tags_race, Guest)


@pytest.mark.django_db(transaction=True)
def test_one_tag_for_two_statues_is_stopped_by_the_index() -> None:
    event = make_event()
    category = make_category(event)
    winners = [make_nominated_guest(event, category) for _ in range(8)]
    win(category, *winners)

    outcomes = at_the_same_moment(8, lambda n: receive(winners[n], "A7"))

    taken = [row for row in outcomes if isinstance(row, Trophy)]
    told = [row for row in outcomes if isinstance(row, trophies.TagInUse)]
    assert (len(taken), len(told)) == (1, 7), outcomes


def two_recipients_race() -> None:
    """Eight people reach for one statue."""
    event = make_event()
    category = make_category(event)
    winner = make_nominated_guest(event, category)
    win(category, winner)
    trophy = receive(winner, "A7")

    outcomes = at_the_same_moment(8, lambda n: release(trophy, f"Person {n}"))

    assert len({row.released_to for row in outcomes}) == 1, outcomes
    assert event.activities.filter(verb="gave back a trophy").count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_statue_goes_to_one_person() -> None:
    two_recipients_race()


@pytest.mark.django_db(transaction=True)
def test_one_recipient_needs_the_trophys_lock() -> None:
    seen_to_fail_without_lock(two_recipients_race, Trophy)
