"""Two hosts merge at the same moment: nobody vanishes, no seat is given twice."""

import pytest
from django.utils import timezone

from events.models import Event
from guests import merging, rsvp
from guests.merging import CannotUnmerge, Choice
from guests.models import Guest, GuestMerge
from tests.factories import make_event, make_user
from tests.guests.factories import make_guest
from tests.guests.night import make_coming
from tests.guests.people import say
from tests.racing import at_the_same_moment, seen_to_fail_without_lock


def each_into_the_other_race() -> None:
    """Amy keeps the first row, Jon the second: one of them is told."""
    event, user = make_event(), make_user()
    ids = [make_guest(event).pk for _ in range(2)]

    def merge(number: int) -> GuestMerge:
        kept, gone = ids[number], ids[1 - number]
        return merging.merge(kept, gone, Choice(), by=user, at=timezone.now())

    outcomes = at_the_same_moment(2, merge)
    assert sorted(type(one).__name__ for one in outcomes) == [
        "GuestMerge",
        "MergeRefused",
    ]
    assert event.guests.on_the_list().count() == 1


def last_seat_or_two_people_race() -> None:
    """One takes a merge back, and others answer: the room is never too small."""
    event, user = make_event(capacity=2), make_user()
    row = merging.merge(
        make_coming(event).pk,
        make_coming(event).pk,
        Choice(),
        by=user,
        at=timezone.now(),
    )
    waiting = [make_guest(event) for _ in range(3)]

    def act(number: int) -> object:
        if number == 3:
            return merging.unmerge(row.pk, by=user, at=timezone.now())
        return say(waiting[number])

    outcomes = at_the_same_moment(4, act)
    done = [one for one in outcomes if isinstance(one, Guest | GuestMerge)]
    told = [one for one in outcomes if isinstance(one, CannotUnmerge | rsvp.EventFull)]
    assert len(done) == 1 and len(told) == 3
    assert event.guests.attending().count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_hosts_never_merge_a_pair_away_by_their_locks() -> None:
    each_into_the_other_race()
    seen_to_fail_without_lock(each_into_the_other_race)


@pytest.mark.django_db(transaction=True)
def test_parting_two_takes_a_seat_under_the_lock_on_the_event() -> None:
    last_seat_or_two_people_race()
    seen_to_fail_without_lock(last_seat_or_two_people_race, Event)
